#include "inlay/workload/scenario.hpp"

#include <algorithm>

namespace inlay::workload {
namespace {

/// Whether a model is in a circle or waits for one that is: taking out whatever waits for nothing that is
/// left ends there (A. B. Kahn, Topological sorting of large networks, 1962).
std::vector<bool> never_ready(const Scenario& scenario) {
  const std::size_t count = scenario.models.size();
  std::vector<std::size_t> missing(count);
  std::vector<std::vector<int>> waiting(count);  // [model] those that depend on it
  std::vector<int> ready;
  for (std::size_t i = 0; i < count; ++i) {
    missing[i] = scenario.models[i].depends_on.size();
    if (missing[i] == 0) {
      ready.push_back(static_cast<int>(i));
    }
    for (const int needed : scenario.models[i].depends_on) {
      waiting[static_cast<std::size_t>(needed)].push_back(static_cast<int>(i));
    }
  }
  std::vector<bool> stuck(count, true);
  while (!ready.empty()) {
    const auto model = static_cast<std::size_t>(ready.back());
    ready.pop_back();
    stuck[model] = false;
    for (const int other : waiting[model]) {
      if (--missing[static_cast<std::size_t>(other)] == 0) {
        ready.push_back(other);
      }
    }
  }
  return stuck;
}

}  // namespace

double samples_of(const Scenario& scenario) {
  double samples = 0.0;
  for (const ScenarioModel& entry : scenario.models) {
    samples += static_cast<double>(entry.batch);
  }
  return samples;
}

std::vector<int> dependency_cycle(const Scenario& scenario) {
  const std::vector<bool> stuck = never_ready(scenario);
  const auto is_stuck = [&stuck](int model) { return stuck[static_cast<std::size_t>(model)]; };
  const auto first = std::find(stuck.begin(), stuck.end(), true);
  if (first == stuck.end()) {
    return {};
  }
  // What is stuck waits for something that is stuck: whoever follows that comes round.
  std::vector<int> path;
  std::vector<bool> seen(stuck.size(), false);
  auto model = static_cast<int>(first - stuck.begin());
  while (!seen[static_cast<std::size_t>(model)]) {
    seen[static_cast<std::size_t>(model)] = true;
    path.push_back(model);
    const std::vector<int>& needed = scenario.models[static_cast<std::size_t>(model)].depends_on;
    model = *std::find_if(needed.begin(), needed.end(), is_stuck);
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), model));
  return path;
}

}  // namespace inlay::workload
