#pragma once

#include "inlay/search/exact/cut_tree.hpp"

namespace inlay::search::exact {

struct CutBoundsRequest {
  const schedule::Problem& problem;
  const Objective& objective;
  double incumbent = 0.0;  // of the objective: only what is below it matters
  int longest = 1;         // most stages of a pipeline
  int threads = 1;
};

/// Bounds of every model for every cut before one of its blocks. Cuts with which no schedule is better than
/// the incumbent are left out.
CutBounds cut_bounds(const CutBoundsRequest& request, const StopClock& clock);

}  // namespace inlay::search::exact
