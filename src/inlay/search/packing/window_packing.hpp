#pragma once

#include <limits>
#include <utility>
#include <vector>

#include "inlay/search/pipelines/pipeline.hpp"
#include "inlay/search/pipelines/pipeline_bound.hpp"
#include "inlay/search/stop_clock.hpp"

namespace inlay::search::packing {

/// A way to run one window: latency and energy, and the pipeline of each of its models.
struct WindowPoint {
  double latency = 0.0;  // s, memory bandwidth included where it is shared
  double energy = 0.0;   // J
  std::vector<schedule::Pipeline> pipelines;
  double bytes = 0.0;  // through memory
  /// When it may begin at the latest, s after the schedule's start, so that the models whose last layers run
  /// in it are done within their limits.
  double latest_begin = std::numeric_limits<double>::infinity();
};

/// One model of a window with the pipelines it may use.
struct WindowModel {
  int model = 0;
  std::vector<pipelines::PipelinePoint> points;
  pipelines::PipelineBound bound;  // no pipeline is below it
  ParetoFront lower{CostPoint{}};  // no pipeline is below it
  bool searched = false;           // `points` are all that are promising
  /// [share] No pipeline that takes no more chiplets of each type is below it.
  std::vector<ParetoFront> lower_within = {};
  /// When its pipeline must end at the latest, s after the schedule's start.
  double latest_end = std::numeric_limits<double>::infinity();
};

struct PackedWindow {
  std::vector<WindowPoint>
      points;              // sorted by latency; none if nothing fits or nothing can beat the incumbent
  bool complete = true;    // false: given up, by the clock or because of `too_large`
  bool too_large = false;  // more combinations than are kept in memory
};

/// Places the models' pipelines on disjoint sets of chiplets: dynamic programming over occupied sets, keeping
/// for each set what no other combination beats in latency, energy, bytes and, where models must be done by
/// some time, the latest begin. `context` describes the other windows only.
PackedWindow pack_window(const pipelines::PathTrie& trie, const std::vector<WindowModel>& models,
                         const pipelines::PruningContext& context, const StopClock& clock);

}  // namespace inlay::search::packing
