#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlay/search/answer.hpp"
#include "inlay/search/sharding/plan_options.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::exact {

/// A set of schedules: every way to run one of the window partitions with each model's layers of a window in
/// contiguous segments on a path of neighbouring submeshes, any mini-batch size, disjoint chiplets per
/// window. A stage on several chiplets has the shardings of its plan.
struct Space {
  std::string name;
  std::vector<windows::WindowPartition> partitions;
  int longest = 1;                                   // most stages of a pipeline
  bool rates_bind = true;                            // in steady state, where energy is sought
  std::optional<sharding::PlanGoal> plan_goal = {};  // if it is not that of the objective searched for
};

/// Without the partitions in which a model does not wait for another (docs/constraints.md): they hold nothing
/// that is allowed. Throws base::InfeasibleError if none is left.
Space in_order(const schedule::Problem& problem, Space space);

/// The best schedule of a space with its certificate; proven unless the stop rule ends the search first.
/// Throws base::InfeasibleError naming the limit if the space has no schedule.
Answer search_space(const schedule::Problem& problem, const Objective& objective, const Space& space,
                    const Options& options);

}  // namespace inlay::search::exact
