#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// What the equation of an Einsum of one or two operands multiplies: `heads` products of rows x inner by
/// inner x columns. Of one operand, rows are the elements of the result.
struct Contraction {
  std::int64_t heads = 1;
  std::int64_t rows = 1;
  std::int64_t inner = 1;
  std::int64_t columns = 1;
  Dimensions result;
};

/// Works it out from the equation and the operands' shapes. Fails at the node for what is not read: more than
/// two operands, "...", a label twice in one operand, and sums over a label of one operand alone.
Contraction contraction_of(const Graph& graph, const Node& node);

}  // namespace inlay::importers::onnx_graph
