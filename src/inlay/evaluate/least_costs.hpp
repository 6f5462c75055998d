#pragma once

#include <set>
#include <vector>

#include "inlay/evaluate/sharded_layer.hpp"
#include "inlay/schedule/problem.hpp"

namespace inlay::evaluate {

/// Fills in ModelCosts::divided: for every layer and mini-batch size the least that any sharding on any
/// submesh of the problem's family takes. Bounds are made of it. Throws as sharded_layer_cost().
void add_least_costs(schedule::Problem& problem);

/// [layer][mini-batch index] the least that any sharding on these kinds of submesh takes. Throws as
/// sharded_layer_cost().
std::vector<cost::LeastCost> least_costs_on(const schedule::Problem& problem, int model,
                                            const std::set<GridTypes>& kinds);

}  // namespace inlay::evaluate
