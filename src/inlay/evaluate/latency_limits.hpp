#pragma once

#include <string>
#include <vector>

#include "inlay/evaluate/schedule_cost.hpp"

namespace inlay::evaluate {

/// [model] When each model is done, in seconds after the schedule's start (docs/model.md "When a model is
/// done"): all windows before the last one with layers of it, and there the end of its own pipeline,
/// which may be long before the window's. `cost` is the schedule's.
std::vector<double> model_latencies(const schedule::Problem& problem, const schedule::Schedule& schedule,
                                    const ScheduleCost& cost);

/// The problem's latency limits that the schedule exceeds, in words.
std::vector<std::string> broken_latency_limits(const schedule::Problem& problem,
                                               const schedule::Schedule& schedule, const ScheduleCost& cost);

}  // namespace inlay::evaluate
