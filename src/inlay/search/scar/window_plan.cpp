#include "inlay/search/scar/window_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/counted.hpp"
#include "inlay/base/error.hpp"
#include "inlay/search/constraints/constraint_effects.hpp"
#include "inlay/search/pipelines/cut_choice.hpp"
#include "inlay/search/windows/expected_cost.hpp"

namespace inlay::search::scar {
namespace {

constexpr std::size_t kMostProvisions = 10'000;

std::vector<windows::ExpectedCost> expected_costs(const schedule::Problem& problem, int model,
                                                  const windows::LayerRange& range) {
  std::vector<windows::ExpectedCost> costs;
  for (int layer = range.first; layer < range.last; ++layer) {
    costs.push_back(windows::expected_cost(problem, static_cast<std::size_t>(model), layer));
  }
  return costs;
}

/// `pieces` pieces of equal expected latency, as nearly as layers allow.
std::vector<int> spread_cuts(const windows::LayerRange& range,
                             const std::vector<windows::ExpectedCost>& layers, int pieces) {
  std::vector<int> cuts = {range.first};
  double total = 0.0;
  for (const windows::ExpectedCost& layer : layers) {
    total += layer.latency;
  }
  double until = 0.0;
  for (int layer = range.first; layer + 1 < range.last; ++layer) {
    until += layers[static_cast<std::size_t>(layer - range.first)].latency;
    const int pieces_left = pieces - static_cast<int>(cuts.size());
    const int layers_left = range.last - layer - 1;
    const bool due = until * pieces >= total * static_cast<double>(cuts.size());
    if (pieces_left > 0 && (due || layers_left <= pieces_left)) {
      cuts.push_back(layer + 1);
    }
  }
  cuts.push_back(range.last);
  return cuts;
}

std::vector<double> latency_until(const std::vector<int>& cuts,
                                  const std::vector<windows::ExpectedCost>& layers) {
  std::vector<double> until;
  double sum = 0.0;
  int layer = cuts.front();
  for (const int cut : cuts) {
    for (; layer < cut; ++layer) {
      sum += layers[static_cast<std::size_t>(layer - cuts.front())].latency;
    }
    until.push_back(sum);
  }
  return until;
}

double weight_of(const std::vector<windows::ExpectedCost>& layers, const Objective& objective,
                 const std::string& word) {
  windows::ExpectedCost sum;
  for (const windows::ExpectedCost& layer : layers) {
    sum += layer;
  }
  return (word == "objective" ? objective : objective::from_text(word))
      .partial_value(sum.latency, sum.energy);
}

class Planner {
 public:
  Planner(const schedule::Problem& problem, const Objective& objective, const ScarKnobs& knobs,
          const PlannedChiplets& chiplets)
      : problem_(problem), objective_(objective), knobs_(knobs), chiplets_(chiplets) {}

  WindowPlan window(std::size_t index, const std::vector<windows::LayerRange>& ranges) const {
    WindowPlan plan;
    const auto models = static_cast<int>(std::count_if(
        ranges.begin(), ranges.end(), [](const windows::LayerRange& range) { return !range.empty(); }));
    if (models > chiplets_.count) {
      throw base::InfeasibleError(fmt::format("window {} runs {} at once on {}", index,
                                              base::counted(models, "model"),
                                              base::counted(chiplets_.count, "chiplet")));
    }
    for (std::size_t model = 0; model < ranges.size(); ++model) {
      if (!ranges[model].empty()) {
        plan.parts.push_back(part(static_cast<int>(model), ranges[model], chiplets_.count - models + 1));
      }
    }
    plan.provisions = provisions(index, plan.parts);
    return plan;
  }

 private:
  ModelPart part(int model, const windows::LayerRange& range, int free) const {
    const int layers = range.last - range.first;
    const std::vector<windows::ExpectedCost> costs = expected_costs(problem_, model, range);
    ModelPart part{model, range, std::min({layers, free, chiplets_.longest}), 0.0, {}, {}, {}};
    part.most = std::min({part.most, schedule::most_chiplets(problem_.constraints, model),
                          std::max(1, constraints::chiplets_for(problem_, model, range))});
    part.latest_end = constraints::latest_end_of(problem_, model, range);
    if (knobs_.cap > 0 && layers > knobs_.cap_layers) {
      part.most = std::min(part.most, knobs_.cap);
    }
    part.weight = weight_of(costs, objective_, knobs_.weight);
    int pieces = std::min(layers, knobs_.cuts);
    while (!chiplets_.evolves && pieces > 1 &&
           count_segmentations(pieces, part.most, knobs_.segmentations) > knobs_.segmentations) {
      --pieces;
    }
    part.cuts = spread_cuts(range, costs, pieces);
    pipelines::add_cuts_of_pins(problem_, model, range, part.cuts);
    part.until = latency_until(part.cuts, costs);
    part.sizes = constraints::allowed_sizes(problem_, model);
    if (knobs_.whole_batch) {
      part.sizes = {part.sizes.back()};
    }
    return part;
  }

  std::vector<Provision> provisions(std::size_t index, const std::vector<ModelPart>& parts) const {
    std::vector<double> weights;
    std::vector<int> most;
    for (const ModelPart& part : parts) {
      weights.push_back(part.weight);
      most.push_back(part.most);
    }
    std::vector<Provision> result = {provision_by_rule(weights, most, chiplets_.count)};
    if (!knobs_.all_provisions) {
      return result;
    }
    const std::vector<Provision> all = all_provisions(most, chiplets_.count, kMostProvisions);
    if (all.empty()) {
      throw base::InputError(fmt::format(
          "exhaustive provisioning: window {} has more than {} ways to give {} chiplets to {} models; "
          "use the rule",
          index, kMostProvisions, chiplets_.count, parts.size()));
    }
    std::copy_if(all.begin(), all.end(), std::back_inserter(result),
                 [rule = result.front()](const Provision& provision) { return provision != rule; });
    return result;
  }

  const schedule::Problem& problem_;
  const Objective& objective_;
  const ScarKnobs& knobs_;
  const PlannedChiplets& chiplets_;
};

}  // namespace

std::vector<WindowPlan> plan_windows(const schedule::Problem& expectations,
                                     const windows::WindowPartition& partition, const Objective& objective,
                                     const ScarKnobs& knobs, const PlannedChiplets& chiplets) {
  const Planner planner(expectations, objective, knobs, chiplets);
  std::vector<WindowPlan> plans;
  for (std::size_t w = 0; w < partition.windows.size(); ++w) {
    plans.push_back(planner.window(w, partition.windows[w]));
  }
  return plans;
}

std::int64_t count_segmentations(int pieces, int most, std::int64_t limit) {
  std::int64_t sum = 0;
  std::int64_t ways = 1;  // to choose `segments - 1` of the pieces - 1 inner boundaries
  for (int segments = 1; segments <= std::min(pieces, most); ++segments) {
    sum += ways;
    if (sum > limit) {
      return limit + 1;
    }
    ways = ways * (pieces - segments) / segments;  // below 1e8 x 1e3: no overflow
  }
  return sum;
}

}  // namespace inlay::search::scar
