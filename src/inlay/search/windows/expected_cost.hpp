#pragma once

#include "inlay/schedule/problem.hpp"

namespace inlay::search::windows {

/// What a layer's whole batch is expected to cost: the mean over the chiplets that can run it, so that each
/// type counts by its share (SCAR, "expected latency").
struct ExpectedCost {
  double latency = 0.0;  // s of compute
  double energy = 0.0;   // J inside the layer
  ExpectedCost& operator+=(const ExpectedCost& other);
};

/// Of the whole batch at once, or of the largest mini-batches that some chiplet can run.
ExpectedCost expected_cost(const schedule::Problem& problem, std::size_t model, int layer);

}  // namespace inlay::search::windows
