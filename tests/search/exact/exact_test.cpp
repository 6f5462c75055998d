// `exact` against plain enumeration, and its stop rules. What must hold of every strategy:
// strategies_harness_test.cpp
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/schedule/check.hpp"
#include "search/enumeration.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

constexpr testing::RandomProblemLimits kSmall{2, 2, 2, 5, 4, true};

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-8 * (std::abs(a) + std::abs(b));
}

std::vector<Objective> objectives() {
  return {Objective::kLatency, Objective::kEnergy, Objective::kEdp, Objective::kThroughput};
}

struct Tally {
  int solved = 0;
  int infeasible = 0;
  int pipelined = 0;
  int memory_bound = 0;
  int tight = 0;  // weights are streamed or tensors spilled
  long schedules = 0;
};

void compare_with_enumeration(const schedule::Problem& problem, Tally& tally) {
  Options options;
  options.settings.set("exact.splits", "2");
  const auto family = windows::window_family(problem, 2);
  testing::Enumeration enumeration(problem, static_cast<int>(problem.package.chiplets.size()));
  for (const Objective& objective : objectives()) {
    const double best = enumeration.optimum(family, objective);
    try {
      const Answer answer = solve(problem, objective, "exact", options);
      RC_ASSERT(close(answer.certificate.value, best));
      RC_ASSERT(answer.certificate.proven);
      RC_ASSERT(answer.certificate.stopped_by == "proof");
      const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, answer.schedule);
      tally.pipelined += cost.windows[0].pipelines[0].mini_batches > 1 ? 1 : 0;
      tally.memory_bound += cost.windows[0].memory_bound ? 1 : 0;
      const std::vector<evaluate::StageCost>& stages = cost.windows[0].pipelines[0].stages;
      tally.tight += std::any_of(stages.begin(), stages.end(), [](const evaluate::StageCost& stage) {
        return stage.streamed || !stage.spilled.empty();
      });
      ++tally.solved;
    } catch (const base::InfeasibleError&) {
      RC_ASSERT(std::isinf(best));
      ++tally.infeasible;
    }
  }
  tally.schedules += enumeration.schedules();
}

TEST(Exact, EqualsEnumerationOnSmallRandomProblems) {
  Tally tally;
  EXPECT_TRUE(rc::check("exact equals enumeration", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    for (int i = 0; i < 4; ++i) {
      compare_with_enumeration(testing::random_problem(random, kSmall), tally);
    }
  }));
  EXPECT_GT(tally.solved, 1000);
  EXPECT_GT(tally.pipelined, 100);
  EXPECT_GT(tally.tight, 100);
  std::printf("solved %d, infeasible %d, pipelined %d, enumerated %ld schedules\n", tally.solved,
              tally.infeasible, tally.pipelined, tally.schedules);
}

// A slow memory: the bytes of all pipelines together decide, so fewer bytes may beat less time.
TEST(Exact, EqualsEnumerationWhereTheMemoryBinds) {
  Tally tally;
  EXPECT_TRUE(rc::check("exact equals enumeration, memory bound", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    for (int i = 0; i < 4; ++i) {
      schedule::Problem problem = testing::random_problem(random, {2, 2, 3, 4, 4});
      problem.communication = schedule::Communication::kShared;
      problem.package.memory = {5e9, hardware::BandwidthScope::kPerPackage, 0.0, 15e-12};
      for (cost::ModelCosts& costs : problem.costs.models) {
        for (cost::LayerCost& cost : costs.entries) {
          cost.cycles = 1 + cost.cycles / 2;
        }
      }
      compare_with_enumeration(problem, tally);
    }
  }));
  EXPECT_GT(tally.memory_bound, 100);
  std::printf("solved %d, memory bound %d\n", tally.solved, tally.memory_bound);
}

TEST(Exact, EnumerationIsOverTheSpaceThatTheCertificateNames) {
  const schedule::Problem problem = testing::worked_example();
  for (const Objective& objective : objectives()) {
    const Answer answer = solve(problem, objective, "exact", {});
    testing::Enumeration enumeration(problem, 2);
    EXPECT_TRUE(
        close(answer.certificate.value, enumeration.optimum(windows::window_family(problem, 4), objective)));
    EXPECT_GT(enumeration.schedules(), 20);
  }
}

TEST(Strategies, ObeyTheEvaluationLimitAndStillAnswer) {
  base::Random random(3);
  for (int i = 0; i < 50; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    double best = 0.0;
    try {
      best = solve(problem, Objective::kEdp, "exact", {}).certificate.value;
    } catch (const base::InfeasibleError&) {
      continue;
    }
    for (const std::int64_t limit : {1, 10, 100, 1000}) {
      Options options;
      options.stop.evaluations = limit;
      try {
        const Answer answer = solve(problem, Objective::kEdp, "exact", options);
        EXPECT_GE(answer.certificate.value, best * (1 - 1e-8));
        EXPECT_LE(answer.certificate.lower_bound, best * (1 + 1e-8));
        EXPECT_TRUE(schedule::check(problem, answer.schedule).empty());
      } catch (const base::InfeasibleError& error) {
        EXPECT_NE(std::string(error.what()).find("stopped"), std::string::npos);
      }
    }
  }
}

TEST(Strategies, StopAtTheGapThatIsAskedFor) {
  base::Random random(5);
  for (int i = 0; i < 100; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    Options options;
    try {
      const double best = solve(problem, Objective::kEdp, "exact", options).certificate.value;
      options.stop.gap = 0.2;
      const Certificate loose = solve(problem, Objective::kEdp, "exact", options).certificate;
      EXPECT_LE(loose.gap, 0.2 + 1e-12);
      EXPECT_LE(loose.lower_bound, best * (1 + 1e-8));
      EXPECT_GE(loose.value, best * (1 - 1e-8));
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
}

TEST(Strategies, EndAtOnceWhenAnyScheduleIsNearEnough) {
  const schedule::Problem problem = testing::worked_example();
  Options options;
  const Certificate whole = solve(problem, Objective::kEdp, "exact", options).certificate;
  options.stop.gap = 0.99;
  const Certificate first = solve(problem, Objective::kEdp, "exact", options).certificate;
  EXPECT_EQ(first.stopped_by, "gap");
  EXPECT_LT(first.evaluations, whole.evaluations);
}

TEST(Strategies, ProveWhatCostsNothing) {
  schedule::Problem problem = testing::worked_example();
  problem.package.network.energy_per_bit = problem.package.memory.energy_per_bit = 0.0;
  for (cost::LayerCost& cost : problem.costs.models[0].entries) {
    cost.energy = {};
  }
  for (const Objective objective : {Objective::kEnergy, Objective::kEdp}) {
    const Certificate certificate = solve(problem, objective, "exact", {}).certificate;
    EXPECT_EQ(certificate.value, 0.0);
    EXPECT_EQ(certificate.gap, 0.0);
    EXPECT_TRUE(certificate.proven);
  }
}

TEST(Strategies, UnknownOnesAreRefusedWithTheNearestName) {
  try {
    solve(testing::worked_example(), Objective::kEdp, "exakt", {});
    FAIL();
  } catch (const base::InputError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'exact'?"), std::string::npos);
  }
  EXPECT_THROW(objective::from_text("speed"), base::InputError);
}

}  // namespace
}  // namespace inlay::search
