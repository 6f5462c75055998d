#pragma once

#include <optional>
#include <vector>

#include "inlay/search/answer.hpp"
#include "inlay/search/packing/window_packing.hpp"

namespace inlay::search::scar {

/// Adds ways to run a window to those known; what another beats in latency, energy and the latest begin is
/// dropped. Sorted by latency; of equals the one known first stays, so the order of additions decides ties
/// and nothing else.
void merge_front(std::vector<packing::WindowPoint>& front, std::vector<packing::WindowPoint> more);

/// The best sum of one way for each window.
struct BestTotal {
  schedule::Schedule schedule;
  double latency = 0.0;  // s
  double energy = 0.0;   // J, static energy included
};
/// No front may be empty. Nothing if no sum begins every window in time.
std::optional<BestTotal> best_total(const std::vector<std::vector<packing::WindowPoint>>& fronts,
                                    const Objective& objective, double static_power);

}  // namespace inlay::search::scar
