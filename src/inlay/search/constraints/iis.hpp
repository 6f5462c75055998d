#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "inlay/schedule/problem.hpp"

namespace inlay::search::constraints {

/// Constraints that no schedule fulfils together, and why.
struct IrreducibleConflict {
  std::vector<schedule::Constraint> constraints;
  std::string why;
  /// Any of them can be left out and the others still conflict, as far as is known.
  bool perhaps_fewer = false;
};

/// What a search of a problem says.
enum class Feasible { kYes, kNo, kUnknown };

/// Which of a problem's constraints conflict, given that a search has found them to: one after the other is
/// left out for good if the others conflict without it. What a search does not know counts as no conflict.
IrreducibleConflict searched_iis(const schedule::Problem& problem,
                                 const std::function<Feasible(const schedule::Problem&)>& search);

/// "no schedule keeps all of these constraints: A; B; why", in one line.
std::string to_string(const schedule::Problem& problem, const IrreducibleConflict& conflict);

}  // namespace inlay::search::constraints
