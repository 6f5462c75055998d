#pragma once

#include <algorithm>
#include <limits>

#include "inlay/search/search.hpp"

namespace inlay::search {

/// Lower bounds of all that a pipeline's surroundings cost, and the value to beat: decides whether a pipeline
/// with at least some latency, energy and memory bytes can still be part of a better schedule.
struct Surroundings {
  Objective objective = Objective::kEdp;
  double incumbent = 0.0;         // objective value of the best schedule so far
  double static_power = 0.0;      // W
  double seconds_per_byte = 0.0;  // of the whole memory; 0 where windows do not share it
  double window_latency = 0.0;    // of the window's other pipelines, s
  double window_energy = 0.0;     // J
  double window_bytes = 0.0;
  double rest_latency = 0.0;                                       // of the other windows, s
  double rest_energy = 0.0;                                        // J
  double latency_limit = std::numeric_limits<double>::infinity();  // of the schedule, s

  bool hopeless(double latency, double energy, double bytes) const {
    const double window = std::max({latency, window_latency, (bytes + window_bytes) * seconds_per_byte});
    const double total = rest_latency + window;
    const double joules = rest_energy + window_energy + energy + static_power * total;
    if (total > latency_limit) {
      return true;
    }
    switch (objective) {
      case Objective::kEnergy:
        return joules >= incumbent;
      case Objective::kEdp:
        return total * joules >= incumbent;
      case Objective::kFormula:
        return objective_bound(objective, total, joules) >= incumbent;
      case Objective::kLatency:
      case Objective::kThroughput:
        break;
    }
    return total >= incumbent;
  }
};

}  // namespace inlay::search
