// When models are done under `contended`, beside the replay: docs/model.md "When a model is done".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/search/search.hpp"
#include "inlay/simulate/replay.hpp"
#include "support/problems.hpp"

namespace inlay::simulate {
namespace {

/// Random problems whose memory is slow beside the chiplets.
schedule::Problem random_problem(base::Random& random) {
  schedule::Problem problem = testing::random_problem(random, {3, 3, 4, 9, 12});
  problem.communication = schedule::Communication::kContended;
  problem.overlap = hardware::Overlap::kSerial;
  problem.package.memory.bandwidth = static_cast<double>(random.between(2, 10)) * 1e9;
  return problem;
}

TEST(Ends, OfModelsAreThoseOfTheReplayOnAverageAndNeverFarBefore) {
  double sum = 0.0;
  double absolute = 0.0;
  double least = 1.0;
  int count = 0;
  int early = 0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    base::Random random(seed);
    const schedule::Problem problem = random_problem(random);
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    evaluate::ScheduleCost cost;
    try {
      cost = evaluate::evaluate_reference(problem, schedule);
    } catch (const base::InfeasibleError&) {
      continue;
    }
    const Replay replayed = replay(problem, schedule);
    for (std::size_t w = 0; w < cost.windows.size(); ++w) {
      const evaluate::WindowCost& window = cost.windows[w];
      for (std::size_t p = 0; p < window.pipelines.size() && window.pipelines.size() > 1; ++p) {
        const double ratio = window.pipelines[p].end / replayed.windows[w].pipelines[p].end;
        sum += ratio - 1.0;
        absolute += std::abs(ratio - 1.0);
        least = std::min(least, ratio);
        ++count;
        early += window.pipelines[p].end < 0.5 * window.latency ? 1 : 0;
      }
    }
  }
  std::printf("%d pipelines, mean %.3f, absolute %.3f, least %.3f, early %d\n", count, sum / count,
              absolute / count, least, early);
  EXPECT_GT(count, 2000);
  EXPECT_GT(early, 300);
  EXPECT_NEAR(sum / count, 0.0, 0.1);
  EXPECT_LT(absolute / count, 0.15);
  EXPECT_GT(least, 0.5);
}

/// Two models on two chiplets: a short one, and one that moves many more bytes.
schedule::Problem short_beside_long(schedule::Communication communication) {
  schedule::Problem problem = testing::worked_example();
  problem.communication = communication;
  problem.scenario.models.push_back(problem.scenario.models.front());
  problem.costs.models.push_back(problem.costs.models.front());
  problem.scenario.models[0].name = "short";
  problem.scenario.models[1].name = "long";
  for (workload::Layer& layer : problem.scenario.models[1].model.layers) {
    layer.weight_bytes *= 20;
  }
  return problem;
}

class ShortBesideLong : public ::testing::TestWithParam<schedule::Communication> {};

// All bytes of the window take 162 us at the memory, the short model is done after 40: a limit between is one
// that a schedule keeps, so no search may say that there is none.
TEST_P(ShortBesideLong, AModelMayBeDoneBeforeTheBytesOfItsWindow) {
  schedule::Problem problem = short_beside_long(GetParam());
  const schedule::Schedule schedule{
      {{{schedule::Pipeline{0, 4, {{0, 3, 0}}}, schedule::Pipeline{1, 4, {{0, 3, 1}}}}}}, true};
  const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, schedule);
  const double limit = 80e-6;
  EXPECT_GT(cost.windows[0].memory_time, 1.5 * limit);
  EXPECT_LT(cost.windows[0].pipelines[0].end, limit);
  EXPECT_LT(replay(problem, schedule).model_done[0], limit);

  problem.constraints.latency_limits = {{0, limit}};
  // Both at once, as the package has room for only that where each has a chiplet of its own.
  problem.constraints.pins = {{0, 0, 3, {0}}, {1, 0, 3, {1}}};
  for (const char* strategy : {"exact", "auto"}) {
    search::Options options;
    options.settings.set("exact.splits", "0");
    const search::Answer answer =
        search::solve(problem, objective::Objective::kLatency, strategy,
                      std::string(strategy) == "exact" ? options : search::Options{});
    EXPECT_TRUE(answer.certificate.proven) << strategy;
    EXPECT_TRUE(evaluate::broken_latency_limits(problem, answer.schedule,
                                                evaluate::evaluate_reference(problem, answer.schedule))
                    .empty());
    EXPECT_LT(replay(problem, answer.schedule).model_done[0], limit) << strategy;
  }
}

INSTANTIATE_TEST_SUITE_P(Communications, ShortBesideLong,
                         ::testing::Values(schedule::Communication::kShared,
                                           schedule::Communication::kContended),
                         [](const auto& one) { return schedule::to_string(one.param); });

}  // namespace
}  // namespace inlay::simulate
