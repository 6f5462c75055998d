#pragma once

#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/layer_cost.hpp"
#include "inlay/hardware/package.hpp"

/// What an analysis means on a chiplet: bytes and joules (docs/engine-data-centric.md, sections 4 and 5).
namespace inlay::cost::data_centric {

/// Elements or bytes of each tensor's tile.
using Tile = std::array<std::int64_t, kTensors>;

/// What the analysis needs to know of a chiplet type for a layer of these widths.
Network network_of(const hardware::ChipletType& type, const workload::Precision& precision);

/// Bytes of L2 that double-buffered tiles need; `partial_sums`: whether it gets any. Outputs are not in L2
/// where the array has an accumulator memory.
std::int64_t l2_need(const Tile& elements, const workload::Precision& precision, bool partial_sums,
                     const hardware::ChipletType& type);

/// Whether tiles of these sizes fit L1, accumulator and L2; where it is unknown, `partial_sums` is false.
bool fits(const Tile& l1_elements, const Tile& l2_elements, const workload::Precision& precision,
          bool partial_sums, const hardware::ChipletType& type);

/// Throws base::InfeasibleError naming need and limit.
void check_capacity(const Analysis& analysis, const workload::Precision& precision,
                    const hardware::ChipletType& type);

/// The cost of a layer whose tiles fit.
LayerCost cost_of(const Analysis& analysis, const workload::Precision& precision,
                  const hardware::ChipletType& type);

}  // namespace inlay::cost::data_centric
