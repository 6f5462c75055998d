#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/studies/agreement/plan.hpp"

namespace inlay::studies::agreement {

/// A schedule by the estimate and by the replay: latency in s, EDP in J s.
struct Comparison {
  double estimate = 0.0;
  double replay = 0.0;
  double estimated_edp = 0.0;
  double replayed_edp = 0.0;
  double error() const { return estimate / replay - 1.0; }
};

/// What the replays of one condition say.
struct ConditionResult {
  Condition condition;
  std::vector<Comparison> schedules;
  std::vector<double> end_errors;  // of every model's end in every schedule, estimate / replay - 1
  double memory_share = 0.0;  // of the windows' time that their bytes take at the memory, of the best one
  std::string failure;        // why there is no schedule

  /// Spearman's rho of the latencies, to three digits; nothing where all are equal.
  std::optional<double> rank_correlation() const;
  /// By how much the replayed EDP of the schedule that the estimate calls best is above the least one.
  double regret() const;
};

/// The problem of a condition's scenario and package, whatever the rest of it. Throws base::InputError for
/// what is wrong in the files.
schedule::Problem problem_of(const Condition& condition, const Plan& plan);

/// Searches and replays. `problem` is of the condition's scenario and package.
ConditionResult compare(const Condition& condition, schedule::Problem problem, const Plan& plan,
                        const std::atomic<bool>* interrupted);

}  // namespace inlay::studies::agreement
