#pragma once

#include <cstdint>
#include <vector>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// Some columns of a product's result, and the value that they are.
struct Part {
  int value;
  std::int64_t columns;
};

/// The values into which all readers of a product's result, through reshapes and transposes, cut it along its
/// last dimension (q, k and v), in the nodes' order; empty if they do anything else.
std::vector<Part> column_parts(const Graph& graph, int value, std::int64_t features);

/// Whether the node changes no element: a reshape, transpose, change of type or the like.
bool is_view(const Node& node);

}  // namespace inlay::importers::onnx_graph
