#include "inlay/search/constraints/constraint_effects.hpp"

#include <algorithm>
#include <limits>

namespace inlay::search::constraints {
namespace {

bool holds(const std::vector<int>& chiplets, int chiplet) {
  return std::find(chiplets.begin(), chiplets.end(), chiplet) != chiplets.end();
}

/// Which of the pins and bans name the chiplet.
std::vector<bool> named_by(const schedule::Constraints& constraints, int chiplet) {
  std::vector<bool> named;
  for (const schedule::Pin& pin : constraints.pins) {
    named.push_back(holds(pin.chiplets, chiplet));
  }
  for (const schedule::Ban& ban : constraints.bans) {
    named.push_back(holds(ban.chiplets, chiplet));
  }
  return named;
}

int layers_of(const schedule::Problem& problem, int model) {
  return static_cast<int>(problem.scenario.models[static_cast<std::size_t>(model)].model.layers.size());
}

bool may_run_some(const schedule::Problem& problem, int model, const windows::LayerRange& range,
                  int chiplet) {
  for (int layer = range.first; layer < range.last; ++layer) {
    if (schedule::may_stand(problem.constraints, model, layer, layer + 1, chiplet)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool chiplets_differ(const schedule::Problem& problem) {
  return !problem.constraints.pins.empty() || !problem.constraints.bans.empty();
}

std::vector<int> chiplet_kinds(const schedule::Problem& problem) {
  std::vector<int> kinds(problem.package.chiplets.size(), 0);
  if (!chiplets_differ(problem)) {
    return kinds;
  }
  std::vector<std::vector<bool>> known;
  for (int chiplet = 0; chiplet < static_cast<int>(kinds.size()); ++chiplet) {
    bool of_use = false;
    for (int model = 0; model < static_cast<int>(problem.scenario.models.size()) && !of_use; ++model) {
      of_use = may_run_some(problem, model, {0, layers_of(problem, model)}, chiplet);
    }
    const std::vector<bool> named = named_by(problem.constraints, chiplet);
    auto kind = std::find(known.begin(), known.end(), named);
    if (kind == known.end()) {
      kind = known.insert(known.end(), named);
    }
    kinds[static_cast<std::size_t>(chiplet)] = of_use ? static_cast<int>(kind - known.begin()) : kNoStage;
  }
  return kinds;
}

std::vector<int> allowed_sizes(const schedule::Problem& problem, int model) {
  const auto& sizes = problem.costs.models[static_cast<std::size_t>(model)].mini_batches;
  std::vector<int> allowed;
  for (int size = 0; size < static_cast<int>(sizes.size()); ++size) {
    if (schedule::may_have_size(problem.constraints, model, sizes[static_cast<std::size_t>(size)])) {
      allowed.push_back(size);
    }
  }
  return allowed;
}

int chiplets_for(const schedule::Problem& problem, int model, const windows::LayerRange& range) {
  const int all = static_cast<int>(problem.package.chiplets.size());
  if (!chiplets_differ(problem)) {
    return all;
  }
  int count = 0;
  for (int chiplet = 0; chiplet < all; ++chiplet) {
    count += may_run_some(problem, model, range, chiplet) ? 1 : 0;
  }
  return count;
}

bool keeps_order(const schedule::Problem& problem, const windows::WindowPartition& partition) {
  const auto has_layers = [&](std::size_t window, int model) {
    return !partition.windows[window][static_cast<std::size_t>(model)].empty();
  };
  return std::all_of(problem.constraints.dependencies.begin(), problem.constraints.dependencies.end(),
                     [&](const schedule::Dependency& dependency) {
                       bool begun = false;
                       for (std::size_t w = 0; w < partition.windows.size(); ++w) {
                         begun = begun || has_layers(w, dependency.model);
                         if (begun && has_layers(w, dependency.waits_for)) {
                           return false;
                         }
                       }
                       return true;
                     });
}

double latest_end_of(const schedule::Problem& problem, int model, const windows::LayerRange& range) {
  const bool last = !range.empty() && range.last == layers_of(problem, model);
  return last ? schedule::latest_end(problem.constraints, model) : std::numeric_limits<double>::infinity();
}

}  // namespace inlay::search::constraints
