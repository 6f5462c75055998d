#include "inlay/evaluate/sharded_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"

namespace inlay::evaluate {
namespace {

using schedule::Grid;
using schedule::Sharding;
using workload::Division;
using workload::LoopDimension;
using workload::LoopRanges;

bool idle(const Sharding& sharding, const LoopRanges& ranges) {
  const auto empty = [&ranges](LoopDimension by) {
    return by != LoopDimension::kNone && ranges[static_cast<std::size_t>(by)].size() == 0;
  };
  return empty(sharding.rows.by) || empty(sharding.columns.by);
}

std::int64_t samples_of(const LoopRanges& ranges) {
  return ranges[static_cast<std::size_t>(LoopDimension::kSamples)].size();
}

/// Rows of a table that a member gathers: of its samples, rows or columns, and of those that it holds.
std::int64_t gathered_by(const workload::Layer& layer, const std::vector<const Division*>& by,
                         const LoopRanges& ranges) {
  std::int64_t bytes = base::checked_multiply(layer.gathered_bytes, samples_of(ranges));
  for (const Division* division : by) {
    const std::int64_t part = ranges[static_cast<std::size_t>(division->by)].size();
    bytes = base::ceil_divide(base::checked_multiply(bytes, part), division->extent);
  }
  return bytes;
}

}  // namespace

ShardedLayerCost sharded_layer_cost(const schedule::Problem& problem, int model, int layer,
                                    const std::vector<Division>& divisions, const Sharding& sharding,
                                    std::int64_t mini_batch, const GridTypes& members) {
  const workload::Model& graph = problem.scenario.models[static_cast<std::size_t>(model)].model;
  const workload::Layer& node = graph.layers[static_cast<std::size_t>(layer)];
  std::string why;
  const schedule::ShardedLayer resolved = schedule::resolve(graph, layer, divisions, sharding, why);
  ShardedLayerCost total;
  std::map<LoopRanges, std::int64_t> copies;  // of the weights that belong to these ranges
  std::size_t member = 0;
  for (int row = 0; row < members.grid.rows; ++row) {
    for (int column = 0; column < members.grid.columns; ++column, ++member) {
      LoopRanges ranges = schedule::ranges_of(divisions, sharding, mini_batch, members.grid, row, column);
      if (idle(sharding, ranges)) {
        continue;
      }
      const cost::Share share{workload::share_of(graph, layer, resolved.by, ranges), samples_of(ranges)};
      const std::vector<cost::LayerCost>* costs =
          problem.costs.shares == nullptr ? nullptr : problem.costs.shares->find(share);
      if (costs == nullptr) {
        throw base::InputError(fmt::format(
            "model '{}', layer '{}': the cost of its share under sharding {} on "
            "{} x {} chiplets is not in the cost table",
            graph.name, node.name, schedule::to_string(sharding), members.grid.rows, members.grid.columns));
      }
      const auto type = static_cast<std::size_t>(members.types[member]);
      const cost::LayerCost& cost = (*costs)[type];
      total.mappable = total.mappable && cost.mappable;
      total.seconds =
          std::max(total.seconds, static_cast<double>(cost.cycles) / problem.package.types[type].clock);
      total.utilised += static_cast<double>(cost.cycles) * cost.utilisation /
                        problem.package.types[type].clock / members.grid.members();
      total.energy.mac += cost.energy.mac;
      total.energy.l1 += cost.energy.l1;
      total.energy.l2 += cost.energy.l2;
      total.energy.noc += cost.energy.noc;
      total.energy.vector += cost.energy.vector;
      total.tile_bytes = std::max(total.tile_bytes, cost.tile_bytes);
      const std::int64_t weights = workload::share_of_weights(node, resolved.by, ranges);
      total.weights = std::max(total.weights, weights);
      total.gathered = base::checked_add(total.gathered, gathered_by(node, resolved.by, ranges));
      for (const Division* division : resolved.by) {
        if (!division->divides_weights) {
          ranges[static_cast<std::size_t>(division->by)] = {0, 1};
        }
      }
      ranges[static_cast<std::size_t>(LoopDimension::kSamples)] = {0, 1};
      const bool copied = copies[ranges]++ > 0;
      if (copied && problem.package.network.multicast) {
        total.weights_sent = base::checked_add(total.weights_sent, weights);
        total.weights_forwarded = std::max(total.weights_forwarded, weights);
      } else {
        total.weights_read = base::checked_add(total.weights_read, weights);
      }
    }
  }
  return total;
}

}  // namespace inlay::evaluate
