#pragma once

#include <vector>

#include "inlay/hardware/package.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::windows {

/// Whether a schedule runs one of the partitions, with at most `longest` stages of a pipeline on neighbouring
/// chiplets.
bool lies_in(const schedule::Schedule& schedule, const std::vector<WindowPartition>& partitions, int longest,
             const hardware::Package& package);

}  // namespace inlay::search::windows
