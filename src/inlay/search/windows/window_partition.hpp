#pragma once

#include <string>
#include <vector>

#include "inlay/schedule/problem.hpp"

namespace inlay::search::windows {

/// Layers [first, last) of a model.
struct LayerRange {
  int first = 0;
  int last = 0;
  bool empty() const { return first == last; }
  bool operator==(const LayerRange&) const = default;
};

/// Which layers run in which window.
struct WindowPartition {
  std::string name;
  std::vector<std::vector<LayerRange>> windows;  // [window][model]; no window is empty of all models
  int overruns = 0;                              // first-fit: layers that are longer than a span
};

/// Takes out windows in which no model has layers.
void drop_empty_windows(WindowPartition& partition);

/// SCAR's first-fit packing (reference/SCAR.md "Method"): the longest model's expected latency is cut into
/// splits + 1 equal spans; layers are packed in order; one that would cross a boundary goes to the next
/// window; one longer than a span stands alone in the next empty window; the last window takes the rest.
/// Where models wait for others (docs/constraints.md), the longest row of them is the horizon, a model begins
/// in the window after theirs, and the last windows are left to those that wait for it; there are as many
/// more windows as this needs.
WindowPartition first_fit(const schedule::Problem& problem, int splits);

/// The ablation of first-fit: every model's layers in splits + 1 ranges of equally many, but for rounding.
/// Models that wait for each other in a row share the windows evenly.
WindowPartition uniform(const schedule::Problem& problem, int splits);

/// A model after the other in the scenario's order, but after those that it waits for, each cut by first-fit
/// on its own into splits + 1 spans.
WindowPartition one_after_the_other(const schedule::Problem& problem, int splits);

/// The family that `exact` searches: first_fit and one_after_the_other for 0 .. most_splits, each partition
/// once.
std::vector<WindowPartition> window_family(const schedule::Problem& problem, int most_splits);

}  // namespace inlay::search::windows
