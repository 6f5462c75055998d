// `exact` against a mixed-integer linear programme of the same problem, solved by CBC.
#include "search/exact/milp.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "inlay/base/error.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/search.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

constexpr double kNoLimit = testing::Milp::kNoLimit;
constexpr int kSplits = 1;

/// CBC is right to about one part in a million of what it sums up.
constexpr double kStep = 1e-6;

/// No schedule has a lower EDP than this: the cheapest one within a latency bounds how long a better one may
/// take, and so on until none is left.
void expect_no_lower_edp(testing::Milp& milp, double edp, int problem, int& solved) {
  double latest = kNoLimit;
  while (const auto cheapest = milp.least(false, latest)) {
    EXPECT_GE(cheapest->latency * cheapest->energy, edp * (1.0 - 2.0 * kStep)) << "problem " << problem;
    latest = std::min(cheapest->latency, edp / cheapest->energy) * (1.0 - kStep);
    ++solved;
  }
}

struct Best {
  double latency = kNoLimit;
  double energy = kNoLimit;
};

Best best_by_milp(const schedule::Problem& problem, double edp, int index, int& solved) {
  Best best;
  for (const windows::WindowPartition& partition : windows::window_family(problem, kSplits)) {
    testing::Milp milp(problem, partition);
    if (const auto fastest = milp.least(true)) {
      best.latency = std::min(best.latency, fastest->latency);
      best.energy = std::min(best.energy, milp.least(false)->energy);
      expect_no_lower_edp(milp, edp, index, solved);
    }
  }
  return best;
}

double exact_optimum(const schedule::Problem& problem, const Objective& objective) {
  Options options;
  options.settings.set("exact.splits", std::to_string(kSplits));
  try {
    const Answer answer = solve(problem, objective, "exact", options);
    EXPECT_TRUE(answer.certificate.proven);
    EXPECT_TRUE(schedule::check(problem, answer.schedule).empty());
    return answer.certificate.value;
  } catch (const base::InfeasibleError&) {
    return kNoLimit;
  }
}

void expect_same(double ours, double theirs, const char* what, int problem) {
  if (std::isinf(theirs) || std::isinf(ours)) {
    EXPECT_EQ(ours, theirs) << what << " of problem " << problem;
    return;
  }
  EXPECT_NEAR(ours / theirs, 1.0, 2.0 * kStep) << what << " of problem " << problem;
}

// Two or three models on up to 2x2 chiplets, batches of up to four in mini-batches, skips, weights that do
// not stay, types that cannot run some layers, with one window or two.
TEST(Exact, EqualsAMixedIntegerProgrammeSolvedByCbc) {
  base::Random random(2024);
  int solved = 0;
  int roomy = 0;  // more chiplets than models
  int sweeps = 0;
  for (int problem_index = 0; solved < 30; ++problem_index) {
    schedule::Problem problem = testing::random_problem(random, {2, 2, 3, 3, 4, true});
    const bool batches = std::any_of(problem.scenario.models.begin(), problem.scenario.models.end(),
                                     [](const auto& entry) { return entry.batch >= 2; });
    if (problem.scenario.models.size() < 2 || !batches) {
      continue;
    }
    const double edp = exact_optimum(problem, Objective::kEdp);
    const Best best = best_by_milp(problem, edp, problem_index, sweeps);
    expect_same(exact_optimum(problem, Objective::kLatency), best.latency, "latency", problem_index);
    expect_same(exact_optimum(problem, Objective::kThroughput), best.latency, "throughput", problem_index);
    expect_same(exact_optimum(problem, Objective::kEnergy), best.energy, "energy", problem_index);
    EXPECT_EQ(std::isinf(edp), std::isinf(best.latency));
    solved += std::isinf(best.latency) ? 0 : 1;
    roomy += problem.package.chiplets.size() > problem.scenario.models.size() ? 1 : 0;
  }
  EXPECT_GT(roomy, 8);
  EXPECT_GT(sweeps, 60);
  std::printf("%d problems, %d steps of EDP\n", solved, sweeps);
}

}  // namespace
}  // namespace inlay::search
