#include "inlay/importers/onnx/partition.hpp"

#include <algorithm>
#include <set>

namespace inlay::importers::onnx_graph {
namespace {

/// Finds the parts, following for each dimension of a view whether it is one of columns.
class Search {
 public:
  Search(const Graph& graph, std::int64_t features) : graph_(graph), features_(features) {}

  bool follow(int value, const std::vector<bool>& of_columns) {
    if (++steps_ > kMostSteps || graph_.value(value).is_output || graph_.value(value).users.empty()) {
      return false;
    }
    return std::all_of(graph_.value(value).users.begin(), graph_.value(value).users.end(),
                       [&](int user) { return step(graph_.node(user), value, of_columns); });
  }

  std::vector<Part> parts;

 private:
  bool step(const Node& node, int value, const std::vector<bool>& of_columns) {
    if (node.inputs.empty() || node.inputs[0] != value || !node.domain.empty()) {
      return false;
    }
    if (node.op == "Split" || node.op == "Slice" || node.op == "Gather") {
      return take(node, value, of_columns);
    }
    if (node.op == "Transpose") {
      std::vector<bool> turned;
      for (const std::int64_t axis : integers_or(node, "perm", {})) {
        turned.push_back(of_columns.at(static_cast<std::size_t>(axis)));
      }
      return turned.size() == of_columns.size() && follow(node.outputs[0], turned);
    }
    if (node.op == "Reshape" || node.op == "Identity" || node.op == "Squeeze" || node.op == "Unsqueeze") {
      return reshape(node, value, of_columns);
    }
    return false;
  }

  /// Only rows x columns that are not mixed: all columns behind all rows, before and after.
  bool reshape(const Node& node, int value, const std::vector<bool>& of_columns) {
    if (!std::is_sorted(of_columns.begin(), of_columns.end())) {
      return false;
    }
    const Dimensions& to = graph_.shape(node.outputs[0]);
    const std::int64_t rows = count(graph_.shape(value)) / features_;
    std::vector<bool> now(to.size(), false);
    std::int64_t before = 1;
    for (std::size_t i = 0; i < to.size(); ++i) {
      now[i] = before >= rows && (to[i] != 1 || before > rows);
      if (!now[i]) {
        before *= to[i];
      }
    }
    return before == rows && follow(node.outputs[0], now);
  }

  bool take(const Node& node, int value, const std::vector<bool>& of_columns) {
    const Dimensions& whole = graph_.shape(value);
    const std::int64_t rows = count(whole) / features_;
    for (const int output : node.outputs) {
      if (output < 0 || (graph_.value(output).users.empty() && !graph_.value(output).is_output)) {
        return false;
      }
      if (node.op == "Gather" && !graph_.shape(node.inputs[1]).empty()) {
        return false;
      }
      if (!cut_along_columns(node, whole, graph_.shape(output), of_columns) ||
          count(graph_.shape(output)) % rows != 0) {
        return false;
      }
      parts.push_back({output, count(graph_.shape(output)) / rows});
    }
    return true;
  }

  static bool cut_along_columns(const Node& node, const Dimensions& whole, const Dimensions& part,
                                const std::vector<bool>& of_columns) {
    if (node.op == "Gather") {
      const std::int64_t axis = integer_or(node, "axis", 0);
      return of_columns.at(
          static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(whole.size()) : axis));
    }
    for (std::size_t i = 0; i < whole.size(); ++i) {
      if (part.at(i) != whole[i] && !of_columns[i]) {
        return false;
      }
    }
    return true;
  }

  static constexpr int kMostSteps = 64;  // views between a product and its parts, all in all
  const Graph& graph_;
  std::int64_t features_;
  int steps_ = 0;
};

}  // namespace

std::vector<Part> column_parts(const Graph& graph, int value, std::int64_t features) {
  const Dimensions& shape = graph.shape(value);
  if (shape.empty() || shape.back() != features) {
    return {};
  }
  std::vector<bool> of_columns(shape.size(), false);
  of_columns.back() = true;
  Search search(graph, features);
  if (!search.follow(value, of_columns) || search.parts.size() < 2) {
    return {};
  }
  std::int64_t sum = 0;
  for (const Part& part : search.parts) {
    sum += part.columns;
  }
  return sum == features ? search.parts : std::vector<Part>{};
}

bool is_view(const Node& node) {
  static const std::set<std::string> kViews = {
      "Identity",         "Dropout",      "Reshape",     "Flatten",  "Squeeze",
      "Unsqueeze",        "Transpose",    "Cast",        "CastLike", "QuantizeLinear",
      "DequantizeLinear", "DepthToSpace", "SpaceToDepth"};
  return node.domain.empty() && kViews.count(node.op) > 0;
}

}  // namespace inlay::importers::onnx_graph
