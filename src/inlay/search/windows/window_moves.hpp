#pragma once

#include <vector>

#include "inlay/schedule/schedule.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::windows {

/// Which layers a schedule runs in which window.
WindowPartition partition_of(const schedule::Problem& problem, const schedule::Schedule& schedule);

/// The partitions next to this one: one model's boundary between two windows moved by `step` layers either
/// way (as far as the windows allow), two neighbouring windows joined, one window cut in the middle of every
/// model's layers, a model's layers of a window moved to the next one or the one before. None twice.
std::vector<WindowPartition> neighbours_of(const WindowPartition& partition, int step);

}  // namespace inlay::search::windows
