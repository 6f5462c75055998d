// The strategies that prove an optimum over a stated space. Start reading at space_search.hpp.
#pragma once

#include <vector>

#include "inlay/search/exact/space_search.hpp"

namespace inlay::search::exact {

/// First-fit windows, paths of neighbouring chiplets, all cuts and mini-batches; with the option
/// `exact.windows` other cuts into windows, too.
Space space(const schedule::Problem& problem, const Options& options);
Answer solve(const schedule::Problem& problem, const Objective& objective, const Options& options);
std::vector<OptionRecord> option_records();

/// All models at once, each whole on a chiplet of its own.
Space standalone_space(const schedule::Problem& problem, const Options& options);
Answer solve_standalone(const schedule::Problem& problem, const Objective& objective, const Options& options);

/// One model after the other, each pipelined over the whole package.
Space sequential_space(const schedule::Problem& problem, const Options& options);
Answer solve_sequential(const schedule::Problem& problem, const Objective& objective, const Options& options);

}  // namespace inlay::search::exact
