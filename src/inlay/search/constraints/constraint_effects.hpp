#pragma once

#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::constraints {

// What the constraints of a problem (docs/constraints.md) leave to choose from.

/// Of a chiplet on which no layer of any model may run.
inline constexpr int kNoStage = -1;

/// [chiplet] A number: chiplets of the same number are the same to all pins and bans.
std::vector<int> chiplet_kinds(const schedule::Problem& problem);

/// Whether pins or bans tell chiplets apart.
bool chiplets_differ(const schedule::Problem& problem);

/// Mini-batch sizes that a model may have, as indices into the cost table's, ascending.
std::vector<int> allowed_sizes(const schedule::Problem& problem, int model);

/// Chiplets on which some layer of the range may run.
int chiplets_for(const schedule::Problem& problem, int model, const windows::LayerRange& range);

/// Whether the models begin after those that they wait for.
bool keeps_order(const schedule::Problem& problem, const windows::WindowPartition& partition);

/// When the layers of a range must be done, in s after the schedule's start: the model's limit where the
/// range is its last one, tolerance included; else infinite.
double latest_end_of(const schedule::Problem& problem, int model, const windows::LayerRange& range);

}  // namespace inlay::search::constraints
