#include "inlay/search/pipelines/cut_choice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inlay::search::pipelines {

namespace {

void add_inside(const windows::LayerRange& range, int cut, std::vector<int>& cuts) {
  if (range.first < cut && cut < range.last) {
    cuts.push_back(cut);
  }
}

void put_in_order(std::vector<int>& cuts) {
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
}

}  // namespace

std::vector<int> all_cuts(const windows::LayerRange& range) {
  std::vector<int> cuts;
  for (int layer = range.first; layer <= range.last; ++layer) {
    cuts.push_back(layer);
  }
  return cuts;
}

std::vector<int> even_cuts(const schedule::Problem& problem, int model, const windows::LayerRange& range,
                           int most) {
  if (most == 0 || range.last - range.first <= most) {
    return all_cuts(range);
  }
  const cost::ModelCosts& costs = problem.costs.models[static_cast<std::size_t>(model)];
  std::vector<double> until = {0.0};
  for (int layer = range.first; layer < range.last; ++layer) {
    double fastest = std::numeric_limits<double>::infinity();
    for (const hardware::Chiplet& chiplet : problem.package.chiplets) {
      const cost::LayerCost& cost = costs.at(layer, 0, chiplet.type);
      if (cost.mappable) {
        fastest = std::min(fastest, static_cast<double>(cost.cycles));
      }
    }
    until.push_back(until.back() + (std::isfinite(fastest) ? fastest : 0.0));
  }
  std::vector<int> cuts = {range.first};
  for (int k = 1; k < most; ++k) {
    const double target = until.back() * k / most;
    const auto found = std::lower_bound(until.begin(), until.end(), target);
    const int cut = range.first + static_cast<int>(found - until.begin());
    if (cut > cuts.back() && cut < range.last) {
      cuts.push_back(cut);
    }
  }
  cuts.push_back(range.last);
  return cuts;
}

void add_cuts_of(const schedule::Schedule& schedule, int model, const windows::LayerRange& range,
                 std::vector<int>& cuts) {
  for (const schedule::Window& window : schedule.windows) {
    for (const schedule::Pipeline& pipeline : window.pipelines) {
      for (const schedule::Stage& stage : pipeline.stages) {
        if (pipeline.model == model) {
          add_inside(range, stage.first, cuts);
        }
      }
    }
  }
  put_in_order(cuts);
}

void add_cuts_of_pins(const schedule::Problem& problem, int model, const windows::LayerRange& range,
                      std::vector<int>& cuts) {
  for (const schedule::Pin& pin : problem.constraints.pins) {
    if (pin.model == model) {
      add_inside(range, pin.first, cuts);
      add_inside(range, pin.last, cuts);
    }
  }
  put_in_order(cuts);
}

}  // namespace inlay::search::pipelines
