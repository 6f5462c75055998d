#pragma once

#include <cstdint>
#include <vector>

#include "inlay/search/pipelines/pipeline.hpp"
#include "inlay/search/pipelines/type_shares.hpp"
#include "inlay/search/stop_clock.hpp"

namespace inlay::search::pipelines {

/// Dynamic programming over cuts along the trie, for every mini-batch size (docs/search.md). Mini-batch
/// sizes are spread over `threads` threads; the answer does not depend on how many.
PipelineFront search_pipelines(const PipelineQuestion& question, int threads, const StopClock& clock,
                               std::int64_t evaluations_left);

/// [share] A Pareto lower bound on every promising pipeline that takes no more chiplets of each type; empty
/// if there is none. A small part of a search's work.
std::vector<ParetoFront> least_fronts(const PipelineQuestion& question, const TypeShares& shares, int threads,
                                      const StopClock& clock);

}  // namespace inlay::search::pipelines
