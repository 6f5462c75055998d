// The default strategy: what it picks, and that it is never worse than what it picks from.
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/search/search.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

Options with_splits(const char* splits) {
  Options options;
  for (const char* name : {"auto.splits", "exact.splits", "large.splits"}) {
    options.settings.set(name, splits);
  }
  options.settings.set("large.rounds", "8");
  options.settings.set("large.changes", "8");
  return options;
}

TEST(Automatic, ProvesWhatExactProves) {
  base::Random random(31);
  int proven = 0;
  for (int i = 0; i < 50; ++i) {
    const schedule::Problem problem = testing::random_problem(random, {2, 3, 3, 6, 6, true});
    for (const Objective objective : {Objective::kLatency, Objective::kEnergy, Objective::kEdp}) {
      try {
        const Certificate exact = solve(problem, objective, "exact", with_splits("1")).certificate;
        const Certificate both = solve(problem, objective, "auto", with_splits("1")).certificate;
        // A layerwise schedule, outside of the windows of `exact`, may be better than its optimum.
        EXPECT_LE(both.value, exact.value * (1.0 + 1e-8));
        EXPECT_LE(both.lower_bound, exact.value * (1.0 + 1e-8));
        EXPECT_NE(both.space.find("strategies that ran: large"), std::string::npos) << both.space;
        proven += both.proven ? 1 : 0;
      } catch (const base::InfeasibleError&) {
        continue;
      }
    }
  }
  EXPECT_GT(proven, 100);
}

TEST(Automatic, IsNeverWorseThanExactWithTheSameStopRule) {
  base::Random random(32);
  int compared = 0;
  for (int i = 0; i < 30; ++i) {
    const schedule::Problem problem = testing::random_problem(random, {2, 3, 3, 8, 6});
    for (const std::int64_t limit : {100, 1000, 10'000}) {
      Options options = with_splits("1");
      options.stop.evaluations = limit;
      try {
        const Certificate exact = solve(problem, Objective::kEdp, "exact", options).certificate;
        const Certificate both = solve(problem, Objective::kEdp, "auto", options).certificate;
        EXPECT_LE(both.value, exact.value * (1.0 + 1e-8));
        ++compared;
      } catch (const base::InfeasibleError&) {
        continue;
      }
    }
  }
  EXPECT_GT(compared, 60);
}

TEST(Automatic, HelpsOutWithTheBoundOfLargeWhereExactIsCutOff) {
  base::Random random(33);
  int helped = 0;
  for (int i = 0; i < 20; ++i) {
    const schedule::Problem problem = testing::random_problem(random, {3, 3, 4, 10, 6});
    Options options = with_splits("1");
    options.settings.set("auto.evaluations", "500");
    try {
      const Certificate both = solve(problem, Objective::kEdp, "auto", options).certificate;
      const Certificate whole = solve(problem, Objective::kEdp, "exact", with_splits("1")).certificate;
      EXPECT_LE(both.lower_bound, whole.value * (1.0 + 1e-8));
      EXPECT_FALSE(both.stopped_by.empty());
      options.stop.evaluations = 500;
      const Certificate cut = solve(problem, Objective::kEdp, "exact", options).certificate;
      helped += !cut.proven && both.lower_bound > cut.lower_bound * (1.0 + 1e-9) ? 1 : 0;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(helped, 3);
}

TEST(Automatic, LeavesLargePackagesToLarge) {
  schedule::Problem problem = testing::worked_example();
  hardware::Package& package = problem.package;
  package.chiplets.clear();
  package.links.clear();
  for (int at = 0; at < 36; ++at) {
    package.chiplets.push_back({"c" + std::to_string(at), at % 2, at / 6, at % 6});
    if (at % 6 < 5) {
      package.links.emplace_back(at, at + 1);
    }
    if (at < 30) {
      package.links.emplace_back(at, at + 6);
    }
  }
  hardware::derive_routes(package);
  const Certificate certificate = solve(problem, Objective::kEdp, "auto", {}).certificate;
  EXPECT_TRUE(certificate.space.ends_with("strategies that ran: large")) << certificate.space;
  EXPECT_EQ(certificate.strategy, "auto");
}

}  // namespace
}  // namespace inlay::search
