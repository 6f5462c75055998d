#include "inlay/report/text/explanation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "support/problems.hpp"

namespace inlay::report {
namespace {

double sum(const std::vector<text::TermDifference>& terms, double text::TermDifference::*which) {
  double total = 0.0;
  for (const text::TermDifference& term : terms) {
    total += term.*which;
  }
  return total;
}

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

/// c0 (WS) is fast for the first layer, c1 (OS) for the second; everything on one chiplet loses time to
/// computing.
TEST(Explanation, NamesTheTermAndTheStageThatLose) {
  const schedule::Problem problem = testing::worked_example();
  const schedule::Schedule given{{{{{0, 1, {{0, 3, 0}}}}}}, true};
  const schedule::Schedule best{{{{{0, 1, {{0, 1, 0}, {1, 3, 1}}}}}}, true};
  const evaluate::ScheduleCost given_cost = evaluate::evaluate_reference(problem, given);
  const evaluate::ScheduleCost best_cost = evaluate::evaluate_reference(problem, best);
  const text::Explanation why =
      text::explain(problem, objective::Objective::kLatency, {given, given_cost}, {best, best_cost});
  EXPECT_THAT(why.verdict, ::testing::HasSubstr("computing: 28 us here"));
  EXPECT_THAT(why.verdict, ::testing::HasSubstr("layer1 .. layer3 of chain on c0 WS"));
  ASSERT_EQ(why.stages.size(), 1U);
  EXPECT_TRUE(why.stages[0].paces);
  EXPECT_DOUBLE_EQ(why.stages[0].given_compute, 4 * 7000e-9);  // 1000 + 4000 + 2000 ns, four samples
  EXPECT_DOUBLE_EQ(why.stages[0].best_compute, 4 * 5000e-9);   // 1000 + 1500 + 2500 ns
  EXPECT_EQ(why.stages[0].best_chiplets, "c0 WS, c1 OS");
  const text::Explanation same =
      text::explain(problem, objective::Objective::kEdp, {best, best_cost}, {best, best_cost});
  EXPECT_EQ(same.verdict, "");
}

TEST(Explanation, TermsAddUpToLatencyAndEnergy) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    base::Random random(seed);
    const schedule::Problem problem = testing::random_problem(random);
    const schedule::Schedule given = testing::random_schedule(random, problem);
    const schedule::Schedule best = testing::random_schedule(random, problem);
    try {
      const evaluate::ScheduleCost given_cost = evaluate::evaluate_reference(problem, given);
      const evaluate::ScheduleCost best_cost = evaluate::evaluate_reference(problem, best);
      const text::Explanation why =
          text::explain(problem, objective::Objective::kEdp, {given, given_cost}, {best, best_cost});
      ASSERT_TRUE(close(sum(why.latency, &text::TermDifference::given), given_cost.latency)) << seed;
      ASSERT_TRUE(close(sum(why.latency, &text::TermDifference::best), best_cost.latency)) << seed;
      ASSERT_TRUE(close(sum(why.energy, &text::TermDifference::given), given_cost.energy.total())) << seed;
      ASSERT_TRUE(close(sum(why.energy, &text::TermDifference::best), best_cost.energy.total())) << seed;
      ++compared;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(compared, 100);
}

}  // namespace
}  // namespace inlay::report
