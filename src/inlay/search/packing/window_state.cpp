#include "inlay/search/packing/window_state.hpp"

#include <algorithm>
#include <map>

#include "inlay/search/constraints/constraint_effects.hpp"
#include "inlay/search/pipelines/share_bound.hpp"

namespace inlay::search::packing {
namespace {

/// With more sets of chiplets than these (all of a 3x3 mesh are 171) looking at each costs more than it
/// saves.
constexpr std::size_t kMostSets = 600;

using FrontBySet = std::map<pipelines::ChipletSet, ParetoFront>;

FrontBySet fronts_by_set(const pipelines::PathTrie& trie, const WindowModel& model) {
  FrontBySet fronts;
  for (const pipelines::PipelinePoint& point : model.points) {
    for (const auto& [set, path] : trie.nodes[static_cast<std::size_t>(point.node)].paths) {
      fronts[set].add({point.latency, point.energy});
    }
  }
  return fronts;
}

void lower_to(ParetoFront& front, const ParetoFront& other) {
  for (const CostPoint& point : other.points()) {
    front.add(point);
  }
}

/// The model's pipelines that leave `taken` alone.
ParetoFront outside_of(const FrontBySet& fronts, const pipelines::ChipletSet& taken) {
  ParetoFront free;
  for (const auto& [set, front] : fronts) {
    if (!set.intersects(taken)) {
      lower_to(free, front);
    }
  }
  return free;
}

/// [type] chiplets of a node's paths.
std::vector<int> types_taken(const schedule::Problem& problem, const pipelines::PathTrie& trie, int node) {
  std::vector<int> taken(problem.package.types.size(), 0);
  for (; node >= 0; node = trie.nodes[static_cast<std::size_t>(node)].parent) {
    const int place = trie.nodes[static_cast<std::size_t>(node)].place_class;
    trie.count_types(place, taken);
  }
  return taken;
}

}  // namespace

double shared_seconds_per_byte(const schedule::Problem& problem) {
  return schedule::shares_memory(problem.communication)
             ? 1.0 / hardware::total_memory_bandwidth(problem.package)
             : 0.0;
}

void bound_model(WindowModel& model, std::vector<ParetoFront> lower_within) {
  model.lower_within = std::move(lower_within);
  model.lower = model.lower_within.back();
}

void bound_by_points(WindowModel& model, const schedule::Problem& problem, const pipelines::PathTrie& trie,
                     const pipelines::TypeShares& shares) {
  std::vector<ParetoFront> lower(shares.count());
  for (const pipelines::PipelinePoint& point : model.points) {
    const std::vector<int> taken = types_taken(problem, trie, point.node);
    for (std::size_t share = 0; share < shares.count(); ++share) {
      if (shares.holds(share, taken)) {
        lower[share].add({point.latency, point.energy});
      }
    }
  }
  bound_model(model, std::move(lower));
}

void derive_lower(WindowState& window, const pipelines::TypeShares& shares, double seconds_per_byte) {
  double bytes = 0.0;
  std::vector<const std::vector<ParetoFront>*> models;
  for (const WindowModel& model : window.models) {
    bytes += model.bound.bytes;
    models.push_back(&model.lower_within);
  }
  window.lower = side_by_side(ParetoFront({bytes * seconds_per_byte, 0.0}),
                              pipelines::side_by_side_within(shares, models).back());
}

std::vector<WindowState> window_states(const schedule::Problem& problem,
                                       const windows::WindowPartition& partition,
                                       const pipelines::TypeShares& shares, double seconds_per_byte) {
  std::vector<WindowState> states;
  for (const std::vector<windows::LayerRange>& ranges : partition.windows) {
    WindowState state;
    for (std::size_t model = 0; model < ranges.size(); ++model) {
      if (!ranges[model].empty()) {
        const pipelines::PipelineBound bound =
            pipelines::pipeline_bound(problem, static_cast<int>(model), ranges[model]);
        WindowModel packed{static_cast<int>(model), {}, bound, {}, false, {}};
        std::vector<ParetoFront> lower(shares.count(), ParetoFront({bound.latency, bound.energy}));
        lower.front() = {};  // no chiplet, no pipeline
        bound_model(packed, std::move(lower));
        packed.latest_end = constraints::latest_end_of(problem, packed.model, ranges[model]);
        state.models.push_back(std::move(packed));
        state.ranges.push_back(ranges[model]);
      }
    }
    derive_lower(state, shares, seconds_per_byte);
    states.push_back(std::move(state));
  }
  return states;
}

ParetoFront beside(const pipelines::TypeShares& shares, const WindowState& window, std::size_t but) {
  std::vector<const std::vector<ParetoFront>*> others;
  for (std::size_t m = 0; m < window.models.size(); ++m) {
    if (m != but) {
      others.push_back(&window.models[m].lower_within);
    }
  }
  return pipelines::side_by_side_within(shares, others).back();
}

std::vector<ParetoFront> beside_paths(const schedule::Problem& problem, const pipelines::PathTrie& trie,
                                      const pipelines::TypeShares& shares, const WindowState& window,
                                      std::size_t but) {
  std::vector<const std::vector<ParetoFront>*> others;
  std::vector<FrontBySet> known;
  for (std::size_t m = 0; m < window.models.size(); ++m) {
    if (m == but) {
      continue;
    }
    others.push_back(&window.models[m].lower_within);
    if (window.models[m].searched) {
      known.push_back(fronts_by_set(trie, window.models[m]));
    }
  }
  const std::vector<ParetoFront> within = pipelines::side_by_side_within(shares, others);
  std::map<pipelines::ChipletSet, ParetoFront> beside_set;
  for (const pipelines::PathTrie::Node& node : trie.nodes) {
    for (const auto& [set, path] : node.paths) {
      if (!known.empty() && beside_set.size() <= kMostSets) {
        beside_set.emplace(set, ParetoFront{});
      }
    }
  }
  const bool by_set = !known.empty() && beside_set.size() <= kMostSets;
  for (auto& [set, front] : beside_set) {
    front = ParetoFront{CostPoint{}};
    for (const FrontBySet& model : known) {
      front = side_by_side(front, outside_of(model, set));
    }
  }
  std::vector<ParetoFront> of_node;
  for (int node = 0; node < static_cast<int>(trie.nodes.size()); ++node) {
    of_node.push_back(within[shares.left(shares.whole(), types_taken(problem, trie, node))]);
    if (by_set) {
      ParetoFront least;
      for (const auto& [set, path] : trie.nodes[static_cast<std::size_t>(node)].paths) {
        lower_to(least, beside_set[set]);
      }
      of_node.back() = higher_of(of_node.back(), least);
    }
  }
  return of_node;
}

}  // namespace inlay::search::packing
