#pragma once

#include <cstdint>
#include <exception>

#include "inlay/base/error.hpp"
#include "inlay/cost/layer_cost.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/model.hpp"

/// What every engine does alike (docs/engines.md).
namespace inlay::cost {

/// Throws base::DefectError for a mini-batch or hardware that no reader lets pass.
void check_request(std::int64_t mini_batch, const hardware::ChipletType& type);

/// An operator without MACs on the vector lanes. Throws base::OverflowError.
LayerCost vector_cost(const workload::VectorShape& shape, std::int64_t mini_batch,
                      const hardware::ChipletType& type);

/// The reason why a layer cannot be mapped, with layer, mini-batch, chiplet type and dataflow before it.
base::InfeasibleError infeasible(const workload::Layer& layer, std::int64_t mini_batch,
                                 const hardware::ChipletType& type, const std::exception& reason);

}  // namespace inlay::cost
