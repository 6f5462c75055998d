#pragma once

#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::pipelines {

/// Layers of a range at which a stage may begin or end, both ends included.
std::vector<int> all_cuts(const windows::LayerRange& range);

/// At most about `most` cuts, evenly over the least compute time of the layers; 0: all.
std::vector<int> even_cuts(const schedule::Problem& problem, int model, const windows::LayerRange& range,
                           int most);

/// Adds the places inside `range` at which a schedule begins a stage of the model.
void add_cuts_of(const schedule::Schedule& schedule, int model, const windows::LayerRange& range,
                 std::vector<int>& cuts);

/// Adds the places inside `range` at which pins of the model begin or end: stages may have to.
void add_cuts_of_pins(const schedule::Problem& problem, int model, const windows::LayerRange& range,
                      std::vector<int>& cuts);

}  // namespace inlay::search::pipelines
