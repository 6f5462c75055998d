#pragma once

#include "inlay/search/pipeline_search.hpp"
#include "inlay/search/type_shares.hpp"

namespace inlay::search {

/// The pipelines of one mini-batch size (index into the cost table's sizes): labels are extended stage by
/// stage along the path trie. The trie's subtrees may run on several threads, inside the caller's arena; the
/// answer does not depend on it. Ends when any one of them has done `evaluations_left` evaluations.
PipelineFront search_size(const PipelineQuestion& question, const Allowance& allowance, int size_index,
                          const StopClock& clock, std::int64_t evaluations_left);

/// [share] No pipeline of this mini-batch size that is of use and takes no more chiplets is below it; empty
/// where none is of use. Takes about as long as the tables that a search needs.
std::vector<Front> size_fronts(const PipelineQuestion& question, const Allowance& allowance,
                               const TypeShares& shares, int size_index);

}  // namespace inlay::search
