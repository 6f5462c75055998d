// Formulas as objectives of searches: proven ones keep their certificate, others claim nothing.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "inlay/base/error.hpp"
#include "inlay/search/search.hpp"
#include "search/enumeration.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

TEST(FormulaObjective, OptimumEqualsEnumeration) {
  int solved = 0;
  EXPECT_TRUE(rc::check("exact equals enumeration", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const schedule::Problem problem = testing::random_problem(random, {2, 2, 2, 5, 4});
    Options options;
    options.settings.set("exact.splits", "1");
    testing::Enumeration enumeration(problem, static_cast<int>(problem.package.chiplets.size()));
    for (const char* text :
         {"latency^2 * energy", "3 * latency * samples + energy * 1e-3", "max(latency, energy / 10)"}) {
      const Objective objective = objective::from_text(text).of(workload::samples_of(problem.scenario));
      const double best = enumeration.optimum(windows::window_family(problem, 1), objective);
      try {
        const Certificate certificate = solve(problem, objective, "exact", options).certificate;
        RC_ASSERT(std::abs(certificate.value - best) <= 1e-8 * best);
        RC_ASSERT(certificate.proven);
        ++solved;
      } catch (const base::InfeasibleError&) {
        RC_ASSERT(std::isinf(best));
      }
    }
  }));
  EXPECT_GT(solved, 20);
}

TEST(FormulaObjective, OfTheSameMeaningAsANameGivesTheSameAnswer) {
  const schedule::Problem problem = testing::worked_example();
  for (const std::string& strategy : strategy_names()) {
    const Answer named = solve(problem, Objective::kEdp, strategy, {});
    const Answer formula = solve(problem, objective::from_text("latency * energy"), strategy, {});
    EXPECT_EQ(named.schedule, formula.schedule) << strategy;
    EXPECT_EQ(named.certificate.proven, formula.certificate.proven) << strategy;
  }
}

TEST(FormulaObjective, WithoutProofClaimsNothing) {
  const schedule::Problem problem = testing::worked_example();
  for (const std::string& strategy : strategy_names()) {
    const Certificate certificate =
        solve(problem, objective::from_text("abs(latency - 40e-6)"), strategy, {}).certificate;
    EXPECT_FALSE(certificate.proven);
    EXPECT_EQ(certificate.lower_bound, 0.0);
    EXPECT_EQ(certificate.gap, certificate.value > 0.0 ? 1.0 : 0.0);
    EXPECT_NE(certificate.space.find("no certificate"), std::string::npos);
    EXPECT_EQ(certificate.stopped_by, "its end");
  }
}

TEST(FormulaObjective, MustNotBeNegative) {
  EXPECT_THROW(solve(testing::worked_example(), objective::from_text("-throughput"), "exact", {}),
               base::InputError);
  const Certificate certificate =
      solve(testing::worked_example(), objective::from_text("1 / throughput"), "exact", {}).certificate;
  EXPECT_TRUE(certificate.proven);
}

}  // namespace
}  // namespace inlay::search
