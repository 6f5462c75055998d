// What must hold of every registered strategy within constraints: none ignores one, none refuses in silence.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/search.hpp"
#include "support/constraints.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

constexpr int kProblems = 60;

class EveryStrategyWithConstraints : public ::testing::TestWithParam<std::string> {
 protected:
  /// Nothing if the strategy has no schedule for the problem; the reason must then be told.
  static std::optional<Answer> answer_of(const schedule::Problem& problem, const Options& options) {
    try {
      return solve(problem, Objective::kEdp, GetParam(), options);
    } catch (const base::InfeasibleError& error) {
      EXPECT_FALSE(std::string(error.what()).empty());
      return std::nullopt;
    }
  }
};

Options few_windows() {
  Options options;
  for (const OptionRecord& record : option_records()) {
    if (record.name.ends_with(".splits")) {
      options.settings.set(record.name, "1");
    }
  }
  return options;
}

/// Everything that `verify` would say of the schedule.
std::vector<std::string> broken(const schedule::Problem& problem, const schedule::Schedule& schedule) {
  std::vector<std::string> all = schedule::check(problem, schedule);
  if (all.empty()) {
    all = evaluate::broken_latency_limits(problem, schedule, evaluate::evaluate_reference(problem, schedule));
  }
  return all;
}

schedule::Problem constrained_problem(base::Random& random) {
  schedule::Problem problem = testing::random_problem(random);
  problem.constraints = testing::random_constraints(random, problem);
  if (random.between(0, 2) == 0) {
    const schedule::Schedule some = testing::random_schedule(random, problem);
    try {
      const std::vector<double> done =
          evaluate::model_latencies(problem, some, evaluate::evaluate_reference(problem, some));
      const int model = testing::random_model_of(random, problem);
      problem.constraints.latency_limits.push_back({model, done[static_cast<std::size_t>(model)]});
    } catch (const base::InfeasibleError&) {
      return problem;
    }
  }
  return problem;
}

TEST_P(EveryStrategyWithConstraints, KeepsThemAndClaimsNoMoreThanItMay) {
  base::Random random(21);
  int answers = 0;
  for (int i = 0; i < kProblems; ++i) {
    const schedule::Problem problem = constrained_problem(random);
    const auto answer = answer_of(problem, few_windows());
    if (!answer) {
      continue;
    }
    ++answers;
    EXPECT_EQ(broken(problem, answer->schedule), std::vector<std::string>{}) << "problem " << i;
    EXPECT_LE(answer->certificate.lower_bound, answer->certificate.value);
    const bool free = problem.constraints.empty();
    EXPECT_EQ(answer->certificate.space.ends_with("; within the constraints"), !free);
  }
  EXPECT_GT(answers, kProblems / 5);
  std::printf("%s: %d of %d answered\n", GetParam().c_str(), answers, kProblems);
}

TEST_P(EveryStrategyWithConstraints, GivesTheSameAnswerForAnyNumberOfThreads) {
  base::Random random(22);
  for (int i = 0; i < kProblems / 2; ++i) {
    const schedule::Problem problem = constrained_problem(random);
    Options options = few_windows();
    const auto one = answer_of(problem, options);
    options.threads = 4;
    const auto four = answer_of(problem, options);
    ASSERT_EQ(one.has_value(), four.has_value());
    if (one) {
      EXPECT_EQ(one->schedule, four->schedule);
      EXPECT_EQ(one->certificate.lower_bound, four->certificate.lower_bound);
    }
  }
}

TEST_P(EveryStrategyWithConstraints, StoppedEarlyStillKeepsThem) {
  base::Random random(23);
  for (int i = 0; i < kProblems / 2; ++i) {
    const schedule::Problem problem = constrained_problem(random);
    for (const std::int64_t limit : {0, 30, 1000}) {
      Options options = few_windows();
      options.stop.evaluations = limit;
      if (const auto answer = answer_of(problem, options)) {
        EXPECT_EQ(broken(problem, answer->schedule), std::vector<std::string>{});
      }
    }
  }
}

TEST_P(EveryStrategyWithConstraints, IsNeverWorseThanAStartThatKeepsThem) {
  base::Random random(24);
  int started = 0;
  for (int i = 0; i < 4 * kProblems; ++i) {
    const schedule::Problem problem = constrained_problem(random);
    Options options = few_windows();
    options.start = testing::random_schedule(random, problem);
    try {
      if (!broken(problem, *options.start).empty()) {
        EXPECT_THROW(solve(problem, Objective::kEdp, GetParam(), options), std::runtime_error);
        continue;
      }
    } catch (const base::InfeasibleError&) {
      continue;
    }
    const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, *options.start);
    const auto answer = answer_of(problem, options);
    ASSERT_TRUE(answer.has_value());
    ++started;
    EXPECT_LE(answer->certificate.value, cost.edp() * (1.0 + 1e-12));
    EXPECT_EQ(broken(problem, answer->schedule), std::vector<std::string>{});
  }
  EXPECT_GT(started, 10);
}

/// Each strategy finds the schedule if there is only one chiplet left for everything, or says why not.
TEST_P(EveryStrategyWithConstraints, AnswersOrNamesTheConstraintsThatClash) {
  schedule::Problem problem = testing::worked_example();
  problem.constraints.pins = {{0, 0, 3, {1}}};
  problem.constraints.mini_batches = {{0, 2}};
  const auto answer = answer_of(problem, few_windows());
  ASSERT_TRUE(answer.has_value());
  for (const schedule::Window& window : answer->schedule.windows) {
    EXPECT_EQ(window.pipelines.front().mini_batch, 2);
    EXPECT_EQ(window.pipelines.front().stages.size(), 1U);
    EXPECT_EQ(window.pipelines.front().stages.front().submesh.lead(), 1);
  }
  problem.constraints.latency_limits = {{0, 29e-6}};
  try {
    solve(problem, Objective::kEdp, GetParam(), few_windows());
    ADD_FAILURE() << "there is no schedule";
  } catch (const base::InfeasibleError& error) {
    EXPECT_NE(std::string(error.what()).find("no schedule keeps "), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("latency limit 29 us"), std::string::npos) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryStrategyWithConstraints, ::testing::ValuesIn(strategy_names()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace inlay::search
