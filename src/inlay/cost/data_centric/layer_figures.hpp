#pragma once

#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/layer_cost.hpp"
#include "inlay/hardware/package.hpp"

/// What an analysis means on a chiplet: bytes and joules (docs/engine-data-centric.md, sections 4 and 5).
namespace inlay::cost::data_centric {

/// Elements or bytes of each tensor's tile.
using Tile = std::array<std::int64_t, kTensors>;

/// Bytes of L1 and L2 that double-buffered tiles need; `partial_sums`: whether L2 gets any.
std::int64_t l1_need(const Tile& elements, const workload::Precision& precision);
std::int64_t l2_need(const Tile& elements, const workload::Precision& precision, bool partial_sums);

/// Throws base::InfeasibleError naming need and limit.
void check_capacity(const Analysis& analysis, const workload::Precision& precision,
                    const hardware::ChipletType& type);

/// The cost of a layer whose tiles fit.
LayerCost cost_of(const Analysis& analysis, const workload::Precision& precision,
                  const hardware::ChipletType& type);

}  // namespace inlay::cost::data_centric
