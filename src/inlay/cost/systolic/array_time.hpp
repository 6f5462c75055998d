#pragma once

#include <cstdint>

#include "inlay/cost/systolic/tiled_layer.hpp"
#include "inlay/hardware/array.hpp"

namespace inlay::cost::systolic {

/// What a weight-stationary array does with one tile. It walks, outermost first, over output channels in
/// blocks of its columns, taps, input channels in blocks of its rows, samples, rows of the output, and
/// columns in chunks of at most as many pixels as it has rows; a chunk is one compute command.
struct ArrayWork {
  std::int64_t weight_blocks = 0;     // weight tiles that are loaded into the array
  std::int64_t compute_commands = 0;  // chunks
  std::int64_t operand_rows = 0;      // cycles in which a row of operands enters: no array is faster
  double cycles = 0.0;                // with the least time of a command and of a change of weights
};

/// A compute command takes as many cycles as it has pixels, never less than a step's least cycles, and on
/// average over a sweep at least skew / overlap, because only so many commands are in the array. The weights
/// of the next block go in meanwhile, one row a cycle. Throws base::OverflowError.
ArrayWork array_work(const Extents& tile, const hardware::Array& array);

}  // namespace inlay::cost::systolic
