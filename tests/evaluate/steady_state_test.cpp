// A schedule that is repeated without end: closed forms, and the same schedule run many times.
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/root_bounds.hpp"
#include "support/problems.hpp"

namespace inlay::evaluate {
namespace {

TEST(SteadyState, WorkedExampleMovesOnByItsSlowestStage) {
  schedule::Problem problem = testing::worked_example();
  problem.repeated = true;
  const schedule::Schedule schedule = testing::worked_example_schedule();
  const ScheduleCost cost = evaluate_reference(problem, schedule);
  EXPECT_NEAR(cost.latency, 4 * 4435e-9, 1e-18);
  EXPECT_NEAR(cost.pass, 28010e-9, 1e-18);
  EXPECT_DOUBLE_EQ(cost.steady_throughput, cost.throughput());
  // The 350 kB of weights stay: neither bytes nor the energy of loading them.
  EXPECT_EQ(cost.memory_bytes, 200'000);
}

/// n repetitions of a batch are one batch of n times as many samples in the same mini-batches.
TEST(SteadyState, IsWhatALongerBatchTakesMoreOf) {
  base::Random random(12);
  int compared = 0;
  for (int trial = 0; trial < 2'000; ++trial) {
    schedule::Problem problem = testing::random_problem(random, {});
    problem.communication = schedule::Communication::kPaper;
    problem.package.static_power = 0.0;
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    const bool one_pipeline = schedule.windows.size() == 1 && schedule.windows[0].pipelines.size() == 1;
    const schedule::Pipeline& pipeline = schedule.windows[0].pipelines[0];
    std::int64_t& batch = problem.scenario.models[static_cast<std::size_t>(pipeline.model)].batch;
    if (!one_pipeline || batch % pipeline.mini_batch != 0) {
      continue;
    }
    try {
      const auto cost_of = [&](std::int64_t repetitions) {
        const std::int64_t before = batch;
        batch *= repetitions;
        const ScheduleCost cost = evaluate_reference(problem, schedule);
        batch = before;
        return cost;
      };
      const ScheduleCost once = cost_of(10);
      const ScheduleCost twice = cost_of(20);
      problem.repeated = true;
      const ScheduleCost steady = evaluate_reference(problem, schedule);
      EXPECT_NEAR(twice.latency - once.latency, 10 * steady.latency, 1e-9 * twice.latency);
      EXPECT_NEAR(twice.energy.total() - once.energy.total(), 10 * steady.energy.total(),
                  1e-9 * twice.energy.total());
      EXPECT_EQ(twice.memory_bytes - once.memory_bytes, 10 * steady.memory_bytes);
      ++compared;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(compared, 50);
}

TEST(SteadyState, FastEvaluatorAgreesAndRootBoundsHold) {
  base::Random random(13);
  int compared = 0;
  for (int trial = 0; trial < 2'000; ++trial) {
    schedule::Problem problem = testing::random_problem(random, {});
    problem.repeated = true;
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    try {
      const ScheduleCost cost = evaluate_reference(problem, schedule);
      const FastCost fast = FastEvaluator(problem).evaluate(schedule);
      ASSERT_NEAR(fast.latency, cost.latency, 1e-12 * cost.latency);
      ASSERT_NEAR(fast.energy, cost.energy.total(), 1e-12 * cost.energy.total());
      ASSERT_EQ(fast.memory_bytes, cost.memory_bytes);
      const RootBounds bounds = root_bounds(problem);
      ASSERT_LE(bounds.latency, cost.latency * (1.0 + 1e-9));
      ASSERT_LE(bounds.energy, cost.energy.total() * (1.0 + 1e-9));
      problem.repeated = false;
      ASSERT_LE(cost.latency, evaluate_reference(problem, schedule).latency * (1.0 + 1e-9));
      ++compared;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(compared, 500);
}

}  // namespace
}  // namespace inlay::evaluate
