#include "inlay/search/exact/cut_bounds.hpp"

#include <algorithm>
#include <limits>

#include "inlay/search/constraints/constraint_effects.hpp"
#include "inlay/search/pipelines/cut_choice.hpp"
#include "inlay/search/pipelines/path_trie.hpp"
#include "inlay/search/pipelines/pipeline_bound.hpp"
#include "inlay/search/pipelines/pipeline_search.hpp"
#include "inlay/search/pipelines/submesh_trie.hpp"

namespace inlay::search::exact {
namespace {

/// Enough points of a front to bound with: more cost more than they exclude.
constexpr std::size_t kPoints = 24;

pipelines::PipelineBound bound_of(const schedule::Problem& problem, int model,
                                  const windows::LayerRange& range) {
  return range.empty() ? pipelines::PipelineBound{} : pipelines::pipeline_bound(problem, model, range);
}

class Bounds {
 public:
  Bounds(const CutBoundsRequest& request, const StopClock& clock)
      : request_(request),
        clock_(clock),
        trie_(
            pipelines::trie_of(request.problem, 1, sharding::plan_goal(request.problem, request.objective))),
        shares_(request.problem.package) {}

  CutBounds run() {
    CutBounds bounds;
    const int models = static_cast<int>(request_.problem.scenario.models.size());
    for (int model = 0; model < models; ++model) {
      least_energy_.push_back(least_energy_of(model));
    }
    for (int model = 0; model < models; ++model) {
      bounds.models.push_back(bounds_of(model));
    }
    return bounds;
  }

 private:
  CutBounds::Model bounds_of(int model) const {
    const workload::Model& graph = request_.problem.scenario.models[static_cast<std::size_t>(model)].model;
    const int layers = static_cast<int>(graph.layers.size());
    CutBounds::Model bounds;
    for (const int layer : block_cuts(graph)) {
      CutBounds::Cut cut;
      cut.layer = layer;
      cut.before = fronts_of(model, {0, layer}, {layer, layers});
      cut.after = fronts_of(model, {layer, layers}, {0, layer});
      cut.whole = in_sequence(cut.before.back(), cut.after.back()).thinned(kPoints);
      if (cut.whole.empty()) {
        continue;  // no schedule that is cut here is better than what is known
      }
      for (const CostPoint& point : cut.whole.points()) {
        bounds.least.add(point);
      }
      bounds.cuts.push_back(std::move(cut));
    }
    bounds.least = bounds.least.thinned(kPoints);
    return bounds;
  }

  /// [share] of `range`, given that the rest of the model runs in the other window.
  std::vector<ParetoFront> fronts_of(int model, const windows::LayerRange& range,
                                     const windows::LayerRange& other) const {
    if (range.empty()) {
      return std::vector<ParetoFront>(shares_.count(), ParetoFront{CostPoint{}});
    }
    pipelines::PruningContext around;
    around.objective = request_.objective;
    around.incumbent = request_.incumbent;
    around.static_power = request_.problem.package.static_power;
    const pipelines::PipelineBound rest = bound_of(request_.problem, model, other);
    around.rest = ParetoFront({rest.latency, rest.energy + energy_of_others(model)});
    const pipelines::PipelineQuestion question{
        request_.problem, trie_, model, range, request_.longest, pipelines::all_cuts(range), 1e-9, around};
    std::vector<ParetoFront> fronts = pipelines::least_fronts(question, shares_, request_.threads, clock_);
    for (ParetoFront& front : fronts) {
      front = front.thinned(kPoints);
    }
    return fronts;
  }

  double energy_of_others(int model) const {
    double energy = 0.0;
    for (std::size_t other = 0; other < least_energy_.size(); ++other) {
      energy += static_cast<int>(other) == model ? 0.0 : least_energy_[other];
    }
    return energy;
  }

  /// However the model is cut: its two parts may have mini-batches of different sizes.
  double least_energy_of(int model) const {
    const workload::Model& graph = request_.problem.scenario.models[static_cast<std::size_t>(model)].model;
    const int layers = static_cast<int>(graph.layers.size());
    double least = std::numeric_limits<double>::infinity();
    for (const int cut : block_cuts(graph)) {
      least = std::min(least, bound_of(request_.problem, model, {0, cut}).energy +
                                  bound_of(request_.problem, model, {cut, layers}).energy);
    }
    return least;
  }

  const CutBoundsRequest& request_;
  const StopClock& clock_;
  pipelines::PathTrie trie_;
  pipelines::TypeShares shares_;
  std::vector<double> least_energy_;  // [model] J
};

}  // namespace

CutBounds cut_bounds(const CutBoundsRequest& request, const StopClock& clock) {
  return Bounds(request, clock).run();
}

}  // namespace inlay::search::exact
