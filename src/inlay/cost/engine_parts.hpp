#pragma once

#include <cstdint>
#include <exception>
#include <map>
#include <variant>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/layer_cost.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/model.hpp"
#include "inlay/workload/transposed.hpp"

/// What every engine does alike (docs/engines.md).
namespace inlay::cost {

/// Throws base::DefectError for a mini-batch or hardware that no reader lets pass.
void check_request(std::int64_t mini_batch, const hardware::ChipletType& type);

/// An operator without MACs on the vector lanes: it reads its operands from L2 and writes its result there,
/// each with the whole bandwidth of the NoC, while the lanes work. Throws base::OverflowError.
LayerCost vector_cost(const workload::VectorShape& shape, const workload::Precision& precision,
                      std::int64_t mini_batch, const hardware::ChipletType& type);

/// Adds the operations of layers that are fused to this one: the lanes work while the layer is computed, on
/// elements that are on their way to L2 anyway. Throws base::OverflowError.
void add_fused(const workload::Layer& layer, std::int64_t mini_batch, const hardware::ChipletType& type,
               LayerCost& cost);

/// The cost of two parts of a layer, one after the other. Throws base::OverflowError.
LayerCost one_after_the_other(const LayerCost& first, const LayerCost& second);

/// The reason why a layer cannot be mapped, with layer, mini-batch, chiplet type and dataflow before it.
base::InfeasibleError infeasible(const workload::Layer& layer, std::int64_t mini_batch,
                                 const hardware::ChipletType& type, const std::exception& reason);

/// Answers for operators without MACs, leaves the others to `mac_cost(shape, samples)`: a transposed
/// convolution as its plain parts one after the other, several images of a sample as so many samples. Names
/// the layer in every refusal.
template <typename MacCost>
LayerCost evaluate_layer(const workload::Layer& layer, std::int64_t mini_batch,
                         const hardware::ChipletType& type, const MacCost& mac_cost) {
  check_request(mini_batch, type);
  try {
    if (const auto* vector = std::get_if<workload::VectorShape>(&layer.shape)) {
      return vector_cost(*vector, layer.precision, mini_batch, type);
    }
    LayerCost cost;
    if (const auto* convolution = std::get_if<workload::ConvolutionShape>(&layer.shape)) {
      const std::int64_t samples = base::checked_multiply(mini_batch, convolution->images);
      std::map<workload::ConvolutionShape, LayerCost> known;  // most phases are alike
      for (workload::ConvolutionShape plain : workload::phases(*convolution)) {
        plain.images = 1;
        auto found = known.find(plain);
        if (found == known.end()) {
          found = known.emplace(plain, mac_cost(workload::Shape(plain), samples)).first;
        }
        cost =
            workload::is_transposed(*convolution) ? one_after_the_other(cost, found->second) : found->second;
      }
    } else {
      cost = mac_cost(layer.shape, mini_batch);
    }
    add_fused(layer, mini_batch, type, cost);
    return cost;
  } catch (const base::InfeasibleError& error) {
    throw infeasible(layer, mini_batch, type, error);
  } catch (const base::OverflowError& error) {
    throw infeasible(layer, mini_batch, type, error);
  }
}

}  // namespace inlay::cost
