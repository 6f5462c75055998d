#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// The elements start, start + step, ... of an axis, `count` of them.
struct AxisSlice {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
};

/// What a Slice node of any opset takes of each axis of its input of that shape; none if its operands are not
/// known. Fails at the node: a step of 0, axes that do not exist, lists of different lengths.
std::optional<std::vector<AxisSlice>> slice_of(const Graph& graph, const Node& node, const Dimensions& shape);

}  // namespace inlay::importers::onnx_graph
