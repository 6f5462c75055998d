#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace inlay::objective {

/// A user's formula over the totals of a schedule, to be minimised, such as `latency^2 * energy`. muparser
/// reads and computes it; whether it is non-decreasing in latency and energy is proven by its shape
/// (formula_shape.hpp), or not at all.
class Formula {
 public:
  struct Name {
    const char* name;
    const char* meaning;  // with its unit
  };
  /// What a formula may speak of, besides muparser's functions and operators.
  static const std::vector<Name>& names();

  /// Throws base::InputError naming the column, what stands there and the names allowed.
  explicit Formula(const std::string& text);

  const std::string& text() const { return text_; }
  /// Proven: of two schedules, one that is no better in latency (s) and in energy (J) has no smaller value.
  bool non_decreasing() const { return non_decreasing_; }
  /// The value; infinite if latency or energy are. Throws base::InputError where the formula has no value,
  /// such as the logarithm of a negative number. May be called from several threads at once.
  double value(double latency, double energy, double samples) const;

 private:
  std::string text_;
  std::string computed_;  // what muparser is given: fully parenthesised where the shape was understood
  bool non_decreasing_ = false;
  std::uint64_t id_;  // tells compiled formulas apart
};

}  // namespace inlay::objective
