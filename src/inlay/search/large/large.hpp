#pragma once

#include "inlay/search/search.hpp"

namespace inlay::search {

/// Schedules of large packages, with a lower bound for all first-fit windows and all paths (docs/search.md).
/// Throws base::InfeasibleError if no schedule is found.
Answer large(const schedule::Problem& problem, const Objective& objective, const Options& options);

/// The option records of `large`.
std::vector<OptionRecord> large_records();

}  // namespace inlay::search
