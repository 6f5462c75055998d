#pragma once

#include "inlay/search/answer.hpp"

namespace inlay::search::large {

/// Schedules of large packages, with a lower bound for all first-fit windows and all paths (docs/search.md).
/// Throws base::InfeasibleError if no schedule is found.
Answer solve(const schedule::Problem& problem, const Objective& objective, const Options& options);

/// The option records of `large`.
std::vector<OptionRecord> option_records();

}  // namespace inlay::search::large
