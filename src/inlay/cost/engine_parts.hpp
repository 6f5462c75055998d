#pragma once

#include <cstdint>
#include <exception>
#include <variant>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/layer_cost.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/model.hpp"

/// What every engine does alike (docs/engines.md).
namespace inlay::cost {

/// Throws base::DefectError for a mini-batch or hardware that no reader lets pass.
void check_request(std::int64_t mini_batch, const hardware::ChipletType& type);

/// An operator without MACs on the vector lanes. Throws base::OverflowError.
LayerCost vector_cost(const workload::VectorShape& shape, const workload::Precision& precision,
                      std::int64_t mini_batch, const hardware::ChipletType& type);

/// The reason why a layer cannot be mapped, with layer, mini-batch, chiplet type and dataflow before it.
base::InfeasibleError infeasible(const workload::Layer& layer, std::int64_t mini_batch,
                                 const hardware::ChipletType& type, const std::exception& reason);

/// Answers for operators without MACs, leaves the others to `mac_cost`, and names the layer in every refusal.
template <typename MacCost>
LayerCost evaluate_layer(const workload::Layer& layer, std::int64_t mini_batch,
                         const hardware::ChipletType& type, const MacCost& mac_cost) {
  check_request(mini_batch, type);
  try {
    if (const auto* vector = std::get_if<workload::VectorShape>(&layer.shape)) {
      return vector_cost(*vector, layer.precision, mini_batch, type);
    }
    return mac_cost();
  } catch (const base::InfeasibleError& error) {
    throw infeasible(layer, mini_batch, type, error);
  } catch (const base::OverflowError& error) {
    throw infeasible(layer, mini_batch, type, error);
  }
}

}  // namespace inlay::cost
