// What must hold of every registered strategy, whatever it does: one more strategy needs no line here.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <optional>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/search.hpp"
#include "support/problems.hpp"

namespace inlay::search {
namespace {

constexpr int kProblems = 25;

class EveryStrategy : public ::testing::TestWithParam<std::string> {
 protected:
  /// Nothing if the strategy has no schedule for the problem; the reason must then be told.
  static std::optional<Answer> answer_of(const schedule::Problem& problem, const Objective& objective,
                                         const Options& options) {
    try {
      return solve(problem, objective, GetParam(), options);
    } catch (const base::InfeasibleError& error) {
      EXPECT_FALSE(std::string(error.what()).empty());
      return std::nullopt;
    }
  }
};

const std::vector<Objective>& objectives() {
  static const std::vector<Objective> kObjectives = {Objective::kLatency, Objective::kEnergy, Objective::kEdp,
                                                     Objective::kThroughput,
                                                     objective::from_text("latency^2 * energy")};
  return kObjectives;
}

Options few_windows() {
  Options options;
  for (const OptionRecord& record : option_records()) {
    if (record.name.ends_with(".splits")) {
      options.settings.set(record.name, "1");
    }
  }
  return options;
}

double value_of(const schedule::Problem& problem, const Objective& objective,
                const schedule::Schedule& schedule) {
  const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, schedule);
  return objective.of(workload::samples_of(problem.scenario)).value(cost.latency, cost.energy.total());
}

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-9 * (std::abs(a) + std::abs(b));
}

TEST_P(EveryStrategy, GivesValidSchedulesWithTheirTrueValueAndAnOrderlyCertificate) {
  base::Random random(11);
  int answers = 0;
  for (int i = 0; i < kProblems; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    for (const Objective& objective : objectives()) {
      const auto answer = answer_of(problem, objective, few_windows());
      if (!answer) {
        continue;
      }
      ++answers;
      const Certificate& certificate = answer->certificate;
      EXPECT_TRUE(schedule::check(problem, answer->schedule).empty());
      EXPECT_TRUE(close(value_of(problem, objective, answer->schedule), certificate.value));
      EXPECT_LE(certificate.lower_bound, certificate.value);
      EXPECT_GE(certificate.lower_bound, 0.0);
      EXPECT_NEAR(certificate.gap, (certificate.value - certificate.lower_bound) / certificate.value, 1e-12);
      EXPECT_EQ(certificate.strategy, GetParam());
      EXPECT_EQ(to_string(certificate.objective), to_string(objective));
      EXPECT_EQ(certificate.options.size(), option_records_of(GetParam()).size());
      EXPECT_FALSE(certificate.space.empty());
      EXPECT_FALSE(certificate.binds.empty());
      EXPECT_FALSE(certificate.stopped_by.empty());
    }
  }
  EXPECT_GT(answers, 2 * kProblems);
}

TEST_P(EveryStrategy, GivesTheSameAnswerForAnyNumberOfThreads) {
  base::Random random(12);
  int answers = 0;
  for (int i = 0; i < kProblems; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    for (const std::int64_t limit : {std::int64_t{300}, std::int64_t{3000}, std::int64_t{1} << 40}) {
      Options options = few_windows();
      options.seed = 7;
      options.stop.evaluations = limit;
      const auto one = answer_of(problem, Objective::kEdp, options);
      for (const int threads : {2, 4}) {
        options.threads = threads;
        const auto several = answer_of(problem, Objective::kEdp, options);
        ASSERT_EQ(one.has_value(), several.has_value());
        if (one) {
          ++answers;
          EXPECT_EQ(one->schedule, several->schedule);
          EXPECT_EQ(one->certificate.lower_bound, several->certificate.lower_bound);
          EXPECT_EQ(one->certificate.stopped_by, several->certificate.stopped_by);
        }
      }
    }
  }
  EXPECT_GT(answers, kProblems);
}

// So that a time limit cuts the same sequence short, on however many threads.
TEST_P(EveryStrategy, FindsTheSameSequenceOfSchedulesOnAnyNumberOfThreads) {
  base::Random random(18);
  for (int i = 0; i < kProblems; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    std::vector<std::vector<double>> sequences;
    for (const int threads : {1, 2, 4}) {
      std::vector<double> values;
      Options options = few_windows();
      options.threads = threads;
      options.progress = [&](double value, double) { values.push_back(value); };
      answer_of(problem, Objective::kEdp, options);
      EXPECT_TRUE(std::is_sorted(values.rbegin(), values.rend()));
      sequences.push_back(std::move(values));
    }
    EXPECT_EQ(sequences[0], sequences[1]);
    EXPECT_EQ(sequences[0], sequences[2]);
  }
}

TEST_P(EveryStrategy, StopsAtTheGapThatIsAskedFor) {
  base::Random random(13);
  for (int i = 0; i < kProblems; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    Options options = few_windows();
    const auto whole = answer_of(problem, Objective::kEdp, options);
    options.stop.gap = 0.9999;
    const auto loose = answer_of(problem, Objective::kEdp, options);
    ASSERT_EQ(whole.has_value(), loose.has_value());
    if (whole) {
      EXPECT_LE(loose->certificate.evaluations, whole->certificate.evaluations);
      EXPECT_TRUE(loose->certificate.stopped_by == "gap" || loose->certificate.stopped_by == "proof");
    }
  }
}

TEST_P(EveryStrategy, InterruptedAtOnceOrAtItsFirstScheduleStillAnswers) {
  base::Random random(14);
  for (int i = 0; i < kProblems; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    for (const bool at_once : {true, false}) {
      std::atomic<bool> interrupted = at_once;
      Options options = few_windows();
      options.stop.interrupted = &interrupted;
      options.progress = [&](double value, double bound) {
        EXPECT_LE(bound, value * (1.0 + 1e-9));
        interrupted = true;
      };
      if (const auto answer = answer_of(problem, Objective::kEdp, options)) {
        EXPECT_TRUE(schedule::check(problem, answer->schedule).empty());
        EXPECT_LE(answer->certificate.lower_bound, answer->certificate.value);
      }
    }
  }
}

TEST_P(EveryStrategy, IsNeverWorseThanWhatItWasStartedFrom) {
  base::Random random(15);
  int started = 0;
  for (int i = 0; i < 2 * kProblems; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    Options options = few_windows();
    options.start = testing::random_schedule(random, problem);
    double start = 0.0;
    try {
      start = value_of(problem, Objective::kEdp, *options.start);
    } catch (const base::InfeasibleError&) {
      continue;
    }
    const auto cold = answer_of(problem, Objective::kEdp, few_windows());
    const auto warm = answer_of(problem, Objective::kEdp, options);
    ASSERT_TRUE(warm || !cold);
    if (warm) {
      ++started;
      EXPECT_LE(warm->certificate.value, start * (1.0 + 1e-12));
      EXPECT_LE(warm->certificate.lower_bound, warm->certificate.value);
    }
    if (warm && cold) {
      EXPECT_LE(warm->certificate.value, cold->certificate.value * (1.0 + 1e-8));
    }
  }
  EXPECT_GT(started, 5);
}

// A bound of all schedules is a bound of any schedule at all.
TEST_P(EveryStrategy, BoundsOfAllSchedulesHoldForRandomOnes) {
  base::Random random(16);
  for (int i = 0; i < kProblems; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    for (const Objective& objective : objectives()) {
      const auto answer = answer_of(problem, objective, few_windows());
      if (!answer || !answer->certificate.space.starts_with("all schedules")) {
        continue;
      }
      for (int k = 0; k < 20; ++k) {
        try {
          const double value = value_of(problem, objective, testing::random_schedule(random, problem));
          EXPECT_LE(answer->certificate.lower_bound, value * (1.0 + 1e-9));
        } catch (const base::InfeasibleError&) {
          continue;
        }
      }
    }
  }
}

/// A 3x3 mesh whose columns are of types 0, 1, 0, with interfaces along both sides.
schedule::Problem symmetric_problem(base::Random& random) {
  schedule::Problem problem = testing::random_problem(random, {3, 3, 3, 6, 4});
  hardware::Package& package = problem.package;
  const std::size_t types = package.types.size();
  package.chiplets.clear();
  package.links.clear();
  package.interfaces.clear();
  for (int at = 0; at < 9; ++at) {
    package.chiplets.push_back({"c" + std::to_string(at), at % 3 == 1 && types > 1 ? 1 : 0, at / 3, at % 3});
    if (at % 3 < 2) {
      package.links.emplace_back(at, at + 1);
    } else {
      package.interfaces.push_back({"right" + std::to_string(at), at});
    }
    if (at % 3 == 0) {
      package.interfaces.push_back({"left" + std::to_string(at), at});
    }
    if (at < 6) {
      package.links.emplace_back(at, at + 3);
    }
  }
  std::sort(package.links.begin(), package.links.end());
  hardware::derive_routes(package);
  return problem;
}

/// Whether moving every chiplet i to to[i] keeps types, links, hops and hops to memory.
bool is_automorphism(const hardware::Package& package, const std::vector<int>& to) {
  for (std::size_t a = 0; a < to.size(); ++a) {
    const auto image = static_cast<std::size_t>(to[a]);
    if (package.chiplets[a].type != package.chiplets[image].type ||
        package.memory_hops[a] != package.memory_hops[image]) {
      return false;
    }
    for (std::size_t b = 0; b < to.size(); ++b) {
      if (package.hops[a][b] != package.hops[image][static_cast<std::size_t>(to[b])]) {
        return false;
      }
    }
  }
  return true;
}

TEST_P(EveryStrategy, SchedulesCostTheSameUnderAutomorphismsOfThePackage) {
  const std::vector<std::vector<int>> symmetries = {
      {2, 1, 0, 5, 4, 3, 8, 7, 6}, {6, 7, 8, 3, 4, 5, 0, 1, 2}, {8, 7, 6, 5, 4, 3, 2, 1, 0}};
  base::Random random(17);
  int moved = 0;
  for (int i = 0; i < 4; ++i) {
    const schedule::Problem problem = symmetric_problem(random);
    const auto answer = answer_of(problem, Objective::kEdp, few_windows());
    for (const std::vector<int>& to : symmetries) {
      ASSERT_TRUE(is_automorphism(problem.package, to));
      if (!answer) {
        continue;
      }
      schedule::Schedule image = answer->schedule;
      for (schedule::Window& window : image.windows) {
        for (schedule::Pipeline& pipeline : window.pipelines) {
          for (schedule::Stage& stage : pipeline.stages) {
            stage.submesh = to[static_cast<std::size_t>(stage.submesh.lead())];
          }
        }
      }
      ++moved;
      EXPECT_TRUE(schedule::check(problem, image).empty());
      EXPECT_TRUE(close(value_of(problem, Objective::kEdp, image), answer->certificate.value));
    }
  }
  EXPECT_GT(moved, 3);
}

INSTANTIATE_TEST_SUITE_P(All, EveryStrategy, ::testing::ValuesIn(strategy_names()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace inlay::search
