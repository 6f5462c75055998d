#include "inlay/importers/onnx/graph.hpp"

#include <fmt/format.h>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"

namespace inlay::importers::onnx_graph {

std::int64_t bits_of(int type) {
  switch (type) {
    case 2:  // uint8
    case 3:  // int8
    case kBool:
    case 17:  // float8 in its four forms
    case 18:
    case 19:
    case 20:
      return 8;
    case 4:  // uint16
    case 5:  // int16
    case kFloat16:
    case 16:  // bfloat16
      return 16;
    case kFloat:
    case kInt32:
    case 12:  // uint32
      return 32;
    case kInt64:
    case 11:  // double
    case 13:  // uint64
    case 14:  // complex64
      return 64;
    case 21:  // uint4
    case 22:  // int4
    case 23:  // float4
      return 4;
    default:
      return 0;
  }
}

const Attribute* attribute(const Node& node, const std::string& name) {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? nullptr : &found->second;
}

std::int64_t integer_or(const Node& node, const std::string& name, std::int64_t otherwise) {
  const Attribute* found = attribute(node, name);
  return found != nullptr && found->kind == Attribute::Kind::kInteger ? found->integer : otherwise;
}

double real_or(const Node& node, const std::string& name, double otherwise) {
  const Attribute* found = attribute(node, name);
  return found != nullptr && found->kind == Attribute::Kind::kReal ? found->real : otherwise;
}

std::string text_or(const Node& node, const std::string& name, const std::string& otherwise) {
  const Attribute* found = attribute(node, name);
  return found != nullptr && found->kind == Attribute::Kind::kText ? found->text : otherwise;
}

std::vector<std::int64_t> integers_or(const Node& node, const std::string& name,
                                      const std::vector<std::int64_t>& otherwise) {
  const Attribute* found = attribute(node, name);
  return found != nullptr && found->kind == Attribute::Kind::kIntegers ? found->integers : otherwise;
}

void fail(const Graph& graph, const Node& node, const std::string& message) {
  throw base::InputError(fmt::format("{}: node '{}' ({}): {}", graph.file, node.name, node.op, message));
}

std::size_t axis_of(const Graph& graph, const Node& node, std::int64_t axis, std::size_t rank) {
  const auto dimensions = static_cast<std::int64_t>(rank);
  if (axis < -dimensions || axis >= dimensions) {
    fail(graph, node, fmt::format("axis {} is not one of the {} dimensions", axis, rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + dimensions : axis);
}

std::int64_t count(const Dimensions& shape) {
  std::int64_t product = 1;
  for (const std::int64_t dimension : shape) {
    product = base::checked_multiply(product, dimension);
  }
  return product;
}

namespace {

/// Keeps the nodes from which an output can be reached.
void drop_unneeded(Graph& graph) {
  std::vector<int> makers(graph.values.size(), -1);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const int output : graph.nodes[i].removed ? std::vector<int>{} : graph.nodes[i].outputs) {
      if (output >= 0) {
        makers[static_cast<std::size_t>(output)] = static_cast<int>(i);
      }
    }
  }
  std::vector<bool> needed(graph.nodes.size(), false);
  std::vector<int> open = graph.outputs;
  while (!open.empty()) {
    const int maker = open.back() < 0 ? -1 : makers[static_cast<std::size_t>(open.back())];
    open.pop_back();
    if (maker >= 0 && !needed[static_cast<std::size_t>(maker)]) {
      needed[static_cast<std::size_t>(maker)] = true;
      const Node& node = graph.node(maker);
      open.insert(open.end(), node.inputs.begin(), node.inputs.end());
    }
  }
  std::vector<Node> kept;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (needed[i]) {
      kept.push_back(std::move(graph.nodes[i]));
    }
  }
  graph.nodes = std::move(kept);
}

}  // namespace

int repeated_table(const Graph& graph, int constant) {
  const int origin = constant < 0 ? -1 : graph.value(constant).origin;
  if (origin < 0 || !graph.value(origin).shape) {
    return -1;
  }
  const Value& table = graph.value(origin);
  const bool real = table.type == kFloat || table.type == kFloat16 || table.type == kBfloat16;
  const bool learned = real && table.maker < 0 && table.shape->size() == 2;
  return learned && count(graph.shape(constant)) > count(*table.shape) ? origin : -1;
}

void connect(Graph& graph) {
  drop_unneeded(graph);
  for (Value& value : graph.values) {
    value.maker = -1;
    value.users.clear();
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const int id = static_cast<int>(i);
    for (const int input : graph.nodes[i].inputs) {
      if (input >= 0 && (graph.value(input).users.empty() || graph.value(input).users.back() != id)) {
        graph.value(input).users.push_back(id);
      }
    }
    for (const int output : graph.nodes[i].outputs) {
      if (output >= 0) {
        graph.value(output).maker = id;
      }
    }
  }
}

}  // namespace inlay::importers::onnx_graph
