#pragma once

#include <optional>

#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::search::constraints {

/// The models one after the other, each whole on the first chiplet that may run it, with the smallest
/// mini-batch that it may have. Nothing if that keeps not to the constraints or fits no L2.
std::optional<schedule::Schedule> plain_schedule(const schedule::Problem& problem);

/// Throws base::DefectError if a schedule that was found breaks a constraint.
void require_constraints_kept(const schedule::Problem& problem, const schedule::Schedule& schedule);

}  // namespace inlay::search::constraints
