#pragma once

#include <vector>

#include "inlay/schedule/schedule.hpp"
#include "inlay/search/sharding/plan_options.hpp"

namespace inlay::search::sharding {

/// The schedule with new plans for all stages on several chiplets that run a layer of one of the demands.
/// Cuts, submeshes and mini-batches stay. The plans keep the problem's constraints, which must include the
/// demands. Throws base::InputError if no stage on several chiplets runs such a layer, and
/// base::InfeasibleError, naming the layer and what it allows, if a stage has no plan.
schedule::Schedule replanned(const schedule::Problem& problem, const PlanGoal& goal,
                             const std::vector<schedule::ShardingDemand>& demands,
                             const schedule::Schedule& schedule);

}  // namespace inlay::search::sharding
