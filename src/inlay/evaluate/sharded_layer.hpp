#pragma once

#include <cstdint>
#include <vector>

#include "inlay/cost/share_costs.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/sharding.hpp"

namespace inlay::evaluate {

/// The members of a submesh as far as its layers' costs depend on them.
struct GridTypes {
  schedule::Grid grid;
  std::vector<int> types;  // [member, row by row] chiplet type
  auto operator<=>(const GridTypes&) const = default;
};

/// What a layer that is divided over a submesh costs, its exchanges left out. One mini-batch.
struct ShardedLayerCost {
  bool mappable = true;
  double seconds = 0.0;                // of the slowest member
  double utilised = 0.0;               // s, weighted by the share of the PEs at work, of the mean member
  cost::EnergySplit energy;            // of all members
  std::int64_t tile_bytes = 0;         // L2 of the member that needs most
  std::int64_t weights = 0;            // bytes, of the member that holds most
  std::int64_t weights_read = 0;       // bytes from memory, of all members
  std::int64_t weights_sent = 0;       // bytes forwarded to members that need the same; multicast only
  std::int64_t weights_forwarded = 0;  // of them through one link
  std::int64_t gathered = 0;           // bytes, of all members
};

/// Throws base::InputError if the problem's table lacks the cost of a share: a file that was not written
/// whole.
ShardedLayerCost sharded_layer_cost(const schedule::Problem& problem, int model, int layer,
                                    const std::vector<workload::Division>& divisions,
                                    const schedule::Sharding& sharding, std::int64_t mini_batch,
                                    const GridTypes& members);

}  // namespace inlay::evaluate
