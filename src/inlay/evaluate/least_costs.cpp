#include "inlay/evaluate/least_costs.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "inlay/evaluate/sharded_stage.hpp"
#include "inlay/schedule/shares.hpp"

namespace inlay::evaluate {
namespace {

std::set<GridTypes> kinds_of_submesh(const schedule::Problem& problem) {
  std::set<GridTypes> kinds;
  for (const hardware::Submesh& submesh : schedule::submeshes(problem)) {
    if (!submesh.single()) {
      kinds.insert(members_of(problem.package, submesh));
    }
  }
  return kinds;
}

cost::LeastCost least_of(const schedule::Problem& problem, int model, int layer, std::int64_t mini_batch,
                         const std::set<GridTypes>& kinds) {
  const workload::Model& graph = problem.scenario.models[static_cast<std::size_t>(model)].model;
  const std::vector<workload::Division> divisions = workload::divisions(graph, layer);
  cost::LeastCost least;
  for (const GridTypes& members : kinds) {
    for (const schedule::Sharding& sharding : schedule::shardings_on(divisions, members.grid, mini_batch)) {
      const ShardedLayerCost cost =
          sharded_layer_cost(problem, model, layer, divisions, sharding, mini_batch, members);
      if (cost.mappable) {
        least.seconds = std::min(least.seconds, cost.seconds);
        least.chiplet_seconds = std::min(least.chiplet_seconds, members.grid.members() * cost.seconds);
        least.joules = std::min(least.joules, cost.energy.total());
      }
    }
  }
  return least;
}

}  // namespace

std::vector<cost::LeastCost> least_costs_on(const schedule::Problem& problem, int model,
                                            const std::set<GridTypes>& kinds) {
  const workload::Model& graph = problem.scenario.models[static_cast<std::size_t>(model)].model;
  const cost::ModelCosts& costs = problem.costs.models[static_cast<std::size_t>(model)];
  std::vector<cost::LeastCost> result;
  // Layers of one class and the same extents are alike.
  std::map<std::tuple<int, std::vector<std::int64_t>, std::int64_t>, cost::LeastCost> known;
  for (int layer = 0; layer < static_cast<int>(graph.layers.size()); ++layer) {
    std::vector<std::int64_t> extents;
    for (const workload::Division& division : workload::divisions(graph, layer)) {
      extents.push_back(static_cast<std::int64_t>(division.by));
      extents.push_back(division.extent);
    }
    for (const std::int64_t mini_batch : costs.mini_batches) {
      const auto [place, added] =
          known.try_emplace({costs.class_of[static_cast<std::size_t>(layer)], extents, mini_batch});
      if (added) {
        place->second = least_of(problem, model, layer, mini_batch, kinds);
      }
      result.push_back(place->second);
    }
  }
  return result;
}

void add_least_costs(schedule::Problem& problem) {
  const std::set<GridTypes> kinds = kinds_of_submesh(problem);
  for (std::size_t m = 0; m < problem.scenario.models.size(); ++m) {
    problem.costs.models[m].divided =
        kinds.empty() ? std::vector<cost::LeastCost>() : least_costs_on(problem, static_cast<int>(m), kinds);
  }
}

}  // namespace inlay::evaluate
