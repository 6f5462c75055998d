#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/schedule/check.hpp"
#include "support/submesh_problems.hpp"

namespace inlay::evaluate {
namespace {

bool at_most(double a, double b) {
  return a <= b * (1 + 1e-12);
}  // but for rounding

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-11 * (std::abs(a) + std::abs(b));
}

struct Coverage {
  int schedules = 0;
  int infeasible = 0;
  int streamed = 0;
  int spilled = 0;
};

void count_features(const ScheduleCost& cost, Coverage& coverage) {
  bool streamed = false;
  bool spilled = false;
  for (const WindowCost& window : cost.windows) {
    for (const PipelineCost& pipeline : window.pipelines) {
      for (const StageCost& stage : pipeline.stages) {
        streamed = streamed || stage.streamed;
        spilled = spilled || !stage.spilled.empty();
      }
    }
  }
  coverage.streamed += streamed ? 1 : 0;
  coverage.spilled += spilled ? 1 : 0;
}

void compare(FastEvaluator& fast, const schedule::Problem& problem, const schedule::Schedule& schedule,
             Coverage& coverage) {
  RC_ASSERT(schedule::check(problem, schedule).empty());
  ++coverage.schedules;
  const FastCost quick = fast.evaluate(schedule);
  try {
    const ScheduleCost plain = evaluate_reference(problem, schedule);
    RC_ASSERT(quick.feasible);
    RC_ASSERT(close(quick.latency, plain.latency));
    RC_ASSERT(close(quick.energy, plain.energy.total()));
    RC_ASSERT(close(quick.steady_throughput, plain.steady_throughput));
    RC_ASSERT(quick.memory_bytes == plain.memory_bytes);
    count_features(plain, coverage);
  } catch (const base::InfeasibleError&) {
    RC_ASSERT(!quick.feasible);
    ++coverage.infeasible;
  }
}

TEST(FastEvaluator, EqualsReferenceOnTenThousandRandomSchedules) {
  Coverage coverage;
  EXPECT_TRUE(rc::check("fast equals reference", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const schedule::Problem problem = testing::random_problem(random, {.misfits = true});
    FastEvaluator fast(problem);
    for (int i = 0; i < 120; ++i) {
      compare(fast, problem, testing::random_schedule(random, problem), coverage);
    }
  }));
  // The comparison is worth what it has met.
  EXPECT_GE(coverage.schedules, 10'000);
  EXPECT_GT(coverage.streamed, 1'000);
  EXPECT_GT(coverage.spilled, 300);
  EXPECT_GT(coverage.infeasible, 100);
  EXPECT_GT(coverage.schedules - coverage.infeasible, 5'000);
  std::printf("schedules %d, infeasible %d, streamed %d, spilled %d\n", coverage.schedules,
              coverage.infeasible, coverage.streamed, coverage.spilled);
}

TEST(FastEvaluator, EqualsReferenceOnStagesOfSeveralChiplets) {
  Coverage coverage;
  int divided = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    base::Random random(seed);
    testing::SubmeshLimits limits{2, 3, 2, 5, 5};
    schedule::Problem problem = testing::random_submesh_problem(random, limits);
    if (seed % 4 == 0) {
      for (hardware::ChipletType& type : problem.package.types) {
        type.l2_bytes = random.between(10, 60);
      }
    }
    FastEvaluator fast(problem);
    for (int i = 0; i < 20; ++i) {
      const schedule::Schedule schedule = testing::random_divided_schedule(random, problem);
      if (schedule.windows.empty()) {
        continue;
      }
      ASSERT_EQ(schedule::check(problem, schedule), std::vector<std::string>{}) << "seed " << seed;
      ++coverage.schedules;
      divided += std::any_of(schedule.windows.begin(), schedule.windows.end(),
                             [](const schedule::Window& window) {
                               return !window.pipelines.front().stages.front().submesh.single();
                             })
                     ? 1
                     : 0;
      // Twice: the second time from what is remembered.
      const FastCost first = fast.evaluate(schedule);
      const FastCost quick = fast.evaluate(schedule);
      try {
        const ScheduleCost plain = evaluate_reference(problem, schedule);
        ASSERT_TRUE(first.feasible && quick.feasible) << "seed " << seed;
        EXPECT_EQ(first.latency, quick.latency);
        EXPECT_TRUE(close(quick.latency, plain.latency)) << "seed " << seed;
        EXPECT_TRUE(close(quick.energy, plain.energy.total())) << "seed " << seed;
        EXPECT_TRUE(close(quick.steady_throughput, plain.steady_throughput)) << "seed " << seed;
        EXPECT_EQ(quick.memory_bytes, plain.memory_bytes) << "seed " << seed;
        count_features(plain, coverage);
      } catch (const base::InfeasibleError&) {
        ASSERT_FALSE(quick.feasible) << "seed " << seed;
        ++coverage.infeasible;
      }
    }
  }
  EXPECT_GT(coverage.schedules, 3'000);
  EXPECT_GT(divided, 1'000);
  EXPECT_GT(coverage.streamed, 100);
  EXPECT_GT(coverage.spilled, 100);
  EXPECT_GT(coverage.infeasible, 100);
  EXPECT_GT(coverage.schedules - coverage.infeasible, 1'000);
}

TEST(SegmentTable, OptimisticFiguresAreNeverAboveTheTrueOnes) {
  EXPECT_TRUE(rc::check("optimistic <= exact", [] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const schedule::Problem problem = testing::random_problem(random);
    const FigureConstants constants(problem);
    const int layers = static_cast<int>(problem.scenario.models[0].model.layers.size());
    for (const std::int64_t size : problem.costs.models[0].mini_batches) {
      SegmentTable table(problem, 0, 0, layers, size, 0);
      for (int first = 0; first < layers; ++first) {
        for (int last = first + 1; last <= layers; ++last) {
          const StageFigures guess = stage_figures(constants, table.optimistic(first, last), 1, 1, 1e-12, 3);
          if (const Segment& segment = table.exact(first, last); segment.feasible) {
            const StageFigures truth = stage_figures(constants, segment, 1, 1, 1e-12, 3);
            RC_ASSERT(at_most(guess.first, truth.first));
            RC_ASSERT(at_most(guess.steady, truth.steady));
            RC_ASSERT(at_most(guess.energy, truth.energy));
            RC_ASSERT(guess.memory_bytes <= truth.memory_bytes);
          }
        }
      }
    }
  }));
}

}  // namespace
}  // namespace inlay::evaluate
