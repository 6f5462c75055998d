// The timeline behind the Gantt chart: it must tell the same story as the evaluators.
#include "inlay/report/figures/gantt_timeline.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "support/problems.hpp"

namespace inlay {
namespace {

using report::figures::Activity;
using report::figures::StageBlock;
using report::figures::Timeline;

constexpr double kRounding = 1e-12;  // relative to the whole

const evaluate::PipelineCost& pipeline_of(const evaluate::ScheduleCost& cost, const StageBlock& block) {
  return cost.windows[static_cast<std::size_t>(block.window)]
      .pipelines[static_cast<std::size_t>(block.pipeline)];
}

const evaluate::StageCost& stage_of(const evaluate::ScheduleCost& cost, const StageBlock& block) {
  return pipeline_of(cost, block).stages[static_cast<std::size_t>(block.stage)];
}

/// The worked example of docs/model.md: 5035 + 9670 + 3 x 4435 ns.
TEST(Timeline, WorkedExampleByHand) {
  const schedule::Problem problem = testing::worked_example();
  const schedule::Schedule schedule = testing::worked_example_schedule();
  const Timeline timeline =
      report::figures::timeline_of(problem, schedule, evaluate::evaluate_reference(problem, schedule));
  ASSERT_EQ(timeline.blocks.size(), 8U);
  const double begin[] = {0, 5035 + 4435 - 2835, 11070, 15505, 5035, 14705, 19140, 23575};
  const double end[] = {5035, 9470, 13905, 18340, 14705, 19140, 23575, 28010};
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(timeline.blocks[i].begin * 1e9, begin[i], 1e-6) << i;
    EXPECT_NEAR(timeline.blocks[i].end * 1e9, end[i], 1e-6) << i;
  }
  // Stage 0, first mini-batch: weights 2200, in 1000, compute 1000, on to c1 835.
  const std::vector<report::figures::ActivitySpan>& spans = timeline.blocks[0].spans;
  ASSERT_EQ(spans.size(), 4U);
  const Activity activity[] = {Activity::kWeights, Activity::kRead, Activity::kCompute, Activity::kForward};
  const double ends[] = {2200, 3200, 4200, 5035};
  const std::int64_t bytes[] = {100'000, 40'000, 0, 80'000};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(spans[i].activity, activity[i]);
    EXPECT_NEAR(spans[i].end * 1e9, ends[i], 1e-6);
    EXPECT_EQ(spans[i].bytes, bytes[i]);
  }
  EXPECT_NEAR(timeline.end * 1e9, 28010, 1e-6);
}

/// All spans lie in their block; activities that cannot run at once do not.
void check_spans(const schedule::Problem& problem, const evaluate::StageCost& stage, const StageBlock& block,
                 double slack) {
  const bool lanes = problem.overlap == hardware::Overlap::kOverlapped;
  std::map<bool, double> busy_until;
  double sum = 0.0;
  for (const report::figures::ActivitySpan& span : block.spans) {
    const bool lane = lanes && span.activity != Activity::kCompute;
    RC_ASSERT(span.begin >= std::max(block.begin, busy_until[lane]) - slack);
    RC_ASSERT(span.end <= block.end + slack);
    busy_until[lane] = span.end;
    sum += span.end - span.begin;
  }
  const double move = stage.in + stage.out + stage.spill;
  const bool loads = block.mini_batch == 0 || stage.streamed;
  RC_ASSERT(std::abs(sum - (stage.compute + move + (loads ? stage.weights : 0.0))) <= slack);
}

void check_timeline(const schedule::Problem& problem, const evaluate::ScheduleCost& cost,
                    const Timeline& timeline) {
  const double slack = kRounding * cost.latency;
  RC_ASSERT(timeline.end == cost.latency);
  double last_end = 0.0;
  for (const report::figures::WindowSpan& window : timeline.windows) {
    RC_ASSERT((window.memory_bound || std::abs(window.work_end - window.end) <= slack));
    RC_ASSERT(window.work_end <= window.end + slack);
    last_end = window.memory_bound ? window.end : last_end;
  }
  std::map<int, double> chiplet_free;
  std::map<std::pair<int, int>, double> pipeline_end;
  std::map<std::pair<int, int>, std::int64_t> mini_batches;
  for (const StageBlock& block : timeline.blocks) {
    const report::figures::WindowSpan& window = timeline.windows[static_cast<std::size_t>(block.window)];
    RC_ASSERT(block.begin >= window.begin - slack);
    RC_ASSERT(block.end <= window.work_end + slack);
    RC_ASSERT(block.begin >= chiplet_free[block.chiplet] - slack);
    chiplet_free[block.chiplet] = block.end;
    pipeline_end[{block.window, block.pipeline}] = block.end;
    mini_batches[{block.window, block.chiplet}] += block.count;
    RC_ASSERT(mini_batches.at({block.window, block.chiplet}) <= pipeline_of(cost, block).mini_batches);
    check_spans(problem, stage_of(cost, block), block, slack);
    last_end = std::max(last_end, block.end);
  }
  for (const auto& [key, end] : pipeline_end) {
    const auto& window = cost.windows[static_cast<std::size_t>(key.first)];
    const double begin = timeline.windows[static_cast<std::size_t>(key.first)].begin;
    RC_ASSERT(std::abs(end - begin - window.pipelines[static_cast<std::size_t>(key.second)].latency) <=
              slack);
  }
  RC_ASSERT(std::abs(last_end - cost.latency) <= slack);
}

/// Mini-batch j of a stage begins only when the stage before it has passed it on.
void check_order(const evaluate::ScheduleCost& cost, const Timeline& timeline) {
  const double slack = kRounding * cost.latency;
  std::map<std::tuple<int, int, int, std::int64_t>, const StageBlock*> blocks;
  for (const StageBlock& block : timeline.blocks) {
    blocks[{block.window, block.pipeline, block.stage, block.mini_batch}] = &block;
  }
  for (const auto& [key, block] : blocks) {
    if (block->stage > 0) {
      const StageBlock& before =
          *blocks.at({block->window, block->pipeline, block->stage - 1, block->mini_batch});
      const double passed_on = before.end - static_cast<double>(before.count - 1) * before.period;
      RC_ASSERT(block->begin >= passed_on - slack);
    }
  }
}

TEST(Timeline, AgreesWithTheEvaluatorOnRandomSchedules) {
  int seen = 0;
  int memory_bound = 0;
  EXPECT_TRUE(rc::check([&](std::uint64_t seed) {
    base::Random random(seed);
    schedule::Problem problem = testing::random_problem(random, {3, 3, 3, 7, 20});
    if (random.between(0, 1) == 0) {
      problem.package.memory.bandwidth /= 100.0;  // so slow that windows wait for it
    }
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    evaluate::ScheduleCost cost;
    try {
      cost = evaluate::evaluate_reference(problem, schedule);
    } catch (const base::InfeasibleError&) {
      return;  // does not fit L2
    }
    for (const std::int64_t most_single : {1, 3, 100}) {
      const Timeline timeline = report::figures::timeline_of(problem, schedule, cost, most_single);
      check_timeline(problem, cost, timeline);
      check_order(cost, timeline);
    }
    ++seen;
    for (const evaluate::WindowCost& window : cost.windows) {
      memory_bound += window.memory_bound ? 1 : 0;
    }
  }));
  EXPECT_GT(seen, 20);
  EXPECT_GT(memory_bound, 0) << "no schedule tried the tail that waits for memory bandwidth";
}

TEST(Timeline, ManyMiniBatchesAreOneBlock) {
  const schedule::Problem problem = testing::worked_example();
  const schedule::Schedule schedule = testing::worked_example_schedule();
  const Timeline timeline =
      report::figures::timeline_of(problem, schedule, evaluate::evaluate_reference(problem, schedule), 3);
  ASSERT_EQ(timeline.blocks.size(), 4U);
  EXPECT_EQ(timeline.blocks[1].count, 3);
  EXPECT_NEAR(timeline.blocks[1].period * 1e9, 4435, 1e-6);
  EXPECT_NEAR(timeline.blocks[1].begin * 1e9, 6635, 1e-6);
  EXPECT_NEAR(timeline.blocks[1].end * 1e9, 18340, 1e-6);
}

}  // namespace
}  // namespace inlay
