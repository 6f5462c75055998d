#pragma once

#include <string>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/search/answer.hpp"
#include "inlay/search/stop_clock.hpp"

namespace inlay::search {

/// What the schedule that a search is to start from costs. Throws base::InputError that says what is wrong
/// with it, or which constraint it breaks.
evaluate::ScheduleCost cost_of_start(const schedule::Problem& problem, const schedule::Schedule& start);

/// The best schedule so far of a strategy. The root bound speaks for it, and holds for all schedules; a
/// strategy may claim more for a space of its own.
class Incumbent {
 public:
  /// Begins with the schedule that the search is started from, if there is one. Throws base::InputError if
  /// that does not fit the problem. Keeps references.
  Incumbent(const schedule::Problem& problem, const Objective& objective, const Options& options);

  bool exists() const { return exists_; }
  double value() const { return value_; }
  /// Takes the schedule if it is better. `latency` (s) and `energy` (J, static included) are its totals;
  /// under `contended`, the latency may leave out how pipelines delay each other.
  void offer(const schedule::Schedule& schedule, double latency, double energy);
  /// A space of schedules that a strategy claims a bound for; what it finds lies in it.
  struct Claim {
    double bound = 0.0;
    std::string space;
    std::string binds;         // what holds the bound up
    bool holds_start = false;  // the schedule that the search was started from lies in the space, too
  };
  /// Later claims must be for the same space.
  void claim(const Claim& claim);
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
  /// The highest bound that holds for the best schedule.
  double bound() const;
  bool claims() const;

  double value_;
  double root_bound_;
  std::string root_binds_;
  Claim claim_;
};

}  // namespace inlay::search
