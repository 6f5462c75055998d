#include "inlay/search/scar/scheduling_tree.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inlay::search::scar {
namespace {

/// A walk's beginning.
struct Sums {
  double first = 0.0;
  double steady = 0.0;
  double energy = 0.0;
  double bytes = 0.0;
};

class Walks {
 public:
  Walks(const pipelines::PathTrie& trie, const Candidate& candidate,
        std::vector<pipelines::PipelinePoint>& points)
      : trie_(trie), candidate_(candidate), points_(points) {}

  void from(int node, const Sums& before) {
    const pipelines::PathTrie::Node& here = trie_.nodes[static_cast<std::size_t>(node)];
    const auto stage = static_cast<std::size_t>(here.depth) - 1;
    const evaluate::StageFigures& figures =
        candidate_.figures[stage * trie_.places.size() + static_cast<std::size_t>(here.place_class)];
    if (!std::isfinite(figures.first)) {
      return;
    }
    const Sums sums{before.first + figures.first, std::max(before.steady, figures.steady),
                    before.energy + figures.energy, before.bytes + static_cast<double>(figures.memory_bytes)};
    if (here.depth == candidate_.stages()) {
      if (!here.paths.empty()) {
        add(node, sums);
      }
      return;
    }
    for (const int child : here.children) {
      from(child, sums);
    }
  }

 private:
  void add(int node, const Sums& sums) {
    const double latency = sums.first + static_cast<double>(candidate_.mini_batches - 1) * sums.steady;
    points_.push_back({latency, sums.energy, sums.bytes, candidate_.mini_batch, node, candidate_.cuts});
  }

  const pipelines::PathTrie& trie_;
  const Candidate& candidate_;
  std::vector<pipelines::PipelinePoint>& points_;
};

}  // namespace

void add_walks(const pipelines::PathTrie& trie, const Candidate& candidate,
               std::vector<pipelines::PipelinePoint>& points) {
  Walks walks(trie, candidate, points);
  for (const int root : trie.roots) {
    walks.from(root, {});
  }
}

void thin_walks(std::vector<pipelines::PipelinePoint>& points) {
  std::stable_sort(points.begin(), points.end(),
                   [](const pipelines::PipelinePoint& a, const pipelines::PipelinePoint& b) {
                     if (a.node != b.node) {
                       return a.node < b.node;
                     }
                     return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
                   });
  std::vector<pipelines::PipelinePoint> kept;
  std::ptrdiff_t node_begin = 0;
  for (pipelines::PipelinePoint& point : points) {
    if (!kept.empty() && kept.back().node != point.node) {
      node_begin = static_cast<std::ptrdiff_t>(kept.size());
    }
    const bool beaten =
        std::any_of(kept.begin() + node_begin, kept.end(), [&](const pipelines::PipelinePoint& other) {
          return other.energy <= point.energy && other.bytes <= point.bytes;
        });
    if (!beaten) {
      kept.push_back(std::move(point));
    }
  }
  points = std::move(kept);
}

packing::PackedWindow place_window(const schedule::Problem& problem, const pipelines::PathTrie& trie,
                                   const std::vector<ModelPart>& parts,
                                   const std::vector<const std::vector<pipelines::PipelinePoint>*>& walks,
                                   bool first_window, const StopClock& clock) {
  std::vector<packing::WindowModel> models;
  for (std::size_t m = 0; m < parts.size(); ++m) {
    models.push_back({parts[m].model, *walks[m], {}});
    models.back().latest_end = parts[m].latest_end;
  }
  pipelines::PruningContext context;
  context.incumbent = std::numeric_limits<double>::infinity();
  context.first_window = first_window;
  context.seconds_per_byte = schedule::shares_memory(problem.communication)
                                 ? 1.0 / hardware::total_memory_bandwidth(problem.package)
                                 : 0.0;
  context.contended = problem.communication == schedule::Communication::kContended;
  return packing::pack_window(trie, models, context, clock);
}

}  // namespace inlay::search::scar
