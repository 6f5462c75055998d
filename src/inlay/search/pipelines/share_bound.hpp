#pragma once

#include <vector>

#include "inlay/search/pipelines/completion_bound.hpp"
#include "inlay/search/pipelines/type_shares.hpp"

namespace inlay::search::pipelines {

/// [share] What whole pipelines on at most so many chiplets of each type cost at least: adjacency is dropped
/// and every chiplet of a type stands as near to the memory as the nearest of them, and as pins and bans like
/// best.
std::vector<Completion> share_bounds(const StageGrid& grid, const schedule::Problem& problem,
                                     const PathTrie& trie, const TypeShares& shares,
                                     const SupportingLines& lines);

/// The models of a window beside each other on disjoint chiplets: for every share, the least that all of them
/// cost when together they take no more. `models` holds [model][share] what one of them costs at least.
std::vector<ParetoFront> side_by_side_within(const TypeShares& shares,
                                             const std::vector<const std::vector<ParetoFront>*>& models);

}  // namespace inlay::search::pipelines
