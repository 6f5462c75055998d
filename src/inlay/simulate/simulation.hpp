// The event simulation: runs an activity graph on resources that flows share.
#pragma once

#include <functional>
#include <vector>

#include "inlay/simulate/activities.hpp"

namespace inlay::simulate {

/// Whether flows of different activities share resources, or every transfer has them for itself.
enum class Sharing { kFair, kAlone };

struct Span {
  double begin = 0.0;  // s
  double end = 0.0;
};

struct SimulationResult {
  double end = 0.0;               // s, of the last activity
  std::vector<Span> spans;        // [activity]
  std::vector<double> carried;    // [resource] bytes
  std::vector<int> cycle;         // activities that wait for each other; empty if all were done
  std::int64_t rate_changes = 0;  // how often the resources were shared out anew
};

/// Runs all activities. Deterministic: events of one instant are taken in the order in which activities were
/// added. `capacities`: [resource] B/s. An activity that never begins is reported in `cycle`.
SimulationResult simulate(const ActivityGraph& graph, const std::vector<double>& capacities, Sharing sharing);

}  // namespace inlay::simulate
