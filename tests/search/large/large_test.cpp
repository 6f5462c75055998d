// The strategy `large`: its bound against proven optima, its orderings, its answers on packages too large for
// `exact`.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/large/partition_plan.hpp"
#include "inlay/search/search.hpp"
#include "inlay/search/windows/space_membership.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

const std::vector<Objective>& objectives() {
  static const std::vector<Objective> kObjectives = {Objective::kLatency, Objective::kEnergy, Objective::kEdp,
                                                     objective::from_text("latency^2 * energy")};
  return kObjectives;
}

struct Tally {
  int compared = 0;
  int claimed = 0;   // the bound is better than the root bound
  int optimal = 0;   // the schedule is the optimum
  double gap = 0.0;  // sum over all, of the optimum to the bound
};

/// The bound is not above the optimum of its space, and the schedule not below it.
void compare_with_optimum(const schedule::Problem& problem, Tally& tally) {
  Options options;
  options.settings.set("exact.splits", "1");
  options.settings.set("large.splits", "1");
  options.settings.set("large.rounds", "6");
  options.settings.set("large.changes", "16");
  for (const Objective& objective : objectives()) {
    try {
      const Certificate exact = solve(problem, objective, "exact", options).certificate;
      const Certificate large = solve(problem, objective, "large", options).certificate;
      ASSERT_TRUE(exact.proven);
      EXPECT_LE(large.lower_bound, exact.value * (1.0 + 1e-8)) << to_string(objective);
      const bool claimed = large.space.starts_with("first-fit");
      if (claimed || large.space.find("layerwise") == std::string::npos) {
        EXPECT_GE(large.value, exact.value * (1.0 - 1e-8)) << to_string(objective);
      }
      ++tally.compared;
      tally.claimed += claimed ? 1 : 0;
      tally.optimal += large.value <= exact.value * (1.0 + 1e-8) ? 1 : 0;
      tally.gap += (exact.value - large.lower_bound) / exact.value;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
}

void report(const Tally& tally) {
  std::printf("%d compared, %d bounds above the root bound, %d optimal, mean gap of the bound %.1f%%\n",
              tally.compared, tally.claimed, tally.optimal, 100.0 * tally.gap / tally.compared);
}

TEST(LargeBound, IsNeverAboveTheOptimumOnSmallPackages) {
  base::Random random(21);
  Tally tally;
  for (int i = 0; i < 120; ++i) {
    compare_with_optimum(testing::random_problem(random, {2, 3, 3, 6, 6, true}), tally);
  }
  report(tally);
  EXPECT_GT(tally.compared, 400);
  EXPECT_GT(tally.claimed, tally.compared / 3);
  EXPECT_GT(tally.optimal, tally.compared / 2);
}

TEST(LargeBound, IsNeverAboveTheOptimumOn3x3) {
  base::Random random(22);
  Tally tally;
  for (int i = 0; i < 10; ++i) {
    compare_with_optimum(testing::random_problem(random, {3, 3, 4, 6, 8}), tally);
  }
  report(tally);
  EXPECT_GT(tally.compared, 30);
  EXPECT_GT(tally.claimed, tally.compared / 3);
}

// A slow memory: the bytes of all pipelines together decide.
TEST(LargeBound, IsNeverAboveTheOptimumWhereTheMemoryBinds) {
  base::Random random(23);
  Tally tally;
  for (int i = 0; i < 30; ++i) {
    schedule::Problem problem = testing::random_problem(random, {2, 2, 3, 5, 4});
    problem.communication = schedule::Communication::kShared;
    problem.package.memory = {5e9, hardware::BandwidthScope::kPerPackage, 0.0, 15e-12};
    for (cost::ModelCosts& costs : problem.costs.models) {
      for (cost::LayerCost& cost : costs.entries) {
        cost.cycles = 1 + cost.cycles / 2;
      }
    }
    compare_with_optimum(problem, tally);
  }
  report(tally);
  EXPECT_GT(tally.compared, 90);
}

hardware::Package mesh_of(const hardware::Package& like, int rows, int columns) {
  hardware::Package package = like;
  package.chiplets.clear();
  package.links.clear();
  package.interfaces.clear();
  const int types = static_cast<int>(package.types.size());
  for (int at = 0; at < rows * columns; ++at) {
    package.chiplets.push_back({"c" + std::to_string(at), at % columns % types, at / columns, at % columns});
    if (at % columns + 1 < columns) {
      package.links.emplace_back(at, at + 1);
    }
    if (at / columns + 1 < rows) {
      package.links.emplace_back(at, at + columns);
    }
    if (at % columns == 0 || at % columns == columns - 1) {
      package.interfaces.push_back({"m" + std::to_string(at), at});
    }
  }
  std::sort(package.links.begin(), package.links.end());
  hardware::derive_routes(package);
  return package;
}

TEST(ChipletOrderings, HoldEveryChipletOnce) {
  base::Random random(24);
  for (const auto& [rows, columns] :
       std::vector<std::pair<int, int>>{{1, 1}, {1, 5}, {3, 3}, {4, 7}, {6, 6}}) {
    const hardware::Package package = mesh_of(testing::worked_example().package, rows, columns);
    std::vector<int> every(package.chiplets.size());
    std::iota(every.begin(), every.end(), 0);
    for (const large::ChipletOrdering& plain : large::plain_orderings(package)) {
      for (large::ChipletOrdering ordering : {plain, large::changed_ordering(package, plain, random)}) {
        ASSERT_EQ(ordering.linked.size() + 1, ordering.chiplets.size());
        for (std::size_t i = 0; i < ordering.linked.size(); ++i) {
          const auto& near = package.neighbours[static_cast<std::size_t>(ordering.chiplets[i])];
          EXPECT_EQ(ordering.linked[i] != 0,
                    std::find(near.begin(), near.end(), ordering.chiplets[i + 1]) != near.end());
        }
        std::sort(ordering.chiplets.begin(), ordering.chiplets.end());
        EXPECT_EQ(ordering.chiplets, every);
      }
    }
  }
}

TEST(ChipletOrderings, GoThroughMeshesWithoutABreak) {
  const hardware::Package package = mesh_of(testing::worked_example().package, 6, 6);
  int whole = 0;
  for (const large::ChipletOrdering& ordering : large::plain_orderings(package)) {
    whole += std::count(ordering.linked.begin(), ordering.linked.end(), 0) == 0 ? 1 : 0;
  }
  EXPECT_GE(whole, 6);
}

/// A 6x6 package with models of many layers, more than could be searched otherwise.
schedule::Problem six_by_six(base::Random& random) {
  schedule::Problem problem;
  do {
    problem = testing::random_problem(random, {2, 3, 4, 40, 12});
  } while (problem.scenario.models.size() < 3 || problem.package.types.size() < 2);
  problem.package = mesh_of(problem.package, 6, 6);
  return problem;
}

TEST(Large, IsBetterThanScarsEvolutionOn6x6ForEverySeed) {
  base::Random random(25);
  for (int i = 0; i < 3; ++i) {
    const schedule::Problem problem = six_by_six(random);
    Options options;
    options.settings.set("scar.search", "evolutionary");
    options.settings.set("large.changes", "0");
    options.settings.set("large.rounds", "5");
    options.seed = static_cast<std::uint64_t>(i) + 1;
    const Certificate scar = solve(problem, Objective::kEdp, "scar", options).certificate;
    const Certificate large = solve(problem, Objective::kEdp, "large", options).certificate;
    EXPECT_LT(large.value, scar.value);
    EXPECT_GT(large.lower_bound, scar.lower_bound * (1.0 - 1e-9));
  }
}

TEST(Large, BoundsHoldForWhatOtherStrategiesFindOn6x6) {
  base::Random random(26);
  for (const Objective objective : {Objective::kLatency, Objective::kEnergy, Objective::kEdp}) {
    const schedule::Problem problem = six_by_six(random);
    Options options;
    options.settings.set("large.changes", "0");
    options.settings.set("large.rounds", "20");
    options.settings.set("large.splits", "1");
    const Certificate large = solve(problem, objective, "large", options).certificate;
    EXPECT_LE(large.lower_bound, large.value * (1.0 + 1e-9));
    EXPECT_LT(large.gap, 0.6) << to_string(objective);
    // One model after the other is among its windows.
    options.stop.evaluations = 300'000;
    EXPECT_LE(large.lower_bound,
              solve(problem, objective, "sequential", options).certificate.value * (1.0 + 1e-9));
  }
}

TEST(Large, AnswersOn16x16WithTwelveModels) {
  base::Random random(27);
  schedule::Problem problem = testing::random_problem(random, {3, 4, 12, 12, 6});
  while (problem.scenario.models.size() < 12) {
    problem = testing::random_problem(random, {3, 4, 12, 12, 6});
  }
  problem.package = mesh_of(problem.package, 16, 16);
  Options options;
  options.settings.set("large.splits", "0");
  options.settings.set("large.rounds", "3");
  options.settings.set("large.changes", "8");
  const Answer answer = solve(problem, Objective::kEdp, "large", options);
  EXPECT_TRUE(schedule::check(problem, answer.schedule).empty());
  EXPECT_LE(answer.certificate.lower_bound, answer.certificate.value);
  EXPECT_LT(answer.certificate.gap, 0.9);
}

TEST(Membership, KnowsPartitionsPathsAndLengths) {
  const schedule::Problem problem = testing::worked_example();
  const std::vector<windows::WindowPartition> family = windows::window_family(problem, 1);
  const schedule::Schedule two_stages = testing::worked_example_schedule();
  EXPECT_TRUE(windows::lies_in(two_stages, family, 2, problem.package));
  EXPECT_FALSE(windows::lies_in(two_stages, family, 1, problem.package));
  const schedule::Schedule other_windows = {
      {{{{0, 1, {{0, 1, 0}}}}}, {{{0, 1, {{1, 2, 0}}}}}, {{{0, 1, {{2, 3, 0}}}}}}, true};
  EXPECT_FALSE(windows::lies_in(other_windows, family, 2, problem.package));
  hardware::Package cut = problem.package;
  cut.neighbours = {{}, {}};
  EXPECT_FALSE(windows::lies_in(two_stages, family, 2, cut));
}

}  // namespace
}  // namespace inlay::search
