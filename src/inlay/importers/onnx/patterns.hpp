#pragma once

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// Joins nodes that exporters write apart: biases and batch norms with the product or convolution before
/// them, padding with the window behind it, and activations, normalisations and softmax that are spelt out in
/// arithmetic. Nodes that stand for several have the domain kInlayDomain.
void join_patterns(Graph& graph);

}  // namespace inlay::importers::onnx_graph
