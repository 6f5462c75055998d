#pragma once

#include <array>
#include <cstdint>

#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/layer_cost.hpp"
#include "inlay/hardware/package.hpp"

/// Off-chip traffic inside a layer, an option of a chiplet type (docs/engine-data-centric.md, section 9).
namespace inlay::cost::data_centric {

/// Bytes between memory and chip.
struct MemoryTraffic {
  std::array<std::int64_t, kTensors> read{};  // of outputs: partial sums that come back
  std::int64_t written = 0;                   // outputs and partial sums
  std::int64_t tiles = 1;                     // that the chip is given one after the other
  std::int64_t total() const;                 // throws base::OverflowError
};

/// Of a nest of the loops outside the chip alone: seen from the memory the chip is one PE that holds a tile.
MemoryTraffic memory_traffic(const LoopNest& outside, const workload::Precision& precision);

/// Each tensor once: directives have no level outside L2.
LoopNest without_loops(const LoopNest& nest);

/// A layer takes at least as long as its DMA engine and the host's commands for its tiles. Throws
/// base::OverflowError.
void charge_offchip(const MemoryTraffic& traffic, std::int64_t command_cycles,
                    const hardware::Offchip& offchip, LayerCost& cost);

}  // namespace inlay::cost::data_centric
