#include "inlay/importers/onnx/einsum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "inlay/base/checked.hpp"

namespace inlay::importers::onnx_graph {
namespace {

/// The labels of the operands and of the result, one letter for each dimension.
struct Equation {
  std::vector<std::string> operands;
  std::string result;
};

Equation equation_of(const Graph& graph, const Node& node) {
  std::string text = text_or(node, "equation", "");
  std::erase(text, ' ');
  const std::size_t arrow = text.find("->");
  const std::string left = text.substr(0, arrow);
  Equation equation;
  for (std::size_t at = 0; at <= left.size();) {
    const std::size_t end = std::min(left.find(',', at), left.size());
    equation.operands.push_back(left.substr(at, end - at));
    at = end + 1;
  }
  if (arrow != std::string::npos) {
    equation.result = text.substr(arrow + 2);
  } else {  // the labels that occur once, in alphabetical order
    std::map<char, int> times;
    for (const std::string& operand : equation.operands) {
      for (const char label : operand) {
        ++times[label];
      }
    }
    for (const auto& [label, count] : times) {
      equation.result += count == 1 ? std::string(1, label) : "";
    }
  }
  const auto plain = [](const std::string& labels) {
    std::string sorted = labels;
    std::sort(sorted.begin(), sorted.end());
    return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end() &&
           std::all_of(sorted.begin(), sorted.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
  };
  if (equation.operands.size() != node.inputs.size() || node.inputs.empty() || node.inputs.size() > 2 ||
      !std::all_of(equation.operands.begin(), equation.operands.end(), plain) || !plain(equation.result)) {
    fail(graph, node,
         fmt::format("the equation '{}' is not read: one or two operands of different letters are", text));
  }
  return equation;
}

bool has(const std::string& labels, char label) {
  return labels.find(label) != std::string::npos;
}

}  // namespace

Contraction contraction_of(const Graph& graph, const Node& node) {
  const Equation equation = equation_of(graph, node);
  std::map<char, std::int64_t> sizes;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const std::string& labels = equation.operands[i];
    if (node.inputs[i] < 0 || graph.shape(node.inputs[i]).size() != labels.size()) {
      fail(graph, node, fmt::format("operand {} does not have the dimensions '{}'", i, labels));
    }
    for (std::size_t axis = 0; axis < labels.size(); ++axis) {
      const std::int64_t size = graph.shape(node.inputs[i])[axis];
      if (sizes.emplace(labels[axis], size).first->second != size) {
        fail(graph, node, fmt::format("'{}' has two sizes", labels[axis]));
      }
    }
  }
  Contraction contraction;
  const std::string& left = equation.operands.front();
  const std::string& right = equation.operands.back();
  for (const auto& [label, size] : sizes) {
    const bool shared = has(left, label) && has(right, label);
    const bool kept = has(equation.result, label);
    if (!kept && (!shared || node.inputs.size() == 1)) {
      fail(graph, node, fmt::format("a sum over '{}' of one operand is not read", label));
    }
    std::int64_t& extent = node.inputs.size() == 1 ? contraction.rows
                           : !kept                 ? contraction.inner
                           : shared                ? contraction.heads
                           : has(left, label)      ? contraction.rows
                                                   : contraction.columns;
    extent = base::checked_multiply(extent, size);
  }
  for (const char label : equation.result) {
    if (sizes.count(label) == 0) {
      fail(graph, node, fmt::format("'{}' stands in the result only", label));
    }
    contraction.result.push_back(sizes.at(label));
  }
  return contraction;
}

}  // namespace inlay::importers::onnx_graph
