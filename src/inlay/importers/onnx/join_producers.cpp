// Biases, batch norms and padding: parts of the product, convolution or window next to them.
#include <algorithm>
#include <set>

#include "inlay/importers/onnx/learned.hpp"
#include "inlay/importers/onnx/pattern_passes.hpp"
#include "inlay/importers/onnx/shape_rules.hpp"

namespace inlay::importers::onnx_graph {
namespace {

void set_flag(Node& node, const std::string& name) {
  Attribute flag;
  flag.kind = Attribute::Kind::kInteger;
  flag.integer = 1;
  node.attributes[name] = flag;
}

bool has_flag(const Node& node, const std::string& name) {
  return integer_or(node, name, 0) == 1;
}

/// The learned numbers of `next` are part of the layer that `node` becomes.
void take_learned(Graph& graph, Node& node, const Node& next) {
  for (const int constant : learned_operands(graph, next, true)) {
    node.joined.push_back(constant);
  }
  node.joined.insert(node.joined.end(), next.joined.begin(), next.joined.end());
}

/// `node` makes what `next`, its only reader, made.
void swallow(Graph& graph, Node& node, Node& next) {
  node.outputs[0] = next.outputs[0];
  next.removed = true;
  graph.value(node.outputs[0]).maker = index_of(graph, node);
}

bool is_convolution(const Node& node) {
  return node.op == "Conv" || node.op == "ConvTranspose" || node.op == "ConvInteger";
}
bool is_product(const Node& node) {
  return node.op == "MatMul" || node.op == "Gemm" || node.op == "MatMulInteger";
}

/// Their third input is a zero point, not a bias.
bool is_of_integers(const Node& node) {
  return node.op == "MatMulInteger" || node.op == "ConvInteger";
}

/// Constants for each channel of [batch, channels, ...]: [C, 1, 1], [1, C, 1, 1].
bool for_each_channel(const Graph& graph, int constant, int value) {
  const Dimensions& numbers = graph.shape(constant);
  const Dimensions& shape = graph.shape(value);
  if (shape.size() < 3 || count(numbers) != shape[1]) {
    return false;
  }
  const std::size_t behind = shape.size() - 2;
  return numbers.size() > behind && numbers[numbers.size() - 1 - behind] == shape[1];
}

bool for_each_feature(const Graph& graph, int constant, int value) {
  const Dimensions& numbers = graph.shape(constant);
  const Dimensions& shape = graph.shape(value);
  return !numbers.empty() && !shape.empty() && numbers.back() == shape.back() &&
         count(numbers) == shape.back();
}

/// The convolution or product, as yet without anything joined to it, whose result only `next` reads.
Node* producer(Graph& graph, int value) {
  const Value& of = graph.value(value);
  if (of.maker < 0 || of.users.size() != 1 || of.is_output) {
    return nullptr;
  }
  Node& node = graph.node(of.maker);
  const bool weights = node.inputs.size() > 1 && node.inputs[1] >= 0 &&
                       (graph.value(node.inputs[1]).constant || graph.value(node.inputs[0]).constant);
  return node.domain.empty() && weights && !node.removed ? &node : nullptr;
}

}  // namespace

/// What a product of whole numbers is multiplied by to be one of real ones, behind a cast: part of it, as in
/// QLinearMatMul and QLinearConv.
void join_scales(Graph& graph) {
  const Pattern pattern(graph);
  for (Node& times : graph.nodes) {
    if (times.op != "Mul" || !times.domain.empty() || times.removed) {
      continue;
    }
    const int x = pattern.other_than_constant(times);
    const int cast_maker = x < 0 ? -1 : graph.value(x).maker;
    if (cast_maker < 0 || graph.node(cast_maker).op != "Cast" ||
        Graph::input(graph.node(cast_maker), 0) < 0 || pattern.only_user(x) == nullptr) {
      continue;
    }
    Node& cast = graph.node(cast_maker);
    Node* node = producer(graph, cast.inputs[0]);
    const int constant = pattern.constant_operand(times);
    if (node != nullptr && is_of_integers(*node) && graph.shape(x) == graph.shape(times.outputs[0]) &&
        (count(graph.shape(constant)) == 1 || for_each_feature(graph, constant, x) ||
         for_each_channel(graph, constant, x))) {
      cast.removed = true;
      swallow(graph, *node, times);
    }
  }
}

void join_biases(Graph& graph) {
  const Pattern pattern(graph);
  for (Node& next : graph.nodes) {
    if (next.op != "Add" || !next.domain.empty() || next.removed) {
      continue;
    }
    const int x = pattern.other_than_constant(next);
    const int constant = pattern.constant_operand(next);
    Node* node = x < 0 || graph.shape(x) != graph.shape(next.outputs[0]) ? nullptr : producer(graph, x);
    if (node == nullptr || has_flag(*node, "inlay_bias") ||
        (Graph::input(*node, 2) >= 0 && !is_of_integers(*node))) {
      continue;
    }
    const bool fits = is_convolution(*node) ? for_each_channel(graph, constant, x)
                                            : is_product(*node) && for_each_feature(graph, constant, x) &&
                                                  graph.value(node->inputs[1]).constant &&
                                                  graph.shape(node->inputs[1]).size() <= 2;
    if (fits) {
      set_flag(*node, "inlay_bias");
      take_learned(graph, *node, next);
      swallow(graph, *node, next);
    }
  }
}

namespace {

/// A multiplication by a constant for each channel, then an addition of one: what a batch norm is at
/// inference.
Node* spelt_batch_norm(Graph& graph, const Pattern& pattern, Node& times) {
  if (times.op != "Mul" || !times.domain.empty()) {
    return nullptr;
  }
  const int x = pattern.other_than_constant(times);
  const Node* add = pattern.only_user(times.outputs[0]);
  if (x < 0 || add == nullptr || add->op != "Add" ||
      !for_each_channel(graph, pattern.constant_operand(times), x)) {
    return nullptr;
  }
  const int offset = pattern.constant_operand(*add);
  return offset >= 0 && for_each_channel(graph, offset, x) ? &graph.node(index_of(graph, *add)) : nullptr;
}

/// Gain and offset of the product's result, which folding makes one with its weights.
bool fold(Graph& graph, int x, Node& last) {
  Node* node = producer(graph, x);
  if (node == nullptr || !is_convolution(*node) || has_flag(*node, "inlay_batch_norm")) {
    return false;
  }
  set_flag(*node, "inlay_batch_norm");
  take_learned(graph, *node, last);
  swallow(graph, *node, last);
  return true;
}

}  // namespace

void join_batch_norms(Graph& graph) {
  const Pattern pattern(graph);
  for (Node& node : graph.nodes) {
    if (node.removed || node.inputs.empty()) {
      continue;
    }
    if (node.op == "BatchNormalization" && node.domain.empty()) {
      // Gain and offset behind a batch norm that has its own (Caffe's Scale): one multiply-add remains.
      Node* times = node.outputs.empty() || pattern.only_user(node.outputs[0]) == nullptr
                        ? nullptr
                        : &graph.node(index_of(graph, *pattern.only_user(node.outputs[0])));
      Node* add = times == nullptr ? nullptr : spelt_batch_norm(graph, pattern, *times);
      if (add != nullptr) {
        node.inputs.resize(std::max<std::size_t>(node.inputs.size(), 3), -1);
        node.inputs[1] = pattern.constant_operand(*times);
        node.inputs[2] = pattern.constant_operand(*add);
        times->removed = true;
        swallow(graph, node, *add);
      }
      fold(graph, node.inputs[0], node);
    } else if (Node* add = spelt_batch_norm(graph, pattern, node)) {
      const int x = pattern.other_than_constant(node);
      const Node* maker = graph.value(x).maker < 0 ? nullptr : &graph.node(graph.value(x).maker);
      if (fold(graph, x, *add)) {
        take_learned(graph, graph.node(index_of(graph, *maker)), node);
        node.removed = true;
      }
    }
  }
}

void join_padding(Graph& graph) {
  static const std::set<std::string> kWindows = {"Conv", "ConvInteger", "AveragePool", "MaxPool"};
  const Pattern pattern(graph);
  for (Node& pad : graph.nodes) {
    if (pad.op != "Pad" || !pad.domain.empty() || text_or(pad, "mode", "constant") != "constant" ||
        Graph::input(pad, 0) < 0) {
      continue;
    }
    const Node* user = pattern.only_user(pad.outputs[0]);
    if (user == nullptr || kWindows.count(user->op) == 0 || user->inputs[0] != pad.outputs[0] ||
        (text_or(*user, "auto_pad", "NOTSET") != "NOTSET" &&
         text_or(*user, "auto_pad", "NOTSET") != "VALID")) {
      continue;
    }
    const std::size_t rank = graph.shape(pad.inputs[0]).size();
    const Dimensions pads = padding_of(graph, pad, rank).value_or(Dimensions{});
    const bool fits = rank >= 3 && pads.size() == 2 * rank && pads[0] == 0 && pads[1] == 0 &&
                      pads[rank] == 0 && pads[rank + 1] == 0 &&
                      std::all_of(pads.begin(), pads.end(), [](std::int64_t size) { return size >= 0; });
    if (!fits) {
      continue;
    }
    Node& window = graph.node(index_of(graph, *user));
    std::vector<std::int64_t> all = integers_or(window, "pads", std::vector<std::int64_t>(2 * (rank - 2), 0));
    for (std::size_t axis = 0; axis + 2 < rank; ++axis) {
      all[axis] += pads[axis + 2];
      all[axis + rank - 2] += pads[axis + rank + 2];
    }
    Attribute attribute;
    attribute.kind = Attribute::Kind::kIntegers;
    attribute.integers = all;
    window.attributes["pads"] = attribute;
    window.attributes.erase("auto_pad");
    window.inputs[0] = pad.inputs[0];
    pad.removed = true;
  }
}

}  // namespace inlay::importers::onnx_graph
