// When models are done (docs/model.md), and which limits that breaks.
#include "inlay/evaluate/latency_limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "support/problems.hpp"

namespace inlay::evaluate {
namespace {

using ::testing::ElementsAre;

PipelineCost lasting(double latency) {
  PipelineCost cost;
  cost.latency = latency;
  cost.end = latency;
  return cost;
}

/// Two windows of the second model, one of the first; the first window lasts 10 s, of which model 0 needs 4.
struct TwoWindows {
  schedule::Problem problem;
  schedule::Schedule schedule;
  ScheduleCost cost;

  TwoWindows() {
    problem.scenario.models = {{"first", {}, 1}, {"second", {}, 1}};
    problem.communication = schedule::Communication::kPaper;
    const auto pipeline = [](int model) { return schedule::Pipeline{model, 1, {}}; };
    schedule.windows = {{{pipeline(0), pipeline(1)}}, {{pipeline(1)}}};
    cost.windows.resize(2);
    cost.windows[0].latency = 10.0;
    cost.windows[0].pipelines = {lasting(4.0), lasting(10.0)};
    cost.windows[1].latency = 3.0;
    cost.windows[1].pipelines = {lasting(3.0)};
  }
  std::vector<double> done() const { return model_latencies(problem, schedule, cost); }
};

TEST(ModelLatency, IsTheEndOfThePipelineInTheLastWindow) {
  EXPECT_THAT(TwoWindows().done(), ElementsAre(4.0, 13.0));
}

TEST(ModelLatency, WaitsForItsShareOfTheMemoryWhereThatIsShared) {
  base::Random random(32);
  int waited = 0;
  int early = 0;
  for (int i = 0; i < 500; ++i) {
    schedule::Problem problem = testing::random_problem(random);
    problem.communication = schedule::Communication::kShared;
    problem.package.memory = {2e9, hardware::BandwidthScope::kPerPackage, 0.0, 15e-12};
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    try {
      for (const WindowCost& window : evaluate_reference(problem, schedule).windows) {
        for (const PipelineCost& pipeline : window.pipelines) {
          // The memory serves all equally: of each pipeline no more bytes than of this one.
          double served = 0.0;
          for (const PipelineCost& other : window.pipelines) {
            served += static_cast<double>(std::min(other.memory_bytes, pipeline.memory_bytes)) / 2e9;
          }
          EXPECT_NEAR(pipeline.end, std::max(pipeline.latency, served), 1e-12 * pipeline.end);
          waited += pipeline.end > pipeline.latency ? 1 : 0;
          early += pipeline.end < 0.5 * window.memory_time ? 1 : 0;
        }
      }
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(waited, 50);
  EXPECT_GT(early, 50);
}

TEST(ModelLatency, OfTheSlowestModelIsTheSchedules) {
  base::Random random(31);
  for (int i = 0; i < 500; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    try {
      const ScheduleCost cost = evaluate_reference(problem, schedule);
      const std::vector<double> done = model_latencies(problem, schedule, cost);
      EXPECT_NEAR(*std::max_element(done.begin(), done.end()), cost.latency, 1e-12 * cost.latency);
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
}

TEST(LatencyLimit, IsBrokenByMoreThanRounding) {
  schedule::Problem problem = testing::worked_example();
  const schedule::Schedule schedule = testing::worked_example_schedule();
  const ScheduleCost cost = evaluate_reference(problem, schedule);
  const auto broken = [&](double limit) {
    problem.constraints.latency_limits = {{0, limit}};
    return broken_latency_limits(problem, schedule, cost);
  };
  EXPECT_TRUE(broken(28.01e-6).empty());
  EXPECT_TRUE(broken(28.01e-6 * (1.0 - 0.9e-7)).empty());
  EXPECT_EQ(broken(28.01e-6 * (1.0 - 1.1e-7)).size(), 1U);
  EXPECT_THAT(broken(20e-6),
              ElementsAre("latency limit 20 us of model 'chain' is broken: it is done after 28.01 us"));
}

}  // namespace
}  // namespace inlay::evaluate
