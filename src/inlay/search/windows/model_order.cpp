#include "inlay/search/windows/model_order.hpp"

#include <algorithm>

#include "inlay/base/error.hpp"

namespace inlay::search::windows {

std::vector<int> predecessors(const schedule::Problem& problem, int model) {
  std::vector<int> found;
  for (const schedule::Dependency& dependency : problem.constraints.dependencies) {
    if (dependency.model == model &&
        std::find(found.begin(), found.end(), dependency.waits_for) == found.end()) {
      found.push_back(dependency.waits_for);
    }
  }
  return found;
}

std::vector<int> dependency_order(const schedule::Problem& problem) {
  const auto models = static_cast<int>(problem.scenario.models.size());
  std::vector<int> order;
  std::vector<char> placed(static_cast<std::size_t>(models), 0);
  bool found = true;
  while (found) {
    found = false;
    for (int model = 0; model < models && !found; ++model) {
      const std::vector<int> before = predecessors(problem, model);
      const bool ready = std::all_of(before.begin(), before.end(), [&placed](int other) {
        return placed[static_cast<std::size_t>(other)] != 0;
      });
      if (placed[static_cast<std::size_t>(model)] == 0 && ready) {
        order.push_back(model);
        placed[static_cast<std::size_t>(model)] = 1;
        found = true;
      }
    }
  }
  return order;
}

std::vector<OrderDepth> order_depths(const schedule::Problem& problem) {
  const std::vector<int> order = dependency_order(problem);
  if (order.size() != problem.scenario.models.size()) {
    throw base::DefectError("models that wait for each other in a circle have come to a search");
  }
  std::vector<OrderDepth> depths(order.size());
  for (const int model : order) {
    OrderDepth& here = depths[static_cast<std::size_t>(model)];
    for (const int other : predecessors(problem, model)) {
      here.before = std::max(here.before, depths[static_cast<std::size_t>(other)].before + 1);
    }
  }
  for (auto model = order.rbegin(); model != order.rend(); ++model) {
    for (const int other : predecessors(problem, *model)) {
      OrderDepth& there = depths[static_cast<std::size_t>(other)];
      there.after = std::max(there.after, depths[static_cast<std::size_t>(*model)].after + 1);
    }
  }
  return depths;
}

}  // namespace inlay::search::windows
