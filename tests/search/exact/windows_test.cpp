// Window families of `exact` beyond first-fit: cuts between blocks against enumeration, freer cuts against
// their bound.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/exact/cut_tree.hpp"
#include "inlay/search/windows/window_moves.hpp"
#include "inlay/workload/model_file.hpp"
#include "search/enumeration.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

constexpr double kClose = 1e-8;

Options with_windows(const std::string& windows) {
  Options options;
  options.settings.set("exact.windows", windows);
  options.settings.set("exact.splits", "1");
  return options;
}

/// A random problem in which some layers begin blocks.
schedule::Problem random_problem_of_blocks(base::Random& random) {
  schedule::Problem problem = testing::random_problem(random, {2, 2, 2, 6, 3});
  for (workload::ScenarioModel& entry : problem.scenario.models) {
    int block = 0;
    for (workload::Layer& layer : entry.model.layers) {
      block += static_cast<int>(random.between(0, 1));
      layer.name = "h." + std::to_string(block) + "." + layer.name;
    }
  }
  return problem;
}

/// All ways to cut every model at one of its blocks, and first-fit.
std::vector<windows::WindowPartition> all_block_windows(const schedule::Problem& problem) {
  std::vector<windows::WindowPartition> all = windows::window_family(problem, 1);
  std::vector<windows::WindowPartition> partitions = {{"", {{}, {}}}};
  for (const workload::ScenarioModel& entry : problem.scenario.models) {
    std::vector<windows::WindowPartition> longer;
    for (const windows::WindowPartition& partition : partitions) {
      for (const int cut : exact::block_cuts(entry.model)) {
        longer.push_back(partition);
        longer.back().windows[0].push_back({0, cut});
        longer.back().windows[1].push_back({cut, static_cast<int>(entry.model.layers.size())});
      }
    }
    partitions = std::move(longer);
  }
  for (windows::WindowPartition& partition : partitions) {
    windows::drop_empty_windows(partition);
    all.push_back(partition);
  }
  return all;
}

TEST(BlockWindows, EqualEnumerationOnSmallRandomProblems) {
  int better = 0;
  EXPECT_TRUE(rc::check("block windows equal enumeration", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const schedule::Problem problem = random_problem_of_blocks(random);
    testing::Enumeration enumeration(problem, static_cast<int>(problem.package.chiplets.size()));
    const std::vector<windows::WindowPartition> all = all_block_windows(problem);
    for (const Objective objective : {Objective::kLatency, Objective::kEnergy, Objective::kEdp}) {
      const double best = enumeration.optimum(all, objective);
      try {
        const Answer answer = solve(problem, objective, "exact", with_windows("blocks"));
        RC_ASSERT(std::abs(answer.certificate.value - best) <= kClose * best);
        RC_ASSERT(answer.certificate.proven);
        RC_ASSERT(schedule::check(problem, answer.schedule).empty());
        const double first_fit = enumeration.optimum(windows::window_family(problem, 1), objective);
        better += best < first_fit * (1.0 - kClose) ? 1 : 0;
      } catch (const base::InfeasibleError&) {
        RC_ASSERT(std::isinf(best));
      }
    }
  }));
  EXPECT_GT(better, 20);
}

TEST(BlockWindows, ClaimWhatHoldsWhenTheyAreCutShort) {
  base::Random random(21);
  for (int i = 0; i < 40; ++i) {
    const schedule::Problem problem = random_problem_of_blocks(random);
    testing::Enumeration enumeration(problem, static_cast<int>(problem.package.chiplets.size()));
    const double best = enumeration.optimum(all_block_windows(problem), Objective::kEdp);
    for (const std::int64_t limit : {10, 200, 2000}) {
      Options options = with_windows("blocks");
      options.stop.evaluations = limit;
      try {
        const Certificate certificate = solve(problem, Objective::kEdp, "exact", options).certificate;
        EXPECT_LE(certificate.lower_bound, best * (1.0 + kClose));
        EXPECT_GE(certificate.value, certificate.lower_bound * (1.0 - kClose));
      } catch (const base::InfeasibleError&) {
        continue;
      }
    }
  }
}

TEST(FreeWindows, AreNeverWorseThanFirstFitNorBelowTheBoundOfAllSchedules) {
  base::Random random(34);
  int better = 0;
  for (int i = 0; i < 60; ++i) {
    const schedule::Problem problem = testing::random_problem(random, {2, 2, 2, 7, 4});
    for (const Objective objective : {Objective::kLatency, Objective::kEdp}) {
      try {
        const double first_fit =
            solve(problem, objective, "exact", with_windows("first-fit")).certificate.value;
        const Answer free = solve(problem, objective, "exact", with_windows("free"));
        const evaluate::RootBounds root = evaluate::root_bounds(problem);
        EXPECT_TRUE(schedule::check(problem, free.schedule).empty());
        EXPECT_LE(free.certificate.value, first_fit * (1.0 + kClose));
        EXPECT_LE(free.certificate.lower_bound, objective.value(root.latency, root.energy) * (1.0 + kClose));
        EXPECT_NE(free.certificate.space.find("all schedules"), std::string::npos);
        better += free.certificate.value < first_fit * (1.0 - kClose) ? 1 : 0;
      } catch (const base::InfeasibleError&) {
        continue;
      }
    }
  }
  EXPECT_GT(better, 20);
}

/// The formula is positive for the best schedule of the first-fit windows, negative for the best of
/// `windows`; the search must answer as for any formula that becomes negative.
TEST(Windows, BetterThanFirstFitAreRefusedWhereTheFormulaIsNegative) {
  for (const char* windows : {"blocks", "free"}) {
    base::Random random(53);
    int refused = 0;
    for (int i = 0; i < 40; ++i) {
      const schedule::Problem problem = random_problem_of_blocks(random);
      try {
        const double family =
            solve(problem, Objective::kLatency, "exact", with_windows("first-fit")).certificate.value;
        const double better =
            solve(problem, Objective::kLatency, "exact", with_windows(windows)).certificate.value;
        if (better > family * (1.0 - 1e-3)) {
          continue;
        }
        const Objective formula = objective::from_text(fmt::format("latency - {}", (family + better) / 2.0));
        EXPECT_THROW(solve(problem, formula, "exact", with_windows(windows)), base::InputError);
        ++refused;
      } catch (const base::InfeasibleError&) {
        continue;
      }
    }
    EXPECT_GT(refused, 1) << windows;
  }
}

TEST(Windows, OfEveryFamilyAreTheSameForAnyNumberOfThreads) {
  base::Random random(55);
  for (int i = 0; i < 10; ++i) {
    const schedule::Problem problem = random_problem_of_blocks(random);
    for (const char* windows : {"blocks", "free"}) {
      Options options = with_windows(windows);
      try {
        const Answer one = solve(problem, Objective::kEdp, "exact", options);
        options.threads = 4;
        EXPECT_EQ(one.schedule, solve(problem, Objective::kEdp, "exact", options).schedule) << windows;
      } catch (const base::InfeasibleError&) {
        continue;
      }
    }
  }
}

TEST(WindowMoves, KeepEveryLayerInOneWindow) {
  const windows::WindowPartition partition{"", {{{0, 4}, {0, 0}}, {{4, 6}, {0, 5}}}};
  const std::vector<windows::WindowPartition> moved = windows::neighbours_of(partition, 1);
  EXPECT_GT(moved.size(), 5U);
  for (const windows::WindowPartition& next : moved) {
    EXPECT_FALSE(next.windows == partition.windows);
    for (std::size_t model = 0; model < 2; ++model) {
      int done = 0;
      for (const auto& window : next.windows) {
        EXPECT_EQ(window[model].first, done);
        EXPECT_GE(window[model].last, done);
        done = window[model].last;
      }
      EXPECT_EQ(done, model == 0 ? 6 : 5);
    }
  }
  const auto one_window = [](const windows::WindowPartition& next) { return next.windows.size() == 1; };
  EXPECT_TRUE(std::any_of(moved.begin(), moved.end(), one_window));
}

// 16 bottlenecks between the layers before and after them; 36 blocks between an embedding and a head.
TEST(Blocks, AreTheUsesOfBlocksInAModelsFileAndWhatStandsBetween) {
  const workload::Model resnet = workload::load_model("resnet-50");
  const std::vector<int> cuts = exact::block_cuts(resnet);
  EXPECT_EQ(cuts.size(), 19U);
  for (std::size_t block = 1; block < 17; ++block) {
    EXPECT_EQ(resnet.layers[static_cast<std::size_t>(cuts[block])].name.substr(0, 5), "layer");
  }
  EXPECT_EQ(cuts.back(), static_cast<int>(resnet.layers.size()));
  EXPECT_EQ(exact::block_cuts(workload::load_model("gpt2-large")).size(), 39U);
}

TEST(Blocks, OfAModelWithoutThemAreItsLayers) {
  const schedule::Problem problem = testing::worked_example();
  EXPECT_EQ(exact::block_cuts(problem.scenario.models[0].model), (std::vector<int>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace inlay::search
