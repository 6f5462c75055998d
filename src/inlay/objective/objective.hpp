#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inlay/objective/formula.hpp"

namespace inlay::objective {

/// What is sought. Throughput is samples over latency, so its optimum is that of latency. A formula is
/// minimised.
class Objective {
 public:
  enum Kind { kLatency, kEnergy, kEdp, kThroughput, kPeriod, kFormula };

  Objective(Kind kind) : kind_(kind) {}  // so that `Objective::kEdp` is an objective
  explicit Objective(std::shared_ptr<const Formula> formula)
      : kind_(kFormula), formula_(std::move(formula)) {}

  operator Kind() const { return kind_; }
  /// Only with kFormula.
  const Formula& formula() const { return *formula_; }
  /// The same for a problem of so many samples (workload::samples_of): formulas may use their number.
  Objective of(double samples) const;
  double samples() const { return samples_; }

  /// Less latency, or less energy, may mean a better value.
  bool counts_latency() const { return kind_ != kEnergy; }
  bool counts_energy() const { return kind_ == kEnergy || kind_ == kEdp || kind_ == kFormula; }
  /// Speaks of a schedule that is repeated without end.
  bool of_steady_state() const { return kind_ == kThroughput || kind_ == kPeriod; }
  /// Proven to be non-decreasing in latency and energy, so that bounds on these bound the objective.
  bool non_decreasing() const { return kind_ != kFormula || formula_->non_decreasing(); }

  /// The number that is minimised: seconds, joules, joule seconds, seconds for throughput, or the formula's
  /// value. `energy` (J) includes static energy, `latency` is in s.
  double value(double latency, double energy) const;
  /// A lower bound of the objective over all schedules of at least this latency and energy: 0 for a formula
  /// that is not proven to be non-decreasing, since no schedule whose value is negative is ever accepted.
  double bound(double latency, double energy) const;
  /// What heuristics rank by while only a part of a schedule is known: the objective, or EDP for a formula,
  /// which may mean nothing for a part.
  double partial_value(double latency, double energy) const;
  /// Throws base::InputError if the value of a schedule that was found is negative: a formula must not be.
  void require_not_negative(double value) const;

 private:
  Kind kind_;
  std::shared_ptr<const Formula> formula_;
  double samples_ = 1.0;
};

/// The objectives that have a name.
std::vector<std::string> names();
/// A name, or else a formula. Throws base::InputError for what is neither, with names and nearest spelling.
Objective from_text(const std::string& name);
/// The name, or the formula as it was written.
std::string to_string(const Objective& objective);

}  // namespace inlay::objective
