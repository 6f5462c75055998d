#pragma once

#include <cstdint>

#include "inlay/cost/systolic/array_time.hpp"
#include "inlay/cost/systolic/cache_reuse.hpp"
#include "inlay/cost/systolic/tile_classes.hpp"
#include "inlay/hardware/array.hpp"

/// What a layer takes that a host runs as tile commands: each one loads a tile of inputs and of weights, runs
/// it through the array and stores finished outputs (docs/engine-tile-commands.md).
namespace inlay::cost::systolic {

/// Cycles of the parts of all tile commands, as if nothing overlapped, and counts.
struct CommandCosts {
  std::int64_t cycles = 0;        // of the layer
  std::int64_t operand_rows = 0;  // no array of this size is faster
  std::int64_t tile_commands = 0;
  std::int64_t compute_commands = 0;
  double array_cycles = 0.0;
  double load_cycles = 0.0;
  double store_cycles = 0.0;
  double command_cycles = 0.0;
  double requests = 0.0;      // of the DMA engine
  double missed_lines = 0.0;  // read or written, not in the cache
  std::int64_t read_bytes = 0;
  std::int64_t written_bytes = 0;
};

/// Throws base::OverflowError.
CommandCosts command_costs(const TiledLayer& layer, const hardware::Array& array,
                           const hardware::Offchip& offchip);

}  // namespace inlay::cost::systolic
