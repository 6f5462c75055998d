// The exact search within constraints, against plain enumeration; and which constraints clash.
#include "support/constraints.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/search/constraints/obvious_iis.hpp"
#include "inlay/search/exact/space_search.hpp"
#include "inlay/search/search.hpp"
#include "search/constraints/constrained_enumeration.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

using schedule::Constraints;
using schedule::Problem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr testing::RandomProblemLimits kSmall{2, 2, 2, 4, 4, true};

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-8 * (std::abs(a) + std::abs(b));
}

int chiplets_of(const Problem& problem) {
  return static_cast<int>(problem.package.chiplets.size());
}

struct Tally {
  int solved = 0;
  int infeasible = 0;
  int binding = 0;  // the optimum is another one without the constraints
};

void compare_with_enumeration(const Problem& problem, Tally& tally) {
  Options options;
  options.settings.set("exact.splits", "1");
  Problem free = problem;
  free.constraints = {};
  const auto conflict = constraints::obvious_iis(problem);
  const bool circle = conflict && std::holds_alternative<schedule::Dependency>(conflict->constraints.front());
  testing::ConstrainedEnumeration enumeration(problem, chiplets_of(problem));
  for (const Objective objective : {Objective::kLatency, Objective::kEnergy, Objective::kEdp}) {
    const double best = circle ? std::numeric_limits<double>::infinity()
                               : enumeration.optimum(windows::window_family(problem, 1), objective);
    try {
      const Answer answer = solve(problem, objective, "exact", options);
      RC_ASSERT(close(answer.certificate.value, best));
      RC_ASSERT(answer.certificate.proven);
      ++tally.solved;
      const Answer unbound = solve(free, objective, "exact", options);
      tally.binding += close(unbound.certificate.value, best) ? 0 : 1;
    } catch (const base::InfeasibleError&) {
      RC_ASSERT(std::isinf(best));
      ++tally.infeasible;
    }
  }
}

/// Runs `demand` on the constraints of many small problems and holds the answers against enumeration.
template <typename Demand>
Tally compare_many(const char* name, const Demand& demand,
                   const testing::RandomProblemLimits& limits = kSmall) {
  Tally tally;
  EXPECT_TRUE(rc::check(name, [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    Problem problem = testing::random_problem(random, limits);
    demand(random, problem);
    compare_with_enumeration(problem, tally);
  }));
  std::printf("%s: solved %d, binding %d, infeasible %d\n", name, tally.solved, tally.binding,
              tally.infeasible);
  return tally;
}

/// A time in which random schedules are done, or nearly.
void limit_latency(base::Random& random, Problem& problem) {
  const schedule::Schedule some = testing::random_schedule(random, problem);
  try {
    const std::vector<double> done =
        evaluate::model_latencies(problem, some, evaluate::evaluate_reference(problem, some));
    const int model = testing::random_model_of(random, problem);
    problem.constraints.latency_limits.push_back(
        {model, done[static_cast<std::size_t>(model)] * (0.5 + random.fraction())});
  } catch (const base::InfeasibleError&) {
    return;
  }
}

TEST(ExactWithConstraints, EqualsEnumerationWithPins) {
  const Tally tally = compare_many("pins", [](base::Random& random, Problem& problem) {
    problem.constraints.pins.push_back(testing::random_pin(random, problem));
    problem.constraints.pins.push_back(testing::random_pin(random, problem));
  });
  EXPECT_GT(tally.solved, 100);
  EXPECT_GT(tally.binding, 50);
  EXPECT_GT(tally.infeasible, 5);
}

TEST(ExactWithConstraints, EqualsEnumerationWithBans) {
  const Tally tally = compare_many("bans", [](base::Random& random, Problem& problem) {
    problem.constraints.bans.push_back(testing::random_ban(random, problem));
    problem.constraints.bans.push_back(testing::random_ban(random, problem));
  });
  EXPECT_GT(tally.solved, 100);
  EXPECT_GT(tally.binding, 50);
}

TEST(ExactWithConstraints, EqualsEnumerationWithMiniBatchesAndCaps) {
  const Tally tally = compare_many("mini-batches and caps", [](base::Random& random, Problem& problem) {
    problem.constraints.mini_batches.push_back(testing::random_mini_batch(random, problem));
    problem.constraints.caps.push_back({testing::random_model_of(random, problem), 1});
  });
  EXPECT_GT(tally.solved, 100);
  EXPECT_GT(tally.binding, 50);
}

TEST(ExactWithConstraints, EqualsEnumerationWithLatencyLimits) {
  const Tally tally = compare_many("latency limits", [](base::Random& random, Problem& problem) {
    limit_latency(random, problem);
    limit_latency(random, problem);
  });
  EXPECT_GT(tally.solved, 50);
  EXPECT_GT(tally.binding, 10);
  EXPECT_GT(tally.infeasible, 10);
}

// Where the memory is slow, models wait for their shares of it.
class ExactWhereTheMemoryBinds : public ::testing::TestWithParam<schedule::Communication> {};

TEST_P(ExactWhereTheMemoryBinds, EqualsEnumerationWithLatencyLimits) {
  const Tally tally =
      compare_many("latency limits, memory bound",
                   [](base::Random& random, Problem& problem) {
                     problem.communication = GetParam();
                     const double bandwidth = random.between(0, 1) == 0 ? 5e9 : 40e9;
                     problem.package.memory = {bandwidth, hardware::BandwidthScope::kPerPackage, 0.0, 15e-12};
                     for (cost::ModelCosts& costs : problem.costs.models) {
                       for (cost::LayerCost& cost : costs.entries) {
                         cost.cycles = 1 + cost.cycles / 2;
                       }
                     }
                     limit_latency(random, problem);
                     limit_latency(random, problem);
                   },
                   {2, 2, 3, 3, 3});
  EXPECT_GT(tally.solved, 50);
  EXPECT_GT(tally.binding, 5);
}

INSTANTIATE_TEST_SUITE_P(Communications, ExactWhereTheMemoryBinds,
                         ::testing::Values(schedule::Communication::kShared,
                                           schedule::Communication::kContended),
                         [](const auto& one) { return schedule::to_string(one.param); });

TEST(ExactWithConstraints, EqualsEnumerationWithDependencies) {
  const Tally tally = compare_many("dependencies",
                                   [](base::Random& random, Problem& problem) {
                                     testing::add_random_dependency(random, problem, problem.constraints);
                                     testing::add_random_dependency(random, problem, problem.constraints);
                                   },
                                   {2, 2, 3, 4, 3});
  EXPECT_GT(tally.solved, 100);
  EXPECT_GT(tally.binding, 30);
}

TEST(ExactWithConstraints, EqualsEnumerationWithAllKindsMixed) {
  const Tally tally = compare_many("mixed", [](base::Random& random, Problem& problem) {
    problem.constraints = testing::random_constraints(random, problem);
    if (random.between(0, 1) == 0) {
      limit_latency(random, problem);
    }
  });
  EXPECT_GT(tally.solved, 100);
  EXPECT_GT(tally.binding, 50);
  EXPECT_GT(tally.infeasible, 20);
}

// In a fixed family of windows constraints only take schedules away.
TEST(ExactWithConstraints, OneMoreNeverImprovesTheOptimum) {
  int compared = 0;
  EXPECT_TRUE(rc::check("one more constraint", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    Problem problem = testing::random_problem(random, {2, 2, 3, 6, 5});
    const exact::Space space{"test", windows::window_family(problem, 1), chiplets_of(problem)};
    Constraints all = testing::random_constraints(random, problem);
    limit_latency(random, problem);
    for (const auto& limit : problem.constraints.latency_limits) {
      all.add(limit);
    }
    problem.constraints = {};
    double before = 0.0;
    for (const schedule::Constraint& one : all.each()) {
      problem.constraints.add(one);
      double value = std::numeric_limits<double>::infinity();
      try {
        value = exact::search_space(problem, Objective::kEdp, space, {}).certificate.value;
      } catch (const base::InfeasibleError&) {
        RC_ASSERT(before >= 0.0);
      }
      RC_ASSERT(value >= before * (1.0 - 1e-8));
      before = value;
      ++compared;
    }
  }));
  EXPECT_GT(compared, 100);
}

/// A 2x2 mesh of one type with an interface on every chiplet: every rotation is an automorphism.
TEST(ExactWithConstraints, AnAutomorphismThatMovesTheConstraintsTooLeavesTheOptimum) {
  const std::vector<int> to = {1, 3, 0, 2};  // a quarter turn
  int compared = 0;
  base::Random random(29);
  for (int i = 0; i < 60; ++i) {
    Problem problem = testing::random_problem(random, {2, 2, 2, 5, 4});
    hardware::Package& package = problem.package;
    package.chiplets = {{"c0", 0, 0, 0}, {"c1", 0, 0, 1}, {"c2", 0, 1, 0}, {"c3", 0, 1, 1}};
    package.links = {{0, 1}, {0, 2}, {1, 3}, {2, 3}};
    package.interfaces = {{"m0", 0}, {"m1", 1}, {"m2", 2}, {"m3", 3}};
    hardware::derive_routes(package);
    problem.constraints = testing::random_constraints(random, problem);
    Problem turned = problem;
    const auto turn = [&to](std::vector<int>& chiplets) {
      for (int& chiplet : chiplets) {
        chiplet = to[static_cast<std::size_t>(chiplet)];
      }
      std::sort(chiplets.begin(), chiplets.end());
    };
    for (schedule::Pin& pin : turned.constraints.pins) {
      turn(pin.chiplets);
    }
    for (schedule::Ban& ban : turned.constraints.bans) {
      turn(ban.chiplets);
    }
    const auto value = [](const Problem& of) {
      try {
        return solve(of, Objective::kEdp, "exact", {}).certificate.value;
      } catch (const base::InfeasibleError&) {
        return -1.0;
      }
    };
    const double straight = value(problem);
    EXPECT_TRUE(close(straight, value(turned))) << "problem " << i;
    compared += straight > 0.0 ? 1 : 0;
  }
  EXPECT_GT(compared, 20);
}

/// The worked example's model `count` times, named m0, m1, ...
Problem models(int count) {
  Problem problem = testing::worked_example();
  const workload::ScenarioModel entry = problem.scenario.models.front();
  const cost::ModelCosts costs = problem.costs.models.front();
  problem.scenario.models.clear();
  problem.costs.models.clear();
  for (int m = 0; m < count; ++m) {
    problem.scenario.models.push_back(entry);
    problem.scenario.models.back().name = "m" + std::to_string(m);
    problem.costs.models.push_back(costs);
  }
  return problem;
}

std::string refusal(const Problem& problem, const std::string& strategy = "exact") {
  try {
    solve(problem, Objective::kEdp, strategy, {});
  } catch (const base::InfeasibleError& error) {
    return error.what();
  }
  return "none";
}

TEST(IrreducibleConflict, ObviousOnesAreNamedWithoutASearch) {
  Problem problem = models(3);
  Constraints& all = problem.constraints;
  all = {};
  all.pins = {{0, 0, 3, {0}}, {1, 0, 3, {1}}};
  all.bans = {{-1, {0}}};
  all.caps = {{0, 1}};
  EXPECT_EQ(
      refusal(problem),
      "no schedule keeps all of these constraints: pin of model 'm0' to chiplet c0; chiplet c0 forbidden "
      "to all models; they leave no chiplet to layer 'layer1' of model 'm0'");
  all = {};
  all.mini_batches = {{0, 2}, {1, 3}};
  EXPECT_EQ(refusal(problem),
            "no schedule keeps this constraint: mini-batch 3 of model 'm1'; a mini-batch is ceil(4 / i) "
            "for some i: 1, 2, 4");
  all.mini_batches = {{0, 2}, {0, 2}, {0, 4}};
  EXPECT_EQ(refusal(problem),
            "no schedule keeps all of these constraints: mini-batch 2 of model 'm0'; mini-batch 4 of model "
            "'m0'; a model has one mini-batch size");
  all = {};
  all.dependencies = {{0, 1}, {1, 0}, {2, 0}};
  EXPECT_EQ(refusal(problem),
            "no schedule keeps all of these constraints: model 'm0' after model 'm1'; model 'm1' after model "
            "'m0'; they wait for each other in a circle");
  all = {};
  all.latency_limits = {{0, 1.0}, {1, 1e-9}};
  all.dependencies = {{1, 0}};
  EXPECT_THAT(refusal(problem),
              HasSubstr("no schedule keeps this constraint: latency limit 1 ns of model 'm1'; "
                        "model 'm1' is done after "));
}

TEST(IrreducibleConflict, ARowOfModelsMayBeTooLongForALimit) {
  Problem problem = models(3);
  const double row = 2 * evaluate::root_bounds(models(1)).latency;
  problem.constraints.latency_limits = {{2, 0.99 * row}};
  EXPECT_FALSE(constraints::obvious_iis(problem).has_value());
  problem.constraints.dependencies = {{1, 0}, {2, 1}};
  const auto conflict = constraints::obvious_iis(problem);
  ASSERT_TRUE(conflict.has_value());
  // Two of the three models are enough.
  EXPECT_THAT(conflict->constraints,
              ::testing::ElementsAre(schedule::LatencyLimit{2, 0.99 * row}, schedule::Dependency{2, 1}));
}

TEST(IrreducibleConflict, OthersAreFoundBySearching) {
  Problem problem = models(2);
  // Both whole on the same chiplet at once: only one after the other.
  problem.constraints.pins = {{0, 0, 3, {0}}, {1, 0, 3, {0}}};
  problem.constraints.caps = {{0, 1}};
  EXPECT_EQ(refusal(problem), "none");
  const std::string standalone = refusal(problem, "standalone");
  EXPECT_THAT(standalone,
              HasSubstr("no schedule keeps all of these constraints: pin of model 'm0' to chiplet "
                        "c0; pin of model 'm1' to chiplet c0"));
  EXPECT_THAT(standalone, Not(HasSubstr("at most 1 chiplet")));
  // One chiplet at a time is too slow.
  problem.constraints = {};
  problem.constraints.caps = {{0, 1}};
  problem.constraints.pins = {{1, 0, 3, {0, 1}}};
  problem.constraints.latency_limits = {{0, 28.1e-6}};
  problem.constraints.mini_batches = {{0, 1}};
  const std::string slow = refusal(problem);
  EXPECT_THAT(slow,
              HasSubstr("at most 1 chiplet at a time for model 'm0'; latency limit 28.1 us of model 'm0'"));
  EXPECT_THAT(slow, Not(HasSubstr("pin of model")));
}

TEST(Start, ThatBreaksAConstraintIsToldWhich) {
  Problem problem = testing::worked_example();
  Options options;
  options.start = testing::worked_example_schedule();
  const auto told = [&](const std::string& strategy) {
    try {
      solve(problem, Objective::kLatency, strategy, options);
    } catch (const base::InputError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  for (const std::string& strategy : strategy_names()) {
    problem.constraints = {};
    problem.constraints.bans = {{0, {1}}};
    EXPECT_THAT(told(strategy), HasSubstr("chiplet c1 forbidden to model 'chain' is broken")) << strategy;
    problem.constraints = {};
    problem.constraints.latency_limits = {{0, 28e-6}};
    EXPECT_THAT(told(strategy), HasSubstr("latency limit 28 us of model 'chain' is broken")) << strategy;
    problem.constraints.latency_limits = {{0, 28.01e-6}};
    EXPECT_EQ(told(strategy), "none") << strategy;
  }
}

}  // namespace
}  // namespace inlay::search
