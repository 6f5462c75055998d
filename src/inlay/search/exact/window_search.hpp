#pragma once

#include "inlay/search/exact/space_search.hpp"

namespace inlay::search::exact {

/// The best schedule of `family` and of all ways to cut the models into two windows between their blocks
/// (cut_tree.hpp): proven unless the stop rule ends the search first. Throws as search_space().
Answer search_block_windows(const schedule::Problem& problem, const Objective& objective, const Space& family,
                            const Options& options);

/// From the best schedule of `family` on, moves the boundaries of its windows, model by model and down to
/// single layers, merges and splits windows, as long as that makes the schedule better. The lower bound is
/// that of all schedules. Throws as search_space().
Answer search_free_windows(const schedule::Problem& problem, const Objective& objective, const Space& family,
                           const Options& options);

}  // namespace inlay::search::exact
