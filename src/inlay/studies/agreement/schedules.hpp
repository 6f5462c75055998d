#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/studies/agreement/plan.hpp"

namespace inlay::studies::agreement {

/// Different schedules of a problem: what every strategy finds for every objective, and of all that one
/// change makes of these (a cut moved, another mini-batch, a stage on another chiplet) the `plan.variants` of
/// the least EDP by the estimate. Empty if no strategy finds any.
std::vector<schedule::Schedule> schedules_of(const schedule::Problem& problem, const Plan& plan,
                                             const std::atomic<bool>* interrupted);

}  // namespace inlay::studies::agreement
