// docs/model.md, "Worked example", to the last digit.
#include <gtest/gtest.h>

#include "inlay/evaluate/fast.hpp"
#include "inlay/evaluate/reference.hpp"
#include "support/problems.hpp"

namespace inlay::evaluate {
namespace {

constexpr double kNano = 1e-9;
constexpr double kMicro = 1e-6;

void expect_close(double actual, double expected) {
  EXPECT_NEAR(actual, expected, 1e-12 * expected);
}

TEST(WorkedExample, Serial) {
  const schedule::Problem problem = testing::worked_example();
  const ScheduleCost cost = evaluate_reference(problem, testing::worked_example_schedule());
  const PipelineCost& pipeline = cost.windows[0].pipelines[0];
  EXPECT_EQ(pipeline.mini_batches, 4);
  const StageCost& stage0 = pipeline.stages[0];
  expect_close(stage0.compute, 1000 * kNano);
  expect_close(stage0.in, 1000 * kNano);
  expect_close(stage0.out, 835 * kNano);
  expect_close(stage0.weights, 2200 * kNano);
  expect_close(stage0.steady, 2835 * kNano);
  expect_close(stage0.first, 5035 * kNano);
  EXPECT_FALSE(stage0.streamed);
  const StageCost& stage1 = pipeline.stages[1];
  expect_close(stage1.compute, 4000 * kNano);
  EXPECT_EQ(stage1.in, 0.0);
  expect_close(stage1.out, 435 * kNano);
  expect_close(stage1.weights, 5235 * kNano);
  expect_close(stage1.steady, 4435 * kNano);
  expect_close(stage1.first, 9670 * kNano);
  EXPECT_EQ(pipeline.bottleneck, 1);
  expect_close(cost.latency, 28010 * kNano);
  EXPECT_EQ(cost.memory_bytes, 550'000);
  expect_close(cost.windows[0].memory_time, 11000 * kNano);
  expect_close(cost.energy.mac, 16 * kMicro);
  expect_close(cost.energy.network, (5.12 + 0.64 + 4.00) * kMicro);
  expect_close(cost.energy.memory, 66.00 * kMicro);
  expect_close(cost.energy.total(), 91.76 * kMicro);
  expect_close(cost.edp(), 28010 * kNano * 91.76 * kMicro);
  EXPECT_NEAR(cost.edp(), 2.5702e-9, 0.00005e-9);
  expect_close(cost.throughput(), 4 / (28010 * kNano));
  expect_close(cost.steady_throughput, 4 / (4 * 4435 * kNano));
}

// Without the loads' 2200 and 5235 ns; energy and bytes stay.
TEST(WorkedExample, UntimedWeightLoads) {
  schedule::Problem problem = testing::worked_example();
  problem.package.memory.weight_loads = hardware::WeightLoads::kUntimed;
  const schedule::Schedule schedule = testing::worked_example_schedule();
  const ScheduleCost cost = evaluate_reference(problem, schedule);
  EXPECT_EQ(cost.windows[0].pipelines[0].stages[0].weights, 0.0);
  expect_close(cost.latency, (28010 - 2200 - 5235) * kNano);
  expect_close(cost.energy.total(), 91.76 * kMicro);
  EXPECT_EQ(cost.memory_bytes, 550'000);
  const FastCost fast = FastEvaluator(problem).evaluate(schedule);
  expect_close(fast.latency, cost.latency);
  expect_close(fast.energy, cost.energy.total());
}

TEST(WorkedExample, SharedMemoryDoesNotBind) {
  schedule::Problem problem = testing::worked_example();
  problem.communication = schedule::Communication::kShared;
  const ScheduleCost cost = evaluate_reference(problem, testing::worked_example_schedule());
  expect_close(cost.latency, 28010 * kNano);
  EXPECT_FALSE(cost.windows[0].memory_bound);
}

TEST(WorkedExample, Overlapped) {
  schedule::Problem problem = testing::worked_example();
  problem.overlap = hardware::Overlap::kOverlapped;
  const ScheduleCost cost = evaluate_reference(problem, testing::worked_example_schedule());
  expect_close(cost.windows[0].pipelines[0].stages[0].steady, 1835 * kNano);
  expect_close(cost.windows[0].pipelines[0].stages[1].steady, 4000 * kNano);
  expect_close(cost.latency, 23205 * kNano);
}

TEST(WorkedExample, FastEvaluatorAgrees) {
  for (const auto overlap : {hardware::Overlap::kSerial, hardware::Overlap::kOverlapped}) {
    schedule::Problem problem = testing::worked_example();
    problem.overlap = overlap;
    const FastCost cost = FastEvaluator(problem).evaluate(testing::worked_example_schedule());
    expect_close(cost.latency, (overlap == hardware::Overlap::kSerial ? 28010 : 23205) * kNano);
    expect_close(cost.energy, 91.76 * kMicro);
    EXPECT_EQ(cost.memory_bytes, 550'000);
    EXPECT_TRUE(cost.feasible);
  }
}

}  // namespace
}  // namespace inlay::evaluate
