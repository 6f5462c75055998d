#include "inlay/search/window_state.hpp"

#include <algorithm>
#include <map>

#include "inlay/search/constraint_effects.hpp"
#include "inlay/search/share_bound.hpp"

namespace inlay::search {
namespace {

/// With more sets of chiplets than these (all of a 3x3 mesh are 171) looking at each costs more than it
/// saves.
constexpr std::size_t kMostSets = 600;

using FrontBySet = std::map<ChipletSet, Front>;

FrontBySet fronts_by_set(const PathTrie& trie, const PackedModel& model) {
  FrontBySet fronts;
  for (const PipelinePoint& point : model.points) {
    for (const auto& [set, path] : trie.nodes[static_cast<std::size_t>(point.node)].paths) {
      fronts[set].add({point.latency, point.energy});
    }
  }
  return fronts;
}

void lower_to(Front& front, const Front& other) {
  for (const Corner& point : other.points()) {
    front.add(point);
  }
}

/// The model's pipelines that leave `taken` alone.
Front outside_of(const FrontBySet& fronts, const ChipletSet& taken) {
  Front free;
  for (const auto& [set, front] : fronts) {
    if (!set.intersects(taken)) {
      lower_to(free, front);
    }
  }
  return free;
}

/// [type] chiplets of a node's paths.
std::vector<int> types_taken(const schedule::Problem& problem, const PathTrie& trie, int node) {
  std::vector<int> taken(problem.package.types.size(), 0);
  for (; node >= 0; node = trie.nodes[static_cast<std::size_t>(node)].parent) {
    const int place = trie.nodes[static_cast<std::size_t>(node)].place_class;
    ++taken[static_cast<std::size_t>(trie.places[static_cast<std::size_t>(place)].type)];
  }
  return taken;
}

}  // namespace

double shared_seconds_per_byte(const schedule::Problem& problem) {
  return problem.communication == schedule::Communication::kShared
             ? 1.0 / hardware::total_memory_bandwidth(problem.package)
             : 0.0;
}

void bound_model(PackedModel& model, std::vector<Front> lower_within) {
  model.lower_within = std::move(lower_within);
  model.lower = model.lower_within.back();
}

void bound_by_points(PackedModel& model, const schedule::Problem& problem, const PathTrie& trie,
                     const TypeShares& shares) {
  std::vector<Front> lower(shares.count());
  for (const PipelinePoint& point : model.points) {
    const std::vector<int> taken = types_taken(problem, trie, point.node);
    for (std::size_t share = 0; share < shares.count(); ++share) {
      if (shares.holds(share, taken)) {
        lower[share].add({point.latency, point.energy});
      }
    }
  }
  bound_model(model, std::move(lower));
}

void derive_lower(WindowState& window, const TypeShares& shares, double seconds_per_byte) {
  double bytes = 0.0;
  std::vector<const std::vector<Front>*> models;
  for (const PackedModel& model : window.models) {
    bytes += model.bound.bytes;
    models.push_back(&model.lower_within);
  }
  window.lower =
      side_by_side(Front({bytes * seconds_per_byte, 0.0}), side_by_side_within(shares, models).back());
}

std::vector<WindowState> window_states(const schedule::Problem& problem, const WindowPartition& partition,
                                       const TypeShares& shares, double seconds_per_byte) {
  std::vector<WindowState> states;
  for (const std::vector<LayerRange>& ranges : partition.windows) {
    WindowState state;
    for (std::size_t model = 0; model < ranges.size(); ++model) {
      if (!ranges[model].empty()) {
        const PipelineBound bound = pipeline_bound(problem, static_cast<int>(model), ranges[model]);
        PackedModel packed{static_cast<int>(model), {}, bound, {}, false, {}};
        std::vector<Front> lower(shares.count(), Front({bound.latency, bound.energy}));
        lower.front() = {};  // no chiplet, no pipeline
        bound_model(packed, std::move(lower));
        packed.latest_end = latest_end_of(problem, packed.model, ranges[model]);
        state.models.push_back(std::move(packed));
        state.ranges.push_back(ranges[model]);
      }
    }
    derive_lower(state, shares, seconds_per_byte);
    states.push_back(std::move(state));
  }
  return states;
}

Front beside(const TypeShares& shares, const WindowState& window, std::size_t but) {
  std::vector<const std::vector<Front>*> others;
  for (std::size_t m = 0; m < window.models.size(); ++m) {
    if (m != but) {
      others.push_back(&window.models[m].lower_within);
    }
  }
  return side_by_side_within(shares, others).back();
}

std::vector<Front> beside_paths(const schedule::Problem& problem, const PathTrie& trie,
                                const TypeShares& shares, const WindowState& window, std::size_t but) {
  std::vector<const std::vector<Front>*> others;
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
  const std::vector<Front> within = side_by_side_within(shares, others);
  std::map<ChipletSet, Front> beside_set;
  for (const PathTrie::Node& node : trie.nodes) {
    for (const auto& [set, path] : node.paths) {
      if (!known.empty() && beside_set.size() <= kMostSets) {
        beside_set.emplace(set, Front{});
      }
    }
  }
  const bool by_set = !known.empty() && beside_set.size() <= kMostSets;
  for (auto& [set, front] : beside_set) {
    front = Front{Corner{}};
    for (const FrontBySet& model : known) {
      front = side_by_side(front, outside_of(model, set));
    }
  }
  std::vector<Front> of_node;
  for (int node = 0; node < static_cast<int>(trie.nodes.size()); ++node) {
    of_node.push_back(within[shares.left(shares.whole(), types_taken(problem, trie, node))]);
    if (by_set) {
      Front least;
      for (const auto& [set, path] : trie.nodes[static_cast<std::size_t>(node)].paths) {
        lower_to(least, beside_set[set]);
      }
      of_node.back() = higher_of(of_node.back(), least);
    }
  }
  return of_node;
}

}  // namespace inlay::search
