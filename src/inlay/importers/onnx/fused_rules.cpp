// Operators that onnxruntime's optimiser makes of several, and thresholds of QONNX.
#include <fmt/format.h>

#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/quantisers.hpp"

namespace inlay::importers::onnx_graph {
namespace {

bool is_used(const Lowering& lowering, const Node& node, std::size_t output) {
  const int id = output < node.outputs.size() ? node.outputs[output] : -1;
  return id >= 0 && (lowering.graph().value(id).is_output || !lowering.graph().value(id).users.empty());
}

/// A learned number for each of the last dimension is added; the tensor behind that.
int add_bias(Lowering& lowering, const Node& node, const std::string& part, int tensor, int bias) {
  if (bias < 0) {
    return tensor;
  }
  const Dimensions shape = lowering.tensor_shape(tensor);
  if (!lowering.constant(bias)) {
    return lowering.add_part(node, part, node.outputs[0], "add", "", {tensor, lowering.held(bias)}, shape);
  }
  return lowering.add_part(node, part, node.outputs[0], "scale-features", "", {tensor}, shape, bias);
}

/// A sum of rows, and their norm.
void add_norm(Lowering& lowering, const Node& node, int sum, bool mean, int gain, int offset) {
  const char* op = mean ? (offset >= 0 ? "layer-norm" : "layer-norm-gain") : "rms-norm";
  lowering.add_layer(node, node.outputs.at(0), op, "", {sum}, lowering.tensor_shape(sum), gain);
}

void skip_norm(Lowering& lowering, const Node& node) {
  const bool mean = node.op == "SkipLayerNormalization";
  const int x = lowering.activation(node, 0);
  const int skip = lowering.input(node, 1);
  const std::int64_t width = lowering.shape(x).back();
  const int rows = lowering.as_rows(x, width);
  const Dimensions shape = lowering.tensor_shape(rows);
  int sum = rows;
  if (lowering.constant(skip)) {
    sum = lowering.add_part(node, ".sum", node.outputs.at(0), "position-embedding",
                            fmt::format(", rows: {}", count(lowering.shape(skip)) / width),
                            {lowering.reshaped(rows, {count(shape) / width, width})},
                            {count(shape) / width, width}, skip);
  } else {
    const bool same = count(lowering.shape(skip)) == count(shape);
    const int other = same ? lowering.as_shape(skip, shape) : lowering.as_rows(skip, width);
    sum = lowering.add_part(node, ".sum", node.outputs.at(0), "add", "", {rows, other}, shape);
  }
  sum = add_bias(lowering, node, ".bias", sum, Graph::input(node, mean ? 4 : 3));
  add_norm(lowering, node, sum, mean, lowering.weight(node, 2), mean ? Graph::input(node, 3) : -1);
  if (is_used(lowering, node, 3)) {
    lowering.hold(node.outputs[3], sum);
  }
}

/// Tokens, their places and their segments, each from a table of its own.
void embedding_norm(Lowering& lowering, const Node& node) {
  const int output = node.outputs.at(0);
  const std::int64_t tokens = count(lowering.shape(lowering.activation(node, 0)));
  const auto look_up = [&](const char* part, int indices, int table) {
    const Dimensions& rows = lowering.shape(table);
    return lowering.add_part(node, part, output, "embedding",
                             fmt::format(", rows: {}, width: {}", rows.at(0), rows.at(1)),
                             {lowering.as_shape(indices, {tokens})}, {tokens, rows.at(1)}, table);
  };
  int sum = look_up(".word", lowering.activation(node, 0), lowering.weight(node, 2));
  const Dimensions shape = lowering.tensor_shape(sum);
  const int positions = Graph::input(node, 8);
  const int places = lowering.weight(node, 3);
  if (positions >= 0 && !lowering.constant(positions)) {
    const int looked_up = look_up(".position", positions, places);
    sum = lowering.add_part(node, ".position-sum", output, "add", "", {sum, looked_up}, shape);
  } else {
    sum = lowering.add_part(node, ".position", output, "position-embedding",
                            fmt::format(", rows: {}", lowering.shape(places).at(0)), {sum}, shape, places);
  }
  const int segments = Graph::input(node, 1);
  if (segments >= 0 && Graph::input(node, 4) >= 0 && !lowering.constant(segments)) {
    const int looked_up = look_up(".segment", segments, lowering.weight(node, 4));
    sum = lowering.add_part(node, ".sum", output, "add", "", {sum, looked_up}, shape);
  }
  add_norm(lowering, node, sum, true, lowering.weight(node, 5), Graph::input(node, 6));
  const int mask = Graph::input(node, 7);
  if (is_used(lowering, node, 1) && mask >= 0 && !lowering.constant(mask)) {
    const std::int64_t batch = lowering.shape(node.outputs[1]).at(0);
    lowering.add_layer(node, node.outputs[1], "reduce", fmt::format(", shape: [{}]", batch),
                       {lowering.held(mask)}, {batch});
  }
  if (is_used(lowering, node, 2)) {
    lowering.hold(node.outputs[2], sum);
  }
}

/// Weights of a few bits, packed into bytes by blocks that share a scale.
void packed_product(Lowering& lowering, const Node& node) {
  const std::int64_t features = integer_or(node, "N", 0);
  const int rows = lowering.as_rows(lowering.activation(node, 0), integer_or(node, "K", 0));
  Dimensions shape = lowering.tensor_shape(rows);
  shape.back() = features;
  const int bias = Graph::input(node, 5);
  lowering.add_layer(node, node.outputs.at(0), "gemm", fmt::format(", features: {}", features), {rows}, shape,
                     lowering.weight(node, 1));
  lowering.set_bias(bias >= 0 && lowering.constant(bias));
  lowering.set_packed_weights(integer_or(node, "bits", 4));
  if (bias >= 0 && !lowering.constant(bias)) {
    lowering.hold(node.outputs[0], add_bias(lowering, node, ".bias", lowering.held(node.outputs[0]), bias));
  }
}

void biased_gelu(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const int bias = Graph::input(node, 1);
  const int rows = bias < 0 ? lowering.held(x) : lowering.as_rows(x, lowering.shape(x).back());
  const int sum = add_bias(lowering, node, ".bias", rows, bias);
  lowering.add(node, "gelu", "", {sum}, lowering.tensor_shape(sum));
}

void round_to_bits(Lowering& lowering, const Node& node) {
  lowering.hold(node.outputs.at(0), lowering.held(lowering.activation(node, 0)));
}

/// Comparisons with learned thresholds, for each channel or for all.
void multi_threshold(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const int thresholds = lowering.weight(node, 1);
  const Dimensions shape = sample_shape(lowering.shape(x));
  lowering.add_layer(node, node.outputs.at(0), "scale-channels", "", {lowering.as_shape(x, shape)}, shape,
                     thresholds);
}

}  // namespace

const Rules& fused_rules() {
  static const Rules kRules = {
      {"com.microsoft.SkipLayerNormalization", skip_norm},
      {"com.microsoft.SkipSimplifiedLayerNormalization", skip_norm},
      {"com.microsoft.EmbedLayerNormalization", embedding_norm},
      {"com.microsoft.MatMulNBits", packed_product},
      {"com.microsoft.BiasGelu", biased_gelu},
      {"com.microsoft.FastGelu", biased_gelu},
      {"qonnx.Quant", round_to_bits},
      {"qonnx.IntQuant", round_to_bits},
      {"qonnx.FloatQuant", round_to_bits},
      {"qonnx.BipolarQuant", round_to_bits},
      {"qonnx.Trunc", round_to_bits},
      {"qonnx.MultiThreshold", multi_threshold},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
