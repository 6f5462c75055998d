// Shapes of operators that onnxruntime's optimiser makes of several, and of quantisers of QONNX.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/own_shape_rules.hpp"
#include "inlay/importers/onnx/quantisers.hpp"

namespace inlay::importers::onnx_graph {
namespace {

using Shapes = std::vector<OutputType>;

void swap_last(const Graph& graph, const Node& node, Dimensions& shape) {
  if (shape.size() < 2) {
    fail(graph, node, "an operand that is transposed must be a matrix");
  }
  std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
}

/// numpy.matmul, either operand transposed along its last two dimensions.
Shapes fused_product(const Graph& graph, const Node& node) {
  Dimensions left = *input_value(graph, node, 0).shape;
  Dimensions right = *input_value(graph, node, 1).shape;
  if (integer_or(node, "transBatchA", 0) != 0 || integer_or(node, "transBatchB", 0) != 0) {
    fail(graph, node, "transBatchA and transBatchB are not supported");
  }
  if (integer_or(node, "transA", 0) == 1) {
    swap_last(graph, node, left);
  }
  if (integer_or(node, "transB", 0) == 1) {
    swap_last(graph, node, right);
  }
  if (left.size() < 2 || right.size() < 2 || left.back() != right[right.size() - 2]) {
    fail(graph, node, "its operands are no matrices whose inner sizes are equal");
  }
  Dimensions shape = broadcast(graph, node, Dimensions(left.begin(), left.end() - 2),
                               Dimensions(right.begin(), right.end() - 2));
  shape.insert(shape.end(), {left[left.size() - 2], right.back()});
  return {{input_value(graph, node, 0).type, shape}};
}

/// Rows of the first input by K x N weights, of which the attributes tell the sizes: they are packed.
Shapes packed_product(const Graph& graph, const Node& node) {
  Dimensions shape = *input_value(graph, node, 0).shape;
  const std::int64_t columns = integer_or(node, "K", 0);
  const std::int64_t features = integer_or(node, "N", 0);
  const std::int64_t bits = integer_or(node, "bits", 4);
  if (shape.empty() || shape.back() != columns || features < 1 || bits < 1 || bits > 64) {
    fail(graph, node, fmt::format("rows of K = {}, N and bits are expected", columns));
  }
  shape.back() = features;
  return {{input_value(graph, node, 0).type, shape}};
}

/// Whole numbers by whole numbers, scaled to reals.
Shapes scaled_product(const Graph& graph, const Node& node) {
  Shapes shapes = fused_product(graph, node);
  shapes[0].type = kFloat;
  return shapes;
}

Shapes quantised_gemm(const Graph& graph, const Node& node) {
  Dimensions a = *input_value(graph, node, 0).shape;
  Dimensions b = *input_value(graph, node, 3).shape;
  if (a.size() != 2 || b.size() != 2) {
    fail(graph, node, "matrices are expected");
  }
  const bool quantised = Graph::input(node, 8) >= 0;
  return {{quantised ? input_value(graph, node, 8).type : static_cast<int>(kFloat),
           Dimensions{a[integer_or(node, "transA", 0) == 0 ? 0 : 1],
                      b[integer_or(node, "transB", 0) == 0 ? 1 : 0]}}};
}

/// The norm, its mean and deviation for each row, and the sum that it is of.
Shapes skip_norm(const Graph& graph, const Node& node) {
  const Value& x = input_value(graph, node, 0);
  if (x.shape->empty()) {
    fail(graph, node, "rows are expected");
  }
  Dimensions rows = *x.shape;
  rows.back() = 1;
  Shapes shapes = {{x.type, *x.shape}, {kFloat, rows}, {kFloat, rows}, {x.type, *x.shape}};
  shapes.resize(std::min(shapes.size(), node.outputs.size()));
  return shapes;
}

/// The norm, the length of each sample, and the sum that the norm is of.
Shapes embedding_norm(const Graph& graph, const Node& node) {
  const Dimensions& tokens = *input_value(graph, node, 0).shape;
  const Value& table = input_value(graph, node, 2);
  if (tokens.size() != 2 || table.shape->size() != 2) {
    fail(graph, node, "tokens [batch, tokens] and a table [rows, width] are expected");
  }
  const Dimensions sum = {tokens[0], tokens[1], table.shape->back()};
  Shapes shapes = {{table.type, sum}, {kInt32, Dimensions{tokens[0]}}, {table.type, sum}};
  shapes.resize(std::min(shapes.size(), node.outputs.size()));
  return shapes;
}

Shapes quantised(const Graph& graph, const Node& node) {
  const Value& x = input_value(graph, node, 0);
  return {{x.type, *x.shape, quantiser_bits(graph, node)}};
}

Shapes as_first(const Graph& graph, const Node& node) {
  return {{input_value(graph, node, 0).type, *input_value(graph, node, 0).shape}};
}

/// The number behind the letters of QONNX's data types: INT4, UINT8, FLOAT16.
std::int64_t bits_in_name(const std::string& type) {
  if (type == "BIPOLAR" || type == "BINARY") {
    return 1;
  }
  if (type == "TERNARY") {
    return 2;
  }
  const std::size_t digits = type.find_first_of("0123456789");
  std::int64_t bits = 0;
  if (digits != std::string::npos) {
    std::from_chars(type.data() + digits, type.data() + type.size(), bits);
  }
  return bits;
}

/// The first number of the node's input; 0 if it is not known.
double number_of(const Graph& graph, const Node& node, std::size_t index) {
  const int id = Graph::input(node, index);
  const bool known = id >= 0 && graph.value(id).content && graph.value(id).content->size() > 0;
  return known ? graph.value(id).content->number(0) : 0;
}

}  // namespace

bool is_quantiser(const Node& node) {
  return node.domain == kQonnxDomain && node.op != "MultiThreshold";
}

std::int64_t quantiser_bits(const Graph& graph, const Node& node) {
  double bits = 0;
  if (node.op == "BipolarQuant") {
    bits = 1;
  } else if (node.op == "MultiThreshold") {
    const Dimensions& thresholds = *input_value(graph, node, 1).shape;
    const double levels = thresholds.empty() ? 2.0 : static_cast<double>(thresholds.back()) + 1.0;
    const std::int64_t stated = bits_in_name(text_or(node, "out_dtype", ""));
    bits = stated > 0 ? static_cast<double>(stated) : std::log2(levels);
  } else if (node.op == "FloatQuant") {
    bits = 1 + number_of(graph, node, 2) + number_of(graph, node, 3);
  } else {
    bits = number_of(graph, node, node.op == "Trunc" ? 4 : 3);
  }
  if (!(bits > 0 && bits <= 64)) {
    fail(graph, node, "its bit width is not known before it runs, or not one of 1 to 64");
  }
  return static_cast<std::int64_t>(std::ceil(bits));
}

const std::vector<OwnRule>& fused_shape_rules() {
  static const std::vector<OwnRule> kRules = {
      {kMicrosoft, "FusedMatMul", 0, fused_product},
      {kMicrosoft, "TransposeMatMul", 0, fused_product},
      {kMicrosoft, "FusedGemm", 0, fused_product},
      {kMicrosoft, "MatMulIntegerToFloat", 0, scaled_product},
      {kMicrosoft, "DynamicQuantizeMatMul", 0, scaled_product},
      {kMicrosoft, "MatMulNBits", 0, packed_product},
      {kMicrosoft, "QGemm", 0, quantised_gemm},
      {kMicrosoft, "SkipLayerNormalization", 0, skip_norm},
      {kMicrosoft, "SkipSimplifiedLayerNormalization", 0, skip_norm},
      {kMicrosoft, "EmbedLayerNormalization", 0, embedding_norm},
      {kMicrosoft, "RotaryEmbedding", 0, as_first},
      {"", "RotaryEmbedding", 0, as_first},
      {kQonnxDomain, "Quant", 0, quantised},
      {kQonnxDomain, "IntQuant", 0, quantised},
      {kQonnxDomain, "FloatQuant", 0, quantised},
      {kQonnxDomain, "BipolarQuant", 0, quantised},
      {kQonnxDomain, "Trunc", 0, quantised},
      {kQonnxDomain, "MultiThreshold", 0, quantised},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
