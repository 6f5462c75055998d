// Where transfers do not meet, the replay is the evaluator's formula but for what the formula rounds up.
#include <gtest/gtest.h>

#include <algorithm>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/simulate/replay.hpp"
#include "support/problems.hpp"
#include "support/submesh_problems.hpp"

namespace inlay::simulate {
namespace {

/// When a pipeline ends whose stages take `first` for their first mini-batch and `steady` for every later
/// one: a stage begins with a mini-batch once it is done with the one before and the stage before is done
/// with this one. Never more than the sum of first + (n - 1) x the largest steady.
double flow_shop(const evaluate::PipelineCost& pipeline) {
  std::vector<double> done(pipeline.stages.size(), 0.0);
  for (std::int64_t i = 0; i < pipeline.mini_batches; ++i) {
    double arrived = 0.0;
    for (std::size_t k = 0; k < done.size(); ++k) {
      done[k] = std::max(done[k], arrived) + (i == 0 ? pipeline.stages[k].first : pipeline.stages[k].steady);
      arrived = done[k];
    }
  }
  return done.back();
}

struct Ratios {
  double least = 10.0;
  double most = 0.0;
  double sum = 0.0;
  int count = 0;
  void add(double ratio) {
    least = std::min(least, ratio);
    most = std::max(most, ratio);
    sum += ratio;
    ++count;
  }
  double mean() const { return sum / count; }
};

/// Pipeline by pipeline: `compare` gets what was replayed and what the evaluator says.
template <typename Function>
void each_pipeline(const schedule::Problem& problem, const schedule::Schedule& schedule, Function compare) {
  evaluate::ScheduleCost cost;
  try {
    cost = evaluate::evaluate_reference(problem, schedule);
  } catch (const base::InfeasibleError&) {
    EXPECT_THROW(replay(problem, schedule), base::InfeasibleError);
    return;
  }
  const Replay alone = replay(problem, schedule, {Sharing::kAlone});
  for (std::size_t w = 0; w < cost.windows.size(); ++w) {
    for (std::size_t p = 0; p < cost.windows[w].pipelines.size(); ++p) {
      compare(alone.windows[w].pipelines[p], cost.windows[w].pipelines[p]);
    }
  }
}

/// What the replay decides by itself must be what the evaluator decides.
void expect_same_decisions(const PipelineReplay& replayed, const evaluate::PipelineCost& cost) {
  for (std::size_t k = 0; k < cost.stages.size(); ++k) {
    EXPECT_EQ(replayed.stages[k].streamed, cost.stages[k].streamed);
    EXPECT_EQ(replayed.stages[k].spilled, cost.stages[k].spilled);
    EXPECT_EQ(replayed.stages[k].need, cost.stages[k].need_bytes);
  }
}

TEST(Formula, OfSerialStagesHoldsToRounding) {
  Ratios ratios;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE(seed);
    base::Random random(seed);
    schedule::Problem problem = testing::random_problem(random);
    problem.overlap = hardware::Overlap::kSerial;
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    each_pipeline(problem, schedule, [&](const PipelineReplay& replayed, const evaluate::PipelineCost& cost) {
      EXPECT_NEAR(replayed.end, flow_shop(cost), 1e-9 * cost.latency);
      ratios.add(replayed.end / cost.latency);
      expect_same_decisions(replayed, cost);
    });
  }
  EXPECT_GT(ratios.count, 4000);
  EXPECT_GT(ratios.least, 0.8);
  EXPECT_LE(ratios.most, 1 + 1e-9);
  EXPECT_NEAR(ratios.mean(), 1.0, 0.002);
}

// The ranges stand in docs/replay.md.
TEST(Formula, OfOverlappedStagesHoldsExactlyForOneMiniBatchAndOnAverage) {
  Ratios ratios;
  int exact = 0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    SCOPED_TRACE(seed);
    base::Random random(seed);
    schedule::Problem problem = testing::random_problem(random);
    problem.overlap = hardware::Overlap::kOverlapped;
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    each_pipeline(problem, schedule, [&](const PipelineReplay& replayed, const evaluate::PipelineCost& cost) {
      ratios.add(replayed.end / cost.latency);
      expect_same_decisions(replayed, cost);
      const bool spills = std::any_of(cost.stages.begin(), cost.stages.end(),
                                      [](const auto& stage) { return !stage.spilled.empty(); });
      if (cost.mini_batches == 1 && !spills) {
        EXPECT_NEAR(replayed.end, cost.latency, 1e-9 * cost.latency);
        ++exact;
      }
    });
  }
  EXPECT_GT(exact, 1500);
  EXPECT_GT(ratios.least, 0.6);
  EXPECT_LT(ratios.most, 1.4);
  EXPECT_NEAR(ratios.mean(), 1.0, 0.005);
}

/// A window for every model, in one or two stages on submeshes that do not meet, with any shardings.
schedule::Schedule random_submesh_schedule(base::Random& random, const schedule::Problem& problem) {
  const std::vector<hardware::Submesh> all = hardware::submeshes(problem.package, problem.most_members);
  const auto any = [&] {
    return all[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(all.size()) - 1))];
  };
  const auto meet = [](const hardware::Submesh& a, const hardware::Submesh& b) {
    return std::any_of(a.chiplets.begin(), a.chiplets.end(), [&](int one) {
      return std::find(b.chiplets.begin(), b.chiplets.end(), one) != b.chiplets.end();
    });
  };
  schedule::Schedule schedule;
  schedule.adjacent_stages = false;
  for (int m = 0; m < static_cast<int>(problem.scenario.models.size()); ++m) {
    const workload::Model& model = problem.scenario.models[static_cast<std::size_t>(m)].model;
    const int layers = static_cast<int>(model.layers.size());
    const auto& sizes = problem.costs.models[static_cast<std::size_t>(m)].mini_batches;
    schedule::Pipeline pipeline;
    pipeline.model = m;
    pipeline.mini_batch =
        sizes[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(sizes.size()) - 1))];
    const hardware::Submesh first = any();
    const hardware::Submesh second = any();
    const int cut = meet(first, second) ? layers : static_cast<int>(random.between(1, layers));
    pipeline.stages.push_back({0, cut, first});
    if (cut < layers) {
      pipeline.stages.push_back({cut, layers, second});
    }
    for (schedule::Stage& stage : pipeline.stages) {
      for (int layer = stage.first; layer < stage.last && !stage.submesh.single(); ++layer) {
        const auto choices =
            schedule::shardings_on(workload::divisions(model, layer),
                                   {stage.submesh.rows, stage.submesh.columns}, pipeline.mini_batch);
        stage.shardings.push_back(choices[static_cast<std::size_t>(
            random.between(0, static_cast<std::int64_t>(choices.size()) - 1))]);
      }
    }
    schedule.windows.push_back({{pipeline}});
  }
  return schedule;
}

TEST(Formula, OfStagesOnSubmeshesHoldsOnAverage) {
  for (const auto overlap : {hardware::Overlap::kSerial, hardware::Overlap::kOverlapped}) {
    const bool serial = overlap == hardware::Overlap::kSerial;
    Ratios ratios;
    for (std::uint64_t seed = 1; seed <= 600; ++seed) {
      SCOPED_TRACE(seed);
      base::Random random(seed);
      schedule::Problem problem = testing::random_submesh_problem(random);
      problem.overlap = overlap;
      const schedule::Schedule schedule = random_submesh_schedule(random, problem);
      each_pipeline(problem, schedule,
                    [&](const PipelineReplay& replayed, const evaluate::PipelineCost& cost) {
                      ratios.add(replayed.end / (serial ? flow_shop(cost) : cost.latency));
                      expect_same_decisions(replayed, cost);
                    });
    }
    EXPECT_GT(ratios.count, 800);
    EXPECT_GT(ratios.least, serial ? 0.9 : 0.75);
    EXPECT_LT(ratios.most, serial ? 1.2 : 1.3);
    EXPECT_NEAR(ratios.mean(), 1.0, serial ? 0.002 : 0.02);
  }
}

}  // namespace
}  // namespace inlay::simulate
