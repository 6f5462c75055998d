// Fronts of latency and energy against plain enumeration, against the optima of single objectives, and what
// their certificates claim when they are cut short.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/schedule/check.hpp"
#include "search/enumeration.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

using Points = std::vector<std::pair<double, double>>;

constexpr double kClose = 1e-8;

Options options_of(int splits) {
  Options options;
  options.settings.set("exact.splits", std::to_string(splits));
  return options;
}

std::optional<FrontAnswer> front_of(const schedule::Problem& problem, const Options& options) {
  try {
    return solve_front(problem, "exact", options);
  } catch (const base::InfeasibleError&) {
    return std::nullopt;
  }
}

Points points_of(const FrontAnswer& answer) {
  Points points;
  for (const FrontPoint& point : answer.points) {
    points.emplace_back(point.latency, point.energy);
  }
  return points;
}

/// Every point of `these` has one of `those` that is at most (1 + slack) times it in both.
bool reached(const Points& these, const Points& those, double slack) {
  return std::all_of(these.begin(), these.end(), [&](const auto& wanted) {
    return std::any_of(those.begin(), those.end(), [&](const auto& point) {
      return point.first <= wanted.first * (1.0 + slack) && point.second <= wanted.second * (1.0 + slack);
    });
  });
}

void expect_valid(const schedule::Problem& problem, const FrontAnswer& answer) {
  for (std::size_t i = 0; i < answer.points.size(); ++i) {
    const FrontPoint& point = answer.points[i];
    RC_ASSERT(schedule::check(problem, point.schedule).empty());
    const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, point.schedule);
    RC_ASSERT(std::abs(cost.latency - point.latency) <= kClose * point.latency);
    RC_ASSERT(std::abs(cost.energy.total() - point.energy) <= kClose * point.energy);
    RC_ASSERT((i == 0 || answer.points[i - 1].latency < point.latency));
    RC_ASSERT((i == 0 || answer.points[i - 1].energy > point.energy));
  }
}

double optimum(const schedule::Problem& problem, const Objective& objective) {
  return solve(problem, objective, "exact", options_of(1)).certificate.value;
}

void compare_with_enumeration(const schedule::Problem& problem, int& points) {
  testing::Enumeration enumeration(problem, static_cast<int>(problem.package.chiplets.size()));
  const Points all = enumeration.front(windows::window_family(problem, 1));
  const std::optional<FrontAnswer> answer = front_of(problem, options_of(1));
  RC_ASSERT(answer.has_value() == !all.empty());
  if (!answer) {
    return;
  }
  const Points found = points_of(*answer);
  expect_valid(problem, *answer);
  RC_ASSERT(answer->certificate.proven);
  RC_ASSERT(answer->certificate.stopped_by == "proof");
  RC_ASSERT(reached(all, found, kClose));
  RC_ASSERT(reached(found, all, kClose));
  double edp = found.front().first * found.front().second;
  for (const auto& [latency, energy] : found) {
    edp = std::min(edp, latency * energy);
  }
  RC_ASSERT(std::abs(found.front().first - optimum(problem, Objective::kLatency)) <=
            kClose * found.front().first);
  RC_ASSERT(std::abs(found.back().second - optimum(problem, Objective::kEnergy)) <=
            kClose * found.back().second);
  RC_ASSERT(std::abs(edp - optimum(problem, Objective::kEdp)) <= kClose * edp);
  points += static_cast<int>(found.size());
}

TEST(ParetoFront, EqualsEnumerationOnSmallRandomProblems) {
  int points = 0;
  EXPECT_TRUE(rc::check("the front equals enumeration", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    compare_with_enumeration(testing::random_problem(random, {2, 2, 2, 5, 4, true}), points);
  }));
  EXPECT_GT(points, 300);
  std::printf("%d points\n", points);
}

TEST(ParetoFront, EqualsEnumerationWhereTheMemoryBinds) {
  int points = 0;
  EXPECT_TRUE(rc::check("the front equals enumeration, memory bound", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    schedule::Problem problem = testing::random_problem(random, {2, 2, 3, 4, 4});
    problem.communication = schedule::Communication::kShared;
    problem.package.memory = {5e9, hardware::BandwidthScope::kPerPackage, 0.0, 15e-12};
    for (cost::ModelCosts& costs : problem.costs.models) {
      for (cost::LayerCost& cost : costs.entries) {
        cost.cycles = 1 + cost.cycles / 2;
      }
    }
    compare_with_enumeration(problem, points);
  }));
  EXPECT_GT(points, 100);
}

TEST(ParetoFront, IsTheSameForAnyNumberOfThreads) {
  base::Random random(11);
  for (int i = 0; i < 20; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    Options options = options_of(2);
    const std::optional<FrontAnswer> one = front_of(problem, options);
    options.threads = 4;
    const std::optional<FrontAnswer> four = front_of(problem, options);
    ASSERT_EQ(one.has_value(), four.has_value());
    if (one) {
      ASSERT_EQ(one->points.size(), four->points.size());
      for (std::size_t p = 0; p < one->points.size(); ++p) {
        EXPECT_EQ(one->points[p].schedule, four->points[p].schedule);
      }
    }
  }
}

// Cut short, it still is a front of valid schedules, and its certificate holds: whatever exists has a point
// that is as near as it says.
TEST(ParetoFront, ClaimsWhatHoldsWhenItIsCutShort) {
  base::Random random(5);
  int open = 0;
  for (int i = 0; i < 60; ++i) {
    const schedule::Problem problem = testing::random_problem(random, {2, 2, 2, 6, 4});
    testing::Enumeration enumeration(problem, static_cast<int>(problem.package.chiplets.size()));
    const Points all = enumeration.front(windows::window_family(problem, 1));
    for (const std::int64_t limit : {1, 100, 1000, 5000}) {
      Options options = options_of(1);
      options.stop.evaluations = limit;
      const std::optional<FrontAnswer> answer = front_of(problem, options);
      if (answer) {
        expect_valid(problem, *answer);
        EXPECT_TRUE(reached(all, points_of(*answer), answer->certificate.gap + kClose));
        EXPECT_LE(answer->certificate.least_latency, all.front().first * (1.0 + kClose));
        EXPECT_LE(answer->certificate.least_energy, all.back().second * (1.0 + kClose));
        open += answer->certificate.proven ? 0 : 1;
      }
    }
  }
  EXPECT_GT(open, 50);
}

TEST(ParetoFront, StopsAtTheGapThatIsAskedFor) {
  base::Random random(8);
  for (int i = 0; i < 40; ++i) {
    const schedule::Problem problem = testing::random_problem(random, {2, 2, 2, 6, 4});
    testing::Enumeration enumeration(problem, static_cast<int>(problem.package.chiplets.size()));
    const Points all = enumeration.front(windows::window_family(problem, 1));
    Options options = options_of(1);
    options.stop.gap = 0.1;
    if (const std::optional<FrontAnswer> answer = front_of(problem, options)) {
      EXPECT_LE(answer->certificate.gap, 0.1 + kClose);
      EXPECT_TRUE(reached(all, points_of(*answer), answer->certificate.gap + kClose));
    }
  }
}

TEST(ParetoFront, IsRefusedWhereThereIsNone) {
  const schedule::Problem problem = testing::worked_example();
  EXPECT_THROW(solve_front(problem, "scar", {}), base::InputError);
  Options blocks;
  blocks.settings.set("exact.windows", "blocks");
  EXPECT_THROW(solve_front(problem, "exact", blocks), base::InputError);
  for (const std::string& strategy : front_strategy_names()) {
    EXPECT_TRUE(solve_front(problem, strategy, {}).certificate.proven) << strategy;
  }
}

}  // namespace
}  // namespace inlay::search
