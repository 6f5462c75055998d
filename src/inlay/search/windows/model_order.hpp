#pragma once

#include <vector>

#include "inlay/schedule/problem.hpp"

namespace inlay::search::windows {

/// The models such that each stands after those that it waits for; of those that may be next, the scenario's
/// first. Models that wait for each other in a circle are left out.
std::vector<int> dependency_order(const schedule::Problem& problem);

/// Where a model stands among those that wait for each other.
struct OrderDepth {
  int before = 0;  // models in the longest row that must end before it begins
  int after = 0;   // models in the longest row that can only begin after it
};

/// [model] Throws base::DefectError for a circle.
std::vector<OrderDepth> order_depths(const schedule::Problem& problem);

/// The models that a model waits for, each once.
std::vector<int> predecessors(const schedule::Problem& problem, int model);

}  // namespace inlay::search::windows
