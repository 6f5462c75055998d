#pragma once

#include <string>

#include "inlay/schedule/problem.hpp"

namespace inlay::evaluate {

/// Lower bounds that hold for every valid schedule of a problem, whatever its windows, stages and
/// mini-batches: compute at the best chiplet type, and the bytes that must pass the memory in any case.
struct RootBounds {
  double latency = 0.0;  // s
  /// "compute" or "memory transfers" (the larger part), "of model 'x'" or "on all chiplets"; or
  /// "memory bandwidth".
  std::string latency_binds;
  double energy = 0.0;       // J, static energy included
  std::string energy_binds;  // the largest part: "layers", "memory traffic" or "static power"
};

RootBounds root_bounds(const schedule::Problem& problem);

}  // namespace inlay::evaluate
