#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// An operand of an Einsum: one label for each dimension that counts. Labels that it has with a size of 1
/// where others have more are left out, as it is repeated along them.
struct EinsumOperand {
  std::string labels;     // each once
  std::string summed;     // of these, the ones that nothing else has, over which it is summed up first
  bool diagonal = false;  // a label stands twice in it: of these dimensions it is the diagonal
};

/// What the equation of an Einsum says. Dimensions of "..." have labels of their own.
struct EinsumEquation {
  std::vector<EinsumOperand> operands;
  std::string result;
  std::map<char, std::int64_t> sizes;

  /// Product of the sizes of these labels. Throws base::OverflowError.
  std::int64_t extent(const std::string& labels) const;
  Dimensions shape(const std::string& labels) const;
};

/// Fails at the node for an equation that does not fit its operands.
EinsumEquation einsum_equation(const Graph& graph, const Node& node);

/// `heads` products of rows x inner by inner x columns.
struct Contraction {
  std::int64_t heads = 1;
  std::int64_t rows = 1;
  std::int64_t inner = 1;
  std::int64_t columns = 1;
  std::string labels;  // of the result: those of heads, rows and columns
};

/// What two operands with these labels multiply where the labels `needed` stay: labels of both are heads, or
/// inner ones if nothing needs them.
Contraction contraction_of(const EinsumEquation& equation, const std::string& left, const std::string& right,
                           const std::string& needed);

}  // namespace inlay::importers::onnx_graph
