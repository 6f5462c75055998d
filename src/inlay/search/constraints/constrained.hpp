#pragma once

#include <functional>

#include "inlay/search/answer.hpp"

namespace inlay::search::constraints {

/// A strategy that honours the constraints of its problem.
using Method = std::function<Answer(const schedule::Problem&, const Options&)>;

/// Runs a method on a problem that may have constraints. Throws base::InfeasibleError that names the
/// constraints that conflict where there is no schedule within them, and base::DefectError if the method
/// breaks one.
Answer solve_constrained(const schedule::Problem& problem, const Options& options, const Method& method);

}  // namespace inlay::search::constraints
