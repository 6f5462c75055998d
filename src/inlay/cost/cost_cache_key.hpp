#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "inlay/cost/engine.hpp"

/// What a layer's cost depends on and what it is, as texts that are equal only if their contents are.
namespace inlay::cost {

/// Engine, version, tuning objective and all figures of the chiplet type, its dataflow included. Names and
/// sources of types and dataflows are not part of it: no cost depends on them.
std::string context_key(const CostEngine& engine, const hardware::ChipletType& type);
/// A layer's shape, bit widths, what is fused to it, and mini-batch.
std::string layer_key(const workload::Shape& shape, const workload::Precision& precision,
                      std::int64_t fused_operations, std::int64_t mini_batch);

/// Every bit of a cost, and its inverse; none for a text that is not whole.
std::string text_of(const LayerCost& cost);
std::optional<LayerCost> cost_of_text(const std::string& text);

}  // namespace inlay::cost
