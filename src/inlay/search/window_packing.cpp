#include "inlay/search/window_packing.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace inlay::search {
namespace {

/// Pipelines of the first few models on an occupied set of chiplets.
struct Combination {
  double latency = 0.0;
  double energy = 0.0;
  double bytes = 0.0;
  std::vector<std::pair<int, int>> chosen;  // per model: point, index among the node's paths
};

using Layer = std::map<ChipletSet, std::vector<Combination>>;

/// Keeps what no other beats. Sorted by latency, then energy: of equals the first stays.
void keep_best(std::vector<Combination>& combinations, bool bytes_count) {
  std::stable_sort(combinations.begin(), combinations.end(), [](const Combination& a, const Combination& b) {
    return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
  });
  std::size_t count = 0;
  for (std::size_t i = 0; i < combinations.size(); ++i) {
    const auto end = combinations.begin() + static_cast<std::ptrdiff_t>(count);
    const bool dominated = std::any_of(combinations.begin(), end, [&](const Combination& other) {
      return other.energy <= combinations[i].energy && (!bytes_count || other.bytes <= combinations[i].bytes);
    });
    if (!dominated) {
      if (count != i) {
        combinations[count] = std::move(combinations[i]);
      }
      ++count;
    }
  }
  combinations.resize(count);
}

/// Points of one model that can stand on exactly one set of chiplets, with the path to use.
std::map<ChipletSet, std::vector<std::pair<int, int>>> points_by_set(const PathTrie& trie,
                                                                     const PackedModel& model) {
  std::map<ChipletSet, std::vector<std::pair<int, int>>> result;
  for (std::size_t point = 0; point < model.points.size(); ++point) {
    const auto& paths = trie.nodes[static_cast<std::size_t>(model.points[point].node)].paths;
    for (std::size_t path = 0; path < paths.size(); ++path) {
      result[paths[path].first].emplace_back(static_cast<int>(point), static_cast<int>(path));
    }
  }
  return result;
}

/// What the models from `first` on cost at least.
Surroundings with_remaining(const Surroundings& outside, const std::vector<PackedModel>& models,
                            std::size_t first) {
  Surroundings result = outside;
  for (std::size_t m = first; m < models.size(); ++m) {
    result.window_latency = std::max(result.window_latency, models[m].bound.latency);
    result.window_energy += models[m].bound.energy;
    result.window_bytes += models[m].bound.bytes;
  }
  return result;
}

void add_model(const PathTrie& trie, const PackedModel& model, const Surroundings& remaining,
               const Layer& before, Layer& after) {
  const auto sets = points_by_set(trie, model);
  for (const auto& [occupied, combinations] : before) {
    for (const auto& [set, points] : sets) {
      if ((occupied & set) != 0) {
        continue;
      }
      std::vector<Combination>& target = after[occupied | set];
      for (const Combination& combination : combinations) {
        for (const auto& [point_index, path] : points) {
          const PipelinePoint& point = model.points[static_cast<std::size_t>(point_index)];
          const double latency = std::max(combination.latency, point.latency);
          const double energy = combination.energy + point.energy;
          const double bytes = combination.bytes + point.bytes;
          if (remaining.hopeless(latency, energy, bytes)) {
            continue;
          }
          Combination next{latency, energy, bytes, combination.chosen};
          next.chosen.emplace_back(point_index, path);
          target.push_back(std::move(next));
        }
      }
    }
  }
  for (auto& [set, combinations] : after) {
    keep_best(combinations, remaining.seconds_per_byte > 0.0);
  }
}

schedule::Pipeline pipeline_of(const PathTrie& trie, const PackedModel& model, int point_index,
                               int path_index) {
  const PipelinePoint& point = model.points[static_cast<std::size_t>(point_index)];
  const auto& path =
      trie.nodes[static_cast<std::size_t>(point.node)].paths[static_cast<std::size_t>(path_index)].second;
  schedule::Pipeline pipeline{model.model, point.mini_batch, {}};
  for (std::size_t k = 0; k < path.size(); ++k) {
    pipeline.stages.push_back({point.cuts[k], point.cuts[k + 1], path[k]});
  }
  return pipeline;
}

}  // namespace

std::vector<WindowPoint> pack_window(const PathTrie& trie, const std::vector<PackedModel>& models,
                                     const Surroundings& surroundings) {
  Layer layer;
  layer[0].push_back({});
  for (std::size_t m = 0; m < models.size(); ++m) {
    Layer next;
    add_model(trie, models[m], with_remaining(surroundings, models, m + 1), layer, next);
    layer = std::move(next);
  }
  std::vector<Combination> all;
  for (auto& [set, combinations] : layer) {
    for (Combination& combination : combinations) {
      combination.latency = std::max(combination.latency, combination.bytes * surroundings.seconds_per_byte);
      all.push_back(std::move(combination));
    }
  }
  keep_best(all, false);
  std::vector<WindowPoint> points;
  for (const Combination& combination : all) {
    WindowPoint point{combination.latency, combination.energy, {}};
    for (std::size_t m = 0; m < models.size(); ++m) {
      point.pipelines.push_back(
          pipeline_of(trie, models[m], combination.chosen[m].first, combination.chosen[m].second));
    }
    std::sort(point.pipelines.begin(), point.pipelines.end(),
              [](const schedule::Pipeline& a, const schedule::Pipeline& b) { return a.model < b.model; });
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace inlay::search
