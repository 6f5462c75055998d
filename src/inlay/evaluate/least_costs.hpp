#pragma once

#include "inlay/schedule/problem.hpp"

namespace inlay::evaluate {

/// Fills in ModelCosts::divided: for every layer and mini-batch size the least that any sharding on any
/// submesh of the problem's family takes. Bounds are made of it. Throws as sharded_layer_cost().
void add_least_costs(schedule::Problem& problem);

}  // namespace inlay::evaluate
