#pragma once

#include <cstdint>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// The domain that operators of QONNX, Brevitas and FINN get when they are read, whatever the file calls it.
constexpr const char* kQonnxDomain = "qonnx";

/// Whether the node only rounds its input to fewer bits: Quant, IntQuant, BipolarQuant, FloatQuant, Trunc.
bool is_quantiser(const Node& node);

/// Bits of an element behind an operator of QONNX (github.com/fastmachinelearning/qonnx,
/// docs/qonnx-custom-ops), rounded up. Fails at the node if they are not known, or not 1 to 64.
std::int64_t quantiser_bits(const Graph& graph, const Node& node);

}  // namespace inlay::importers::onnx_graph
