#pragma once

#include <optional>
#include <string>

namespace inlay::objective {

/// What the shape of a formula shows of it, for latency and energy from zero to infinity.
struct FormulaShape {
  std::string text;             // the same formula, fully parenthesised: what the proof speaks of
  bool non_decreasing = false;  // proven: in latency and in energy
  bool non_increasing = false;
  bool non_negative = false;
};

/// Reads a formula of numbers, the names of Formula::names(), + - * / ^, parentheses and the functions sqrt,
/// exp, ln, log, log2, log10, abs, min, max, sum and avg, and follows from the innermost parts outwards what
/// rises and what falls: a sum of what rises rises, so does a product of what rises and is not negative, and
/// so on; where no such rule applies nothing is claimed. Nothing at all for what it cannot read, such as `a <
/// b ? a : b`.
std::optional<FormulaShape> shape_of(const std::string& formula);

}  // namespace inlay::objective
