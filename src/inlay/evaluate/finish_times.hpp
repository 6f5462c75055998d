#pragma once

#include <vector>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::evaluate {

/// Seconds from the beginning of the schedule until the whole batch of each of `models` models is done: all
/// windows before the last one in which it has a pipeline, and that pipeline. Where the bytes of that window
/// at the memory's bandwidth decide how long it lasts, nothing is known to be done before its end.
std::vector<double> finish_times(std::size_t models, const schedule::Schedule& schedule,
                                 const ScheduleCost& cost);

}  // namespace inlay::evaluate
