#pragma once

#include <string>
#include <vector>

#include "inlay/search/search.hpp"
#include "inlay/search/window_partition.hpp"

namespace inlay::search {

/// A set of schedules: every way to run one of the window partitions with each model's layers of a window in
/// contiguous segments on a path of neighbouring chiplets, any mini-batch size, disjoint chiplets per window.
struct Space {
  std::string name;
  std::vector<WindowPartition> partitions;
  int longest = 1;  // most stages of a pipeline
};

/// The best schedule of a space with its certificate; proven unless the stop rule ends the search first.
/// Throws base::InfeasibleError naming the limit if the space has no schedule.
Answer search_space(const schedule::Problem& problem, const Objective& objective, const Space& space,
                    const Options& options);

}  // namespace inlay::search
