#pragma once

#include "inlay/schedule/problem.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::pipelines {

/// Lower bounds on one model's share of a window over all mini-batch sizes, from layers alone: fast.
struct PipelineBound {
  double latency = 0.0;  // s
  double energy = 0.0;   // J
  double bytes = 0.0;
};
PipelineBound pipeline_bound(const schedule::Problem& problem, int model, const windows::LayerRange& range);
/// The same for one mini-batch size (index into the cost table's sizes).
PipelineBound pipeline_bound(const schedule::Problem& problem, int model, const windows::LayerRange& range,
                             int size_index);

/// What moving the bytes takes that a window must read and write for a model, however it is cut into stages
/// and wherever these stand.
struct CompulsoryMoves {
  double load = 0.0;    // s, of the weights once
  double sample = 0.0;  // s, of a mini-batch's inputs and results
  double bytes = 0.0;   // of all mini-batches
  double energy = 0.0;  // J, likewise
};
CompulsoryMoves compulsory_moves(const schedule::Problem& problem, int model,
                                 const windows::LayerRange& range, int size_index);

}  // namespace inlay::search::pipelines
