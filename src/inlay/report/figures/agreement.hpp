#pragma once

#include <string>
#include <vector>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/simulate/replay.hpp"

namespace inlay::report::figures {

/// A time that the evaluator reports beside the one that the replay takes, in seconds.
struct AgreementRow {
  std::string what;  // "schedule", "window 0", "window 0, gpt2-small"
  double estimate = 0.0;
  double replay = 0.0;
  /// By how much of the replay the estimate is off: above zero, the estimate is too low.
  double error() const { return replay > 0.0 ? (replay - estimate) / replay : 0.0; }
};

/// The schedule, its windows if there are several, and every pipeline.
std::vector<AgreementRow> agreement(const schedule::Problem& problem, const evaluate::ScheduleCost& cost,
                                    const simulate::Replay& replay);

/// "20.82 ms, replay 21.1 ms (the estimate is 1.3% too low)".
std::string to_string(const AgreementRow& row);

}  // namespace inlay::report::figures
