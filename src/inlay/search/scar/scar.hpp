#pragma once

#include "inlay/search/answer.hpp"

namespace inlay::search::scar {

/// SCAR's pipeline (arXiv 2405.00790): windows by packing expected latencies, chiplets given to models,
/// segmentations scored for each model and the best of them combined, scheduling trees over neighbouring
/// chiplets; docs/search.md says what is done where the paper is silent. The certificate is the root bound's,
/// for all schedules. Throws base::InfeasibleError naming the window that has no schedule.
Answer solve(const schedule::Problem& problem, const Objective& objective, const Options& options);

/// The same pipeline for packages of one chiplet type, as Simba's baseline. Of a package of several types
/// only the chiplets of one are used, whichever type is best.
Answer solve_simba(const schedule::Problem& problem, const Objective& objective, const Options& options);

}  // namespace inlay::search::scar
