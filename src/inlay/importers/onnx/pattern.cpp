#include <algorithm>
#include <cmath>
#include <string_view>

#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/pattern_passes.hpp"

namespace inlay::importers::onnx_graph {

int Pattern::uncast(int value) const {
  constexpr int kMostCasts = 16;
  for (int casts = 0; casts < kMostCasts && value >= 0 && graph_.value(value).maker >= 0; ++casts) {
    const Node& maker = graph_.node(graph_.value(value).maker);
    if ((maker.op != "Cast" && maker.op != "Identity") || maker.inputs.empty()) {
      break;
    }
    value = maker.inputs[0];
  }
  return value;
}

const Node* Pattern::made_by(int value, std::initializer_list<const char*> ops) const {
  const int from = uncast(value);
  if (from < 0 || graph_.value(from).maker < 0) {
    return nullptr;
  }
  const Node& maker = graph_.node(graph_.value(from).maker);
  const bool found = maker.domain.empty() && !maker.removed && !maker.inputs.empty() &&
                     maker.inputs[0] >= 0 &&
                     std::any_of(ops.begin(), ops.end(), [&](std::string_view op) { return maker.op == op; });
  return found ? &maker : nullptr;
}

int Pattern::constant_operand(const Node& node) const {
  if (node.inputs.size() != 2 || node.inputs[0] < 0 || node.inputs[1] < 0) {
    return -1;
  }
  const bool first = graph_.value(node.inputs[0]).constant;
  return first == graph_.value(node.inputs[1]).constant ? -1 : node.inputs[first ? 0 : 1];
}

int Pattern::other_than_constant(const Node& node) const {
  const int constant = constant_operand(node);
  return constant < 0 ? -1 : other_than(node, constant);
}

int Pattern::other_than(const Node& node, int value) const {
  if (node.inputs.size() != 2 || node.inputs[0] < 0 || node.inputs[1] < 0) {
    return -1;
  }
  if (uncast(node.inputs[0]) == uncast(value)) {
    return node.inputs[1];
  }
  return uncast(node.inputs[1]) == uncast(value) ? node.inputs[0] : -1;
}

std::optional<double> Pattern::scalar_operand(const Node& node) const {
  const int constant = constant_operand(node);
  if (constant < 0 || count(graph_.shape(constant)) != 1 || !graph_.value(constant).content ||
      graph_.value(constant).content->size() != 1) {
    return std::nullopt;
  }
  return graph_.value(constant).content->number(0);
}

bool Pattern::is_number(int value, double number) const {
  if (value < 0 || !graph_.value(value).content || graph_.value(value).content->size() != 1) {
    return false;
  }
  return std::abs(graph_.value(value).content->number(0) - number) <= 1e-3 * std::abs(number) + 1e-9;
}

const Node* Pattern::only_user(int value) const {
  const Value& of = graph_.value(value);
  return of.users.size() == 1 && !of.is_output ? &graph_.node(of.users[0]) : nullptr;
}

void replace(Graph& graph, const Node& last, const std::string& op, const std::vector<int>& inputs) {
  Node& node = graph.node(index_of(graph, last));
  node.op = op;
  node.domain = kInlayDomain;
  node.inputs = inputs;
  node.attributes.clear();
}

}  // namespace inlay::importers::onnx_graph
