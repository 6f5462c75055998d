// Operators that move elements and compute nothing. Views (reshape, transpose, ...) cost nothing: the readers
// find their elements in another order, as tiles are loaded anyway.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/partition.hpp"

namespace inlay::importers::onnx_graph {
namespace {

std::string shape_key(const Dimensions& shape) {
  return fmt::format(", shape: [{}]", fmt::join(shape, ", "));
}

/// A scale or zero point that is computed while the model runs is an operand like any other.
void quantise(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Dimensions shape = sample_shape(lowering.shape(x));
  std::vector<int> inputs = {lowering.as_shape(x, shape)};
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    const int id = node.inputs[i];
    if (id < 0 || lowering.constant(id)) {
      continue;
    }
    Dimensions along(lowering.shape(x).size(), 1);
    if (const std::int64_t numbers = count(lowering.shape(id)); numbers > 1) {
      along.at(axis_of(lowering.graph(), node, integer_or(node, "axis", 1), along.size())) = numbers;
    }
    inputs.push_back(lowering.as_shape(id, sample_shape(along)));
  }
  lowering.add(node, "combine", "", inputs, shape);
}

void view(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  if (node.outputs.empty() || node.outputs[0] < 0) {
    lowering.refuse(node, "it has no output");
  }
  lowering.hold(node.outputs[0], lowering.held(x));
}

void view_or_quantise(Lowering& lowering, const Node& node) {
  (lowering.activations_from(node, 1).empty() ? view : quantise)(lowering, node);
}

std::vector<int> activations(const Lowering& lowering, const Node& node) {
  std::vector<int> inputs;
  for (const int input : node.inputs) {
    if (input >= 0 && !lowering.constant(input)) {
      inputs.push_back(lowering.held(input));
    }
  }
  return inputs;
}

/// One layer for each output that is used, of an operator whose output shape stands in the model.
void stated(Lowering& lowering, const Node& node, const char* op) {
  for (const int output : node.outputs) {
    if (output < 0 ||
        (lowering.graph().value(output).users.empty() && !lowering.graph().value(output).is_output)) {
      continue;
    }
    const Dimensions shape = sample_shape(lowering.shape(output));
    lowering.add_layer(node, output, op, shape_key(shape), activations(lowering, node), shape);
  }
}

/// A part of a tensor, unless a product has already made its result in parts.
void select(Lowering& lowering, const Node& node) {
  if (!node.outputs.empty() && node.outputs[0] >= 0 && lowering.is_held(node.outputs[0])) {
    return;
  }
  const bool whole = node.outputs.size() == 1 && node.outputs[0] >= 0 &&
                     lowering.shape(node.outputs[0]) == lowering.shape(node.inputs.at(0));
  if (whole && node.op == "Slice") {
    view(lowering, node);
    return;
  }
  const bool repeats = std::any_of(node.outputs.begin(), node.outputs.end(), [&](int output) {
    return output >= 0 && count(lowering.shape(output)) > count(lowering.shape(node.inputs.at(0)));
  });
  stated(lowering, node, repeats ? "repeat" : "select");
}

void embed(Lowering& lowering, const Node& node, int table, int indices) {
  const Dimensions& rows = lowering.shape(table);
  const std::int64_t tokens = count(lowering.shape(indices));
  const int input = lowering.as_shape(indices, {tokens});
  const std::int64_t width = count(rows) / rows[0];
  lowering.add_layer(node, node.outputs.at(0), "embedding",
                     fmt::format(", rows: {}, width: {}", rows[0], width), {input}, {tokens, width}, table);
}

/// Whether all that is read of a value, through views, are second operands of products: they may share it.
bool only_second_operand(const Graph& graph, int value, int depth = 0) {
  constexpr int kDeepest = 16;
  const Value& of = graph.value(value);
  return depth < kDeepest && !of.is_output && !of.users.empty() &&
         std::all_of(of.users.begin(), of.users.end(), [&](int id) {
           const Node& user = graph.node(id);
           if (user.op == "MatMul") {
             return user.inputs[1] == value && user.inputs[0] != value;
           }
           return is_view(user) && user.op != "QuantizeLinear" &&
                  only_second_operand(graph, user.outputs[0], depth + 1);
         });
}

/// Whether a Gather repeats each matrix of heads as often as the others, for the second operand of products
/// alone: heads of keys and values that others share are held once.
bool repeats_matrices(const Lowering& lowering, const Node& node, int data, int indices) {
  const Graph& graph = lowering.graph();
  const Dimensions& shape = lowering.shape(data);
  const std::size_t axis = axis_of(graph, node, integer_or(node, "axis", 0), shape.size());
  const std::optional<Constant>& content = graph.value(indices).content;
  if (axis + 2 >= shape.size() || !content || content->real || shape[axis] < 1 ||
      static_cast<std::int64_t>(content->size()) <= shape[axis] ||
      content->size() % static_cast<std::size_t>(shape[axis]) != 0) {
    return false;
  }
  const std::int64_t times = static_cast<std::int64_t>(content->size()) / shape[axis];
  for (std::size_t i = 0; i < content->size(); ++i) {
    if (content->integers[i] != static_cast<std::int64_t>(i) / times) {
      return false;
    }
  }
  return !node.outputs.empty() && node.outputs[0] >= 0 && only_second_operand(graph, node.outputs[0]);
}

/// Rows of a table of weights are an embedding; elements of an activation at places known before are a part
/// of it.
void gather(Lowering& lowering, const Node& node) {
  const int data = lowering.input(node, 0);
  const int indices = lowering.input(node, 1);
  const bool rows =
      !lowering.shape(data).empty() &&
      axis_of(lowering.graph(), node, integer_or(node, "axis", 0), lowering.shape(data).size()) == 0;
  if (lowering.constant(data) && !lowering.constant(indices) && rows) {
    embed(lowering, node, data, indices);
  } else if (!lowering.constant(data) && repeats_matrices(lowering, node, data, indices)) {
    view(lowering, node);
  } else {
    select(lowering, node);
  }
}

/// Learned tokens before or behind those of a sample (the class token of a vision transformer).
bool learned_tokens(Lowering& lowering, const Node& node, std::size_t axis) {
  const Dimensions& out = lowering.shape(node.outputs[0]);
  int x = -1;
  int learned = -1;
  for (const int id : node.inputs) {
    if (id >= 0) {
      (lowering.constant(id) ? learned : x) = id;
    }
  }
  if (node.inputs.size() != 2 || x < 0 || learned < 0 || out.size() < 2 || axis + 2 != out.size()) {
    return false;
  }
  const int origin = lowering.graph().value(learned).origin;
  const std::int64_t width = out.back();
  const std::int64_t rows = count(out) / width;
  const bool stored = origin >= 0 && lowering.graph().value(origin).maker < 0 &&
                      count(lowering.shape(origin)) == count(lowering.shape(learned));
  if (!stored || rows != out[axis]) {  // of a batch each sample would have its own
    return false;
  }
  lowering.add_layer(node, node.outputs[0], "learned-tokens",
                     fmt::format(", rows: {}", lowering.shape(learned)[axis]),
                     {lowering.as_shape(x, {lowering.shape(x)[axis], width})}, {rows, width}, learned);
  return true;
}

/// Joined along an axis; constants among the parts are what the join has more than its activations.
void concat(Lowering& lowering, const Node& node) {
  const Dimensions& out = lowering.shape(node.outputs.at(0));
  const std::size_t axis = axis_of(lowering.graph(), node, integer_or(node, "axis", 0), out.size());
  const bool constants = std::any_of(node.inputs.begin(), node.inputs.end(),
                                     [&](int id) { return id >= 0 && lowering.constant(id); });
  if (constants) {
    if (!learned_tokens(lowering, node, axis)) {
      stated(lowering, node, "pad");
    }
    return;
  }
  if (node.inputs.size() == 1) {
    view(lowering, node);
    return;
  }
  const bool drop = axis > 0 && out[0] == 1;
  const auto shape_of = [drop](const Dimensions& shape) {
    return drop ? Dimensions(shape.begin() + 1, shape.end()) : shape;
  };
  std::vector<int> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const int x = lowering.activation(node, i);
    inputs.push_back(lowering.as_shape(x, shape_of(lowering.shape(x))));
  }
  const std::size_t at = axis - (drop ? 1 : 0);
  lowering.add(node, "concat", at == 0 ? "" : fmt::format(", axis: {}", at), inputs, shape_of(out));
}

/// x, scale, zero point, repeated; behind the output's own scale and zero point.
void quantised_concat(Lowering& lowering, const Node& node) {
  Node plain = node;
  plain.inputs.clear();
  for (std::size_t i = 2; i < node.inputs.size(); i += 3) {
    plain.inputs.push_back(node.inputs[i]);
  }
  concat(lowering, plain);
}

/// Heads of keys and values that are repeated for the heads of a group (grouped-query attention) are held
/// once.
void expand(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const int output = node.outputs.at(0);
  const bool same = count(lowering.shape(x)) == count(lowering.shape(output));
  if (same || only_second_operand(lowering.graph(), output)) {
    view(lowering, node);
  } else {
    stated(lowering, node, "pad");
  }
}

void pad(Lowering& lowering, const Node& node) {
  stated(lowering, node, "pad");
}
void top_k(Lowering& lowering, const Node& node) {
  stated(lowering, node, "top-k");
}
void suppress(Lowering& lowering, const Node& node) {
  stated(lowering, node, "non-max-suppression");
}
void scatter(Lowering& lowering, const Node& node) {
  stated(lowering, node, "pad");
}

}  // namespace

const Rules& movement_rules() {
  static const Rules kRules = {
      {"Identity", view},
      {"Dropout", view},
      {"Reshape", view},
      {"Flatten", view},
      {"Squeeze", view},
      {"Unsqueeze", view},
      {"Transpose", view},
      {"Cast", view},
      {"CastLike", view},
      {"QuantizeLinear", view_or_quantise},
      {"DequantizeLinear", view_or_quantise},
      {"DepthToSpace", view},
      {"SpaceToDepth", view},
      {"Split", select},
      {"Slice", select},
      {"Gather", gather},
      {"GatherElements", select},
      {"GatherND", select},
      {"Compress", select},
      {"Concat", concat},
      {"Expand", expand},
      {"Tile", pad},
      {"Pad", pad},
      {"TopK", top_k},
      {"ScatterND", scatter},
      {"ScatterElements", scatter},
      {"OneHot", pad},
      {"NonMaxSuppression", suppress},
      {"com.microsoft.QLinearConcat", quantised_concat},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
