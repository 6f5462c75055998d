#pragma once

#include "inlay/search/pipelines/pipeline.hpp"
#include "inlay/search/pipelines/type_shares.hpp"
#include "inlay/search/stop_clock.hpp"

namespace inlay::search::pipelines {

/// The pipelines of one mini-batch size (index into the cost table's sizes): labels are extended stage by
/// stage along the path trie. The trie's subtrees may run on several threads, inside the caller's arena; the
/// answer does not depend on it. Ends when any one of them has done `evaluations_left` evaluations.
PipelineFront search_minibatch(const PipelineQuestion& question, const PruningThreshold& threshold,
                               int size_index, const StopClock& clock, std::int64_t evaluations_left);

/// [share] A Pareto lower bound on every promising pipeline of this mini-batch size that takes no more
/// chiplets of each type; empty if there is none. Takes about as long as the tables that a search needs.
std::vector<ParetoFront> minibatch_fronts(const PipelineQuestion& question, const PruningThreshold& threshold,
                                          const TypeShares& shares, int size_index);

}  // namespace inlay::search::pipelines
