#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "inlay/cost/data_centric/loop_nest.hpp"

namespace inlay::cost::data_centric {

enum Tensor : std::uint8_t { kInput, kWeight, kOutput };
inline constexpr std::size_t kTensors = 3;

/// The PEs as a pipelined array (hardware::Array); docs/engine-data-centric.md, section 3.
struct Pipeline {
  std::int64_t skew = 0;             // cycles, once or in every step
  std::int64_t overlap = 1;          // steps in the array at the same time
  std::int64_t step_cycles = 0;      // least time from one step to the next
  std::int64_t exchange_cycles = 0;  // to shift a stationary tile in or out
  bool exchange_hidden = true;
  std::int64_t output_cycles = 0;  // per output of a PE and step
  Tensor stationary = kWeight;
};

/// What the analysis needs to know of a chiplet besides the number of its PEs, which is in the nest.
struct Network {
  std::int64_t bytes_per_cycle = 1;  // from L2 to the PEs, and as much from the PEs to L2
  std::int64_t hops = 1;
  workload::Precision precision = {};  // bits of the words that travel
  std::optional<Pipeline> array = std::nullopt;
};

/// What a step waits for.
enum Cause : std::uint8_t { kComputing, kArriving, kLeaving };
inline constexpr std::size_t kCauses = 3;

/// Elements read from and written to all L1s and the L2, without L2's traffic with the outside.
struct Accesses {
  std::int64_t l1_read = 0;
  std::int64_t l1_write = 0;
  std::int64_t l2_read = 0;
  std::int64_t l2_write = 0;
  bool operator==(const Accesses&) const = default;
};

struct Analysis {
  std::int64_t products = 0;  // multiply-accumulates
  std::array<Accesses, kTensors> accesses;
  std::int64_t partial_sums = 0;  // elements written before they are complete, each of them read back
  std::int64_t cycles = 0;
  std::array<std::int64_t, kCauses>
      cycles_for{};  // whose sum `cycles` is; ties are computing's, then arriving's
  std::array<std::int64_t, kTensors> l1_tile{};  // elements of the largest tile of a PE
  std::array<std::int64_t, kTensors> l2_tile{};  // elements of the largest step of the top level
  bool operator==(const Analysis&) const = default;
};

/// Elements of each tensor that products of these extents use, padding included. Throws base::OverflowError.
std::array<std::int64_t, kTensors> tile_elements(const LoopNest& layer,
                                                 const std::array<std::int64_t, kDimensions>& extent);
/// Extents of a PE's largest tile, and of what all units of the top level work on in its largest step.
struct TileExtents {
  std::array<std::int64_t, kDimensions> pe;
  std::array<std::int64_t, kDimensions> top_step;
};
TileExtents tile_extents(const LoopNest& nest);

/// Counts what docs/engine-data-centric.md defines, in time that depends on the number of kinds of steps and
/// not on the number of steps. Throws base::OverflowError.
Analysis analyse(const LoopNest& nest, const Network& network);

}  // namespace inlay::cost::data_centric
