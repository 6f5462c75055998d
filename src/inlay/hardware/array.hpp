#pragma once

#include <cstdint>

/// What distinguishes a systolic or otherwise pipelined array from PEs that all work on their own, and a DMA
/// engine that loads tiles inside a layer (docs/formats-hardware.md, "Arrays").
namespace inlay::hardware {

/// A pipelined array of rows x columns PEs. Cycles are those of the chiplet's clock.
struct Array {
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  /// From the first operand that enters to the last result that leaves, without the operands in between.
  std::int64_t skew = 0;
  /// Steps that are in the array at the same time; 1: each one drains before the next one enters.
  std::int64_t overlap = 1;
  std::int64_t step_cycles = 0;  // least time from one step to the next: what issuing it takes
  /// To shift a new stationary tile in (weights, inputs) or a finished one out (outputs).
  std::int64_t exchange_cycles = 0;
  bool exchange_hidden = true;         // double-buffered: beside the step before
  std::int64_t output_cycles = 0;      // of a PE, for each output that it works on in a step
  bool streamed = true;                // an L1 holds the stationary tensor alone; the others stream through
  bool im2col = false;                 // a convolution runs as the product of its patches and its filters
  std::int64_t accumulator_bytes = 0;  // memory of the outputs, apart from L2; 0: they are in L2
  double accumulator_access = 0.0;     // J of a read or write of one byte of it
  bool operator==(const Array&) const = default;
};

/// Loads and stores of tiles inside a layer by tile commands. Bandwidths are bytes per cycle.
struct Offchip {
  std::int64_t bytes_per_cycle = 1;
  std::int64_t request_bytes = 64;      // largest request
  std::int64_t request_cycles = 0;      // of each request, beside its beats
  std::int64_t convolution_cycles = 0;  // least time between two tile commands of a convolution
  std::int64_t product_cycles = 0;      // and of a product
  std::int64_t cache_bytes = 0;         // between DMA and memory; 0: there is none, and nothing misses
  std::int64_t line_bytes = 64;
  std::int64_t read_miss_cycles = 0;   // of a line that is read and not in the cache
  std::int64_t write_miss_cycles = 0;  // of a line that is written and not in the cache
  bool operator==(const Offchip&) const = default;
};

}  // namespace inlay::hardware
