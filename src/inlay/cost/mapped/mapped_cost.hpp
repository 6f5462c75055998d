#pragma once

#include <optional>

#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/data_centric/offchip.hpp"
#include "inlay/cost/layer_cost.hpp"
#include "inlay/cost/mapped/fixed_mapping.hpp"
#include "inlay/cost/systolic/tile_commands.hpp"

namespace inlay::cost::mapped {

struct MappedCost {
  LayerCost cost;
  data_centric::Analysis analysis;     // between L2 and the PEs
  data_centric::MemoryTraffic memory;  // by the loops of the memory level
  /// On a chiplet type with an array and `offchip`: `cost.cycles` are then those of the tile commands, and
  /// the array walks a tile in its own order.
  std::optional<systolic::CommandCosts> commands;
};

/// Costs a mapping as it is written. Throws base::InfeasibleError as check_mapping does, and where a tile
/// exceeds its buffer; base::OverflowError.
MappedCost mapped_cost(const FixedMapping& mapping, const hardware::ChipletType& type);

}  // namespace inlay::cost::mapped
