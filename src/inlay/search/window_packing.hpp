#pragma once

#include <utility>
#include <vector>

#include "inlay/search/pipeline_search.hpp"

namespace inlay::search {

/// A way to run one window: latency and energy, and the pipeline of each of its models.
struct WindowPoint {
  double latency = 0.0;  // s, memory bandwidth included where it is shared
  double energy = 0.0;   // J
  std::vector<schedule::Pipeline> pipelines;
};

/// One model of a window with the pipelines it may use.
struct PackedModel {
  int model = 0;
  std::vector<PipelinePoint> points;
  PipelineBound bound;  // no pipeline is below it
};

/// Places the models' pipelines on disjoint sets of chiplets: dynamic programming over occupied sets, keeping
/// for each set what no other combination beats in latency, energy and bytes. `surroundings` speaks of the
/// other windows only. The result is sorted by latency; empty if nothing fits or nothing can beat the
/// incumbent.
std::vector<WindowPoint> pack_window(const PathTrie& trie, const std::vector<PackedModel>& models,
                                     const Surroundings& surroundings);

}  // namespace inlay::search
