#pragma once

#include <vector>

#include "inlay/search/packing/window_packing.hpp"
#include "inlay/search/scar/segmentation.hpp"

namespace inlay::search::scar {

/// Every walk of one candidate over neighbouring chiplets, told apart by the places (type, hops to memory)
/// along it: depth-first along the trie, adding up stage by stage.
void add_walks(const pipelines::PathTrie& trie, const Candidate& candidate,
               std::vector<pipelines::PipelinePoint>& points);

/// Drops walks that another along the same places beats in latency, energy and bytes.
void thin_walks(std::vector<pipelines::PipelinePoint>& points);

/// All leaves of SCAR's scheduling trees for one window: each model in turn walks over chiplets that no
/// earlier one has taken, from every start. Branches that occupy the same chiplets are merged where one beats
/// the other, which loses nothing: what follows looks at free chiplets only. `walks`: of each model.
/// `first_window`: none comes before it.
packing::PackedWindow place_window(const schedule::Problem& problem, const pipelines::PathTrie& trie,
                                   const std::vector<ModelPart>& parts,
                                   const std::vector<const std::vector<pipelines::PipelinePoint>*>& walks,
                                   bool first_window, const StopClock& clock);

}  // namespace inlay::search::scar
