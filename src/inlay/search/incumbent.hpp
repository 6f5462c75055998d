#pragma once

#include <string>

#include "inlay/search/search.hpp"
#include "inlay/search/stop_clock.hpp"

namespace inlay::search {

/// The best schedule so far of a strategy that has no lower bounds of its own: the root bound speaks for it,
/// and holds for all schedules.
class Incumbent {
 public:
  /// Begins with the schedule that the search is started from, if there is one. Throws base::InputError if
  /// that does not fit the problem. Keeps references.
  Incumbent(const schedule::Problem& problem, const Objective& objective, const Options& options);

  bool exists() const { return exists_; }
  double value() const { return value_; }
  /// Takes the schedule if it is better. `latency` (s) and `energy` (J, static included) are its totals.
  void offer(const schedule::Schedule& schedule, double latency, double energy);
  /// The gap that the user accepts is reached.
  bool near_enough() const;
  /// With the schedule costed anew by the reference evaluator: throws base::DefectError if it differs from
  /// what was offered or lies below the root bound. `searched` says what the strategy has looked at;
  /// `finished`: all of it.
  Answer answer(const std::string& searched, bool finished, std::int64_t evaluations,
                const StopClock& clock) const;

 private:
  const schedule::Problem& problem_;
  const Objective& objective_;
  const Options& options_;
  schedule::Schedule best_;
  bool exists_ = false;
  bool started_ = false;  // the best is the start
  double value_;
  double bound_;
  std::string binds_;
};

}  // namespace inlay::search
