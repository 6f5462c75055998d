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

/// How much of the combinations of pipelines is looked at.
struct PackingLimits {
  /// Most pipelines-on-a-path per model and most combinations kept after each model; what seems best stays,
  /// evenly over the number of chiplets taken. 0: all, and then nothing that could be better is lost.
  std::size_t beam = 0;
};

struct PackedWindow {
  std::vector<WindowPoint> points;  // sorted by latency
  bool complete = true;  // false: the clock or memory ran out; the points are valid, others may be missing
};

/// Places the models' pipelines on disjoint sets of chiplets: dynamic programming over occupied sets, keeping
/// for each set what no other combination beats in latency, energy and bytes. `surroundings` speaks of the
/// other windows only. No points if nothing fits or nothing can beat the incumbent.
PackedWindow pack_window(const PathTrie& trie, const std::vector<PackedModel>& models,
                         const Surroundings& surroundings, const PackingLimits& limits,
                         const StopClock& clock);

}  // namespace inlay::search
