#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inlay/evaluate/formula.hpp"
#include "inlay/schedule/problem.hpp"

namespace inlay::search {

/// What is sought. Throughput is samples over latency, so its optimum is that of latency. A formula is
/// minimised.
class Objective {
 public:
  enum Kind { kLatency, kEnergy, kEdp, kThroughput, kFormula };

  Objective(Kind kind) : kind_(kind) {}  // so that `Objective::kEdp` is an objective
  explicit Objective(std::shared_ptr<const evaluate::Formula> formula)
      : kind_(kFormula), formula_(std::move(formula)) {}

  operator Kind() const { return kind_; }
  /// Only with kFormula.
  const evaluate::Formula& formula() const { return *formula_; }
  /// The same for a problem: formulas may speak of its number of samples.
  Objective of(const schedule::Problem& problem) const;
  double samples() const { return samples_; }

  /// Less latency, or less energy, may mean a better value.
  bool counts_latency() const { return kind_ != kEnergy; }
  bool counts_energy() const { return kind_ != kLatency && kind_ != kThroughput; }
  /// Proven to be non-decreasing in latency and energy, so that bounds on these bound the objective.
  bool non_decreasing() const { return kind_ != kFormula || formula_->non_decreasing(); }

 private:
  Kind kind_;
  std::shared_ptr<const evaluate::Formula> formula_;
  double samples_ = 1.0;
};

/// The objectives that have a name.
std::vector<std::string> objective_names();
/// A name, or else a formula. Throws base::InputError for what is neither, with names and nearest spelling.
Objective objective_named(const std::string& name);
/// The name, or the formula as it was written.
std::string to_string(const Objective& objective);
/// The number that is minimised: seconds, joules, joule seconds, seconds for throughput, or the formula's
/// value. `energy` includes static.
double objective_value(const Objective& objective, double latency, double energy);
/// Throws base::InputError if the value of a schedule that was found is negative: a formula must not be.
void require_not_negative(const Objective& objective, double value);
/// A lower bound of the objective over all schedules of at least this latency and energy: 0 for a formula
/// that is not proven to be non-decreasing, since no schedule whose value is negative is ever accepted.
double objective_bound(const Objective& objective, double latency, double energy);

}  // namespace inlay::search
