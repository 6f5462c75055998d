#pragma once

#include <vector>

#include "inlay/importers/onnx/shape_rules.hpp"

namespace inlay::importers::onnx_graph {

using ShapeRule = std::vector<OutputType> (*)(const Graph& graph, const Node& node);

/// A shape rule of our own for an operator that libonnx 1.12 does not know, or only in an older form.
struct OwnRule {
  const char* domain;
  const char* op;
  std::int64_t since;  // opset from which the rule is needed
  ShapeRule rule;
};

constexpr const char* kMicrosoft = "com.microsoft";

/// The value that the node reads as its input of that number. Fails at the node if it is left out.
const Value& input_value(const Graph& graph, const Node& node, std::size_t index);

/// Rules by file; a new table is one line in own_shapes.cpp.
const std::vector<OwnRule>& window_shape_rules();     // window_shapes.cpp
const std::vector<OwnRule>& attention_shape_rules();  // attention_sizes.cpp
const std::vector<OwnRule>& fused_shape_rules();      // fused_shapes.cpp

}  // namespace inlay::importers::onnx_graph
