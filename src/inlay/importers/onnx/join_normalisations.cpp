// Layer norm, RMS norm and group norm that are spelt out.
#include <algorithm>
#include <numeric>

#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/pattern_passes.hpp"
#include "inlay/importers/onnx/shape_rules.hpp"

namespace inlay::importers::onnx_graph {
namespace {

class Normalisations {
 public:
  explicit Normalisations(Graph& graph) : graph_(graph), pattern_(graph) {}

  void join(Node& node) {
    if (!node.domain.empty() || (node.op != "Div" && node.op != "Mul") || node.inputs.size() != 2) {
      return;
    }
    for (const std::size_t i : {0U, 1U}) {
      const int variance = node.inputs[i] < 0 ? -1 : mean_square(node.inputs[1 - i], node.op == "Mul");
      if (variance >= 0 && pattern_.uncast(node.inputs[i]) == variance) {
        finish(node, variance);
        return;
      }
      if (node.op == "Div") {
        return;
      }
    }
  }

 private:
  /// The d of sqrt(mean(d^2) + epsilon), or of 1 / sqrt(...); -1 if the value is none. Sets axis_.
  int mean_square(int value, bool inverted) {
    if (inverted) {
      if (const Node* reciprocal = pattern_.made_by(value, {"Reciprocal"})) {
        value = reciprocal->inputs[0];
      } else if (const Node* one = pattern_.made_by(value, {"Div"});
                 one != nullptr && one->inputs.size() == 2) {
        value = pattern_.is_number(one->inputs[0], 1) ? one->inputs[1] : -1;
      } else {
        return -1;
      }
    }
    const Node* root = value < 0 ? nullptr : pattern_.made_by(value, {"Sqrt", "Pow"});
    if (root == nullptr || (root->op == "Pow" && !(pattern_.is_number(root->inputs[1], 0.5)))) {
      return -1;
    }
    const Node* add = pattern_.made_by(root->inputs[0], {"Add"});
    const Node* mean = add == nullptr || !pattern_.scalar_operand(*add)
                           ? nullptr
                           : pattern_.made_by(pattern_.other_than_constant(*add), {"ReduceMean"});
    const Node* square =
        mean == nullptr || !last_axes(*mean) ? nullptr : pattern_.made_by(mean->inputs[0], {"Pow", "Mul"});
    if (square == nullptr || square->inputs.size() != 2) {
      return -1;
    }
    const int d = pattern_.uncast(square->inputs[0]);
    const bool squared = square->op == "Pow" ? pattern_.is_number(square->inputs[1], 2)
                                             : pattern_.uncast(square->inputs[1]) == d;
    return squared ? d : -1;
  }

  bool last_axes(const Node& mean) {
    const std::size_t rank = graph_.shape(mean.inputs[0]).size();
    std::vector<std::size_t> axes = axes_of(graph_, mean, rank);
    std::sort(axes.begin(), axes.end());
    axis_ = rank - axes.size();
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (axes[i] != axis_ + i) {
        return false;
      }
    }
    return !axes.empty();
  }

  /// The x of x - mean(x); -1 if the value is none.
  int centred(int value) {
    const Node* less = pattern_.made_by(value, {"Sub"});
    const Node* mean = less == nullptr ? nullptr : pattern_.made_by(less->inputs[1], {"ReduceMean"});
    const bool same = mean != nullptr && pattern_.uncast(mean->inputs[0]) == pattern_.uncast(less->inputs[0]);
    return same && last_axes(*mean) ? less->inputs[0] : -1;
  }

  /// Takes gain and bias along, if they follow.
  void finish(Node& node, int d) {
    const int x = centred(d);
    Node* last = &node;
    int gain = -1;
    int bias = -1;
    for (const char* op : {"Mul", "Add"}) {
      const Node* next = pattern_.only_user(last->outputs[0]);
      if (next != nullptr && next->op == "Cast") {
        next = pattern_.only_user(next->outputs[0]);
      }
      const int learned = next == nullptr || next->op != op ? -1 : pattern_.constant_operand(*next);
      if (learned < 0 || count(graph_.shape(learned)) != width(d)) {
        break;
      }
      gain = gain < 0 ? learned : gain;
      bias = std::string(op) == "Add" ? learned : -1;
      last = &graph_.node(index_of(graph_, *next));
    }
    const auto axis = static_cast<std::int64_t>(axis_);
    replace(graph_, *last, x >= 0 ? "layer-norm" : "rms-norm", {x >= 0 ? x : d});
    if (gain >= 0) {
      last->inputs.push_back(gain);
    }
    if (bias >= 0) {
      last->inputs.push_back(bias);
    }
    Attribute attribute;
    attribute.kind = Attribute::Kind::kInteger;
    attribute.integer = axis;
    last->attributes["axis"] = attribute;
  }

  std::int64_t width(int value) const {
    const Dimensions& shape = graph_.shape(value);
    return count(Dimensions(shape.begin() + static_cast<std::ptrdiff_t>(axis_), shape.end()));
  }

  Graph& graph_;
  Pattern pattern_;
  std::size_t axis_ = 0;
};

/// The next node, if it is the only reader and has a learned number for each channel of `x`.
Node* channel_step(Graph& graph, const Pattern& pattern, int value, const char* op, int x) {
  const Node* next = pattern.only_user(value);
  const int learned = next == nullptr || next->op != op ? -1 : pattern.constant_operand(*next);
  return learned >= 0 && count(graph.shape(learned)) == graph.shape(x)[1]
             ? &graph.node(index_of(graph, *next))
             : nullptr;
}

}  // namespace

void join_normalisations(Graph& graph) {
  Normalisations normalisations(graph);
  for (Node& node : graph.nodes) {
    normalisations.join(node);
  }
}

/// Channels are gathered to groups by a reshape, normalised, and spread again (PyTorch before opset 18).
void join_group_norms(Graph& graph) {
  const Pattern pattern(graph);
  for (const Node& norm : graph.nodes) {
    if (norm.op != "InstanceNormalization" || !norm.domain.empty()) {
      continue;
    }
    const Node* gather = pattern.made_by(norm.inputs[0], {"Reshape"});
    const Node* spread = pattern.only_user(norm.outputs[0]);
    if (gather == nullptr || spread == nullptr || spread->op != "Reshape") {
      continue;
    }
    const int x = gather->inputs[0];
    if (graph.shape(spread->outputs[0]) != graph.shape(x) || graph.shape(x).size() < 3) {
      continue;
    }
    Node* times = channel_step(graph, pattern, spread->outputs[0], "Mul", x);
    Node* add = times == nullptr ? nullptr : channel_step(graph, pattern, times->outputs[0], "Add", x);
    if (add != nullptr) {
      replace(graph, *add, "group-norm",
              {x, pattern.constant_operand(*times), pattern.constant_operand(*add)});
    }
  }
}

}  // namespace inlay::importers::onnx_graph
