// Attention as one node: the scores, their softmax and the weighted sum of the values are layers of their
// own, as where exporters write them apart.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/attention.hpp"
#include "inlay/importers/onnx/lowering.hpp"

namespace inlay::importers::onnx_graph {
namespace {

std::string shape_key(const Dimensions& shape) {
  return fmt::format(", shape: [{}]", fmt::join(shape, ", "));
}

bool is_used(const Lowering& lowering, const Node& node, std::size_t output) {
  const int id = output < node.outputs.size() ? node.outputs[output] : -1;
  return id >= 0 && (lowering.graph().value(id).is_output || !lowering.graph().value(id).users.empty());
}

/// Tensors of one attention, and the sizes that they have.
struct Attention {
  AttentionSizes sizes;
  int query = -1;
  int key = -1;
  int value = -1;
  std::vector<int> masks;  // further activations that the scores depend on

  std::int64_t heads() const { return base::checked_multiply(sizes.batch, sizes.heads); }
  std::int64_t kv_heads() const { return base::checked_multiply(sizes.batch, sizes.kv_heads); }
  std::int64_t tokens() const { return base::checked_add(sizes.kept, sizes.keys); }
};

/// The tensor as `heads` matrices: [rows, heads x columns] for one sample, or [heads, rows, columns].
int as_heads(Lowering& lowering, int tensor, std::int64_t heads, std::int64_t rows, std::int64_t columns) {
  const Dimensions& shape = lowering.tensor_shape(tensor);
  const bool flat =
      shape.size() == 2 && shape[0] == rows && shape[1] == base::checked_multiply(heads, columns);
  return flat ? tensor
              : lowering.reshaped(tensor,
                                  heads == 1 ? Dimensions{rows, columns} : Dimensions{heads, rows, columns});
}

/// The cache's tokens, then the new ones.
int with_cache(Lowering& lowering, const Node& node, const Attention& of, const std::string& part, int past,
               int fresh, std::int64_t width) {
  if (past < 0 || of.sizes.kept == 0) {
    return fresh;
  }
  const auto shape = [&](std::int64_t tokens) { return Dimensions{of.kv_heads(), tokens, width}; };
  return lowering.add_part(
      node, part, node.outputs[0], "concat", ", axis: 1",
      {lowering.reshaped(past, shape(of.sizes.kept)), lowering.reshaped(fresh, shape(of.sizes.keys))},
      shape(of.tokens()));
}

/// Scores, softmax and weighted values; the last layer's tensor holds the node's first output.
void attend(Lowering& lowering, const Node& node, const Attention& of) {
  const auto& [batch, query_heads, shared_heads, rows, kept, keys, width, value_width] = of.sizes;
  const std::int64_t heads = of.heads();
  const std::int64_t kv_heads = of.kv_heads();
  const int output = node.outputs.at(0);
  std::string counts = heads == 1 ? "" : fmt::format(", heads: {}", heads);
  counts += heads == kv_heads ? "" : fmt::format(", kv_heads: {}", kv_heads);
  const auto matrices = [heads](std::int64_t height, std::int64_t columns) {
    return heads == 1 ? Dimensions{height, columns} : Dimensions{heads, height, columns};
  };
  const Dimensions shape = matrices(rows, of.tokens());
  int scores = lowering.add_part(node, ".scores", output, "matrix-product", counts + ", transpose: true",
                                 {as_heads(lowering, of.query, heads, rows, width),
                                  as_heads(lowering, of.key, kv_heads, of.tokens(), width)},
                                 shape);
  if (!of.masks.empty()) {
    std::vector<int> inputs = {scores};
    inputs.insert(inputs.end(), of.masks.begin(), of.masks.end());
    scores = lowering.add_part(node, ".mask", output, "mask", shape_key(shape), inputs, shape);
  }
  const int softmax = lowering.add_part(node, ".softmax", output, "softmax", "", {scores}, shape);
  if (is_used(lowering, node, 3)) {  // ONNX's Attention shows its scores
    lowering.hold(node.outputs[3], softmax);
  }
  const bool merge = batch == 1 && heads > 1;
  lowering.add(
      node, "matrix-product", counts + (merge ? ", merge: true" : ""),
      {softmax, as_heads(lowering, of.value, kv_heads, of.tokens(), value_width)},
      merge ? Dimensions{rows, base::checked_multiply(heads, value_width)} : matrices(rows, value_width));
}

/// What the node reads beside these values, each once: masks, lengths, positions.
std::vector<int> further_activations(const Lowering& lowering, const Node& node, const std::set<int>& known) {
  std::vector<int> tensors;
  for (const int input : node.inputs) {
    if (input >= 0 && known.count(input) == 0 && !lowering.constant(input)) {
      tensors.push_back(lowering.held(input));
    }
  }
  std::sort(tensors.begin(), tensors.end());
  tensors.erase(std::unique(tensors.begin(), tensors.end()), tensors.end());
  return tensors;
}

/// Columns of a tensor of rows that are taken into a tensor of their own.
int columns_of(Lowering& lowering, const Node& node, const std::string& part, int tensor, std::int64_t rows,
               std::int64_t columns) {
  const Dimensions shape = {rows, columns};
  return lowering.add_part(node, part, node.outputs[0], "select", shape_key(shape), {tensor}, shape);
}

/// Turns the query and the keys by the angles of their positions.
void rotate(Lowering& lowering, const Node& node, Attention& of) {
  for (const auto& [part, tensor] :
       {std::pair(".rotated-query", &of.query), std::pair(".rotated-key", &of.key)}) {
    *tensor = lowering.add_part(node, part, node.outputs[0], "rotary-embedding", "", {*tensor},
                                lowering.tensor_shape(*tensor));
  }
}

/// Biases of the three projections, which com.microsoft.MultiHeadAttention adds to its operands.
void add_projection_bias(Lowering& lowering, const Node& node, Attention& of) {
  const int bias = node.op == "MultiHeadAttention" ? Graph::input(node, 3) : -1;
  if (bias < 0 || !lowering.constant(bias)) {
    return;
  }
  for (const auto& [part, tensor] : {std::pair(".query-bias", &of.query), std::pair(".key-bias", &of.key),
                                     std::pair(".value-bias", &of.value)}) {
    const std::int64_t width = tensor == &of.value ? of.sizes.value_width : of.sizes.width;
    const std::int64_t columns = base::checked_multiply(of.sizes.heads, width);
    const std::int64_t rows = count(lowering.tensor_shape(*tensor)) / columns;
    *tensor = lowering.add_part(node, part, node.outputs[0], "scale-features", "",
                                {lowering.reshaped(*tensor, {rows, columns})}, {rows, columns}, bias);
  }
}

/// Query, key and value, wherever they stand.
Attention operands_of(Lowering& lowering, const Node& node) {
  const AttentionInputs inputs = attention_inputs(node);
  Attention of;
  of.sizes = attention_sizes(lowering.graph(), node);
  of.query = lowering.held(lowering.activation(node, 0));
  const std::int64_t rows = base::checked_multiply(of.sizes.batch, of.sizes.rows);
  const std::int64_t keys = base::checked_multiply(of.sizes.batch, of.sizes.keys);
  const std::int64_t queries = base::checked_multiply(of.sizes.heads, of.sizes.width);
  const std::int64_t others = base::checked_multiply(of.sizes.kv_heads, of.sizes.width);
  if (inputs.key < 0) {
    const int all = of.query;
    of.query = columns_of(lowering, node, ".query", all, rows, queries);
    of.key = columns_of(lowering, node, ".key", all, keys, others);
    of.value = columns_of(lowering, node, ".value", all, keys, others);
  } else if (inputs.value < 0) {
    const int both = lowering.held(lowering.activation(node, 1));
    of.key = columns_of(lowering, node, ".key", both, keys, others);
    of.value = columns_of(lowering, node, ".value", both, keys, others);
  } else {
    of.key = lowering.held(lowering.activation(node, 1));
    of.value = lowering.held(lowering.activation(node, 2));
  }
  return of;
}

void attention(Lowering& lowering, const Node& node) {
  const AttentionInputs inputs = attention_inputs(node);
  Attention of = operands_of(lowering, node);
  of.masks = further_activations(
      lowering, node, {inputs.query, inputs.key, inputs.value, inputs.past_key, inputs.past_value});
  add_projection_bias(lowering, node, of);
  if (node.op == "GroupQueryAttention" && integer_or(node, "do_rotary", 0) == 1) {
    rotate(lowering, node, of);
  }
  const auto cache = [&](int past) { return past < 0 || lowering.constant(past) ? -1 : lowering.held(past); };
  of.key = with_cache(lowering, node, of, ".keys", cache(inputs.past_key), of.key, of.sizes.width);
  of.value =
      with_cache(lowering, node, of, ".values", cache(inputs.past_value), of.value, of.sizes.value_width);
  for (const auto& [output, tensor] :
       {std::pair(std::size_t{1}, of.key), std::pair(std::size_t{2}, of.value)}) {
    if (is_used(lowering, node, output)) {
      lowering.hold(node.outputs[output], tensor);
    }
  }
  attend(lowering, node, of);
}

/// The cache holds keys, then values.
void projected_cache(Lowering& lowering, const Node& node, Attention& of) {
  const int past = projected_past(node);
  const auto half = [&](const char* part, int fresh) {
    const Dimensions shape = {of.kv_heads(), of.sizes.kept, of.sizes.width};
    const int taken = lowering.add_part(node, part, node.outputs[0], "select", shape_key(shape),
                                        {lowering.held(past)}, shape);
    return with_cache(lowering, node, of, std::string(part) + "s", taken, fresh, of.sizes.width);
  };
  if (past >= 0 && !lowering.constant(past) && of.sizes.kept > 0) {
    of.key = half(".past-key", of.key);
    of.value = half(".past-value", of.value);
  }
  if (is_used(lowering, node, 1)) {
    const Dimensions one = {of.kv_heads(), of.tokens(), of.sizes.width};
    lowering.hold(node.outputs[1],
                  lowering.add_part(node, ".present", node.outputs[1], "concat", "",
                                    {lowering.reshaped(of.key, one), lowering.reshaped(of.value, one)},
                                    {2 * one[0], one[1], one[2]}));
  }
}

void projected_attention(Lowering& lowering, const Node& node) {
  Attention of;
  of.sizes = projected_attention_sizes(lowering.graph(), node);
  const int x = lowering.activation(node, 0);
  const int weights = lowering.weight(node, 1);
  const std::int64_t rows = base::checked_multiply(of.sizes.batch, of.sizes.rows);
  const std::int64_t columns = base::checked_multiply(of.sizes.heads, of.sizes.width);
  const std::int64_t values = base::checked_multiply(of.sizes.heads, of.sizes.value_width);
  const std::int64_t features = base::checked_add(2 * columns, values);
  const bool bias = Graph::input(node, 2) >= 0;
  lowering.add_part(node, ".qkv", node.outputs.at(0), "gemm",
                    fmt::format(", features: {}{}", features, bias ? "" : ", bias: false"),
                    {lowering.as_shape(x, {rows, lowering.shape(x)[2]})}, {rows, features}, weights);
  const std::vector<int> parts = lowering.split_last_columns({columns, columns, values});
  of.query = parts[0];
  of.key = parts[1];
  of.value = parts[2];
  of.masks = further_activations(lowering, node, {x, projected_past(node)});
  if (integer_or(node, "do_rotary", 0) == 1) {
    rotate(lowering, node, of);
  }
  projected_cache(lowering, node, of);
  attend(lowering, node, of);
}

/// Each token's heads are turned by the angles of its position; tables of sines are not learned.
void rotary(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const std::vector<int> positions = further_activations(lowering, node, {x});
  if (positions.empty()) {
    lowering.add(node, "rotary-embedding", "", {lowering.held(x)}, lowering.held_shape(x));
    return;
  }
  const Dimensions shape = lowering.held_shape(x);
  const int angles = lowering.add_part(node, ".angles", x, "repeat", shape_key(shape), positions, shape);
  lowering.add(node, "rotate", "", {lowering.held(x), angles}, shape);
}

}  // namespace

const Rules& attention_rules() {
  static const Rules kRules = {
      {"Attention", attention},
      {"com.microsoft.MultiHeadAttention", attention},
      {"com.microsoft.GroupQueryAttention", attention},
      {"com.microsoft.Attention", projected_attention},
      {"com.microsoft.QAttention", projected_attention},
      {"RotaryEmbedding", rotary},
      {"com.microsoft.RotaryEmbedding", rotary},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
