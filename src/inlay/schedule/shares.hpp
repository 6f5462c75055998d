#pragma once

#include <vector>

#include "inlay/cost/share_costs.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

// The shares of layers that an engine has to cost so that stages may stand on submeshes.

namespace inlay::schedule {

/// Every member's share of a layer: distinct ones may come more than once, members without work are left out.
std::vector<cost::Share> member_shares(const workload::Model& model, int layer,
                                       const std::vector<workload::Division>& divisions,
                                       const Sharding& sharding, std::int64_t mini_batch, const Grid& grid);

/// The ways to shard a layer on a grid that a plan chooses among: everything that the layer allows along the
/// rows and columns that the grid has, but dimensions too short to be divided. `demanded`: if not kNone, one
/// axis must be divided by it wherever the layer allows that.
std::vector<Sharding> shardings_on(const std::vector<workload::Division>& divisions, const Grid& grid,
                                   std::int64_t mini_batch, LoopDimension demanded = LoopDimension::kNone);

/// All shares that plans on these grids can need: of every layer, mini-batch and sharding.
std::vector<cost::Share> shares_of_plans(const Problem& problem, const std::vector<Grid>& grids);

/// The part of the problem's share costs that a schedule uses, for its file; empty if it divides nothing.
cost::ShareCosts used_shares(const Problem& problem, const Schedule& schedule);

/// Adds the share costs of another table of the same problem that are not yet there.
void adopt_shares(const cost::CostTable& from, cost::CostTable& to);

}  // namespace inlay::schedule
