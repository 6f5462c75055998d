// Activations and softmax that are spelt out in arithmetic.
#include <cmath>

#include "inlay/importers/onnx/pattern_passes.hpp"

namespace inlay::importers::onnx_graph {
namespace {

constexpr int kDeepest = 4;

bool about(double a, double b) {
  return std::abs(a - b) <= 2e-3 * std::abs(b);
}

/// A product of the values `x` and `y`, each `times` once, and of numbers.
struct Factors {
  int x = 0;
  int y = 0;
  double number = 1;
};

class Activations {
 public:
  explicit Activations(Graph& graph) : graph_(graph), pattern_(graph) {}

  void join(const Node& node) {
    if (!node.domain.empty() || (node.op != "Mul" && node.op != "Div") || node.inputs.size() != 2) {
      return;
    }
    if (!silu(node) && !gelu(node)) {
      hard(node);
    }
  }

 private:
  /// x * sigmoid(x), or of a multiple of x, as in QuickGELU; x * hard-sigmoid(x).
  bool silu(const Node& node) {
    for (const int input : node.inputs) {
      const Node* gate = pattern_.made_by(input, {"Sigmoid", "HardSigmoid"});
      if (node.op != "Mul" || gate == nullptr) {
        continue;
      }
      const int x = pattern_.other_than(node, input);
      int inside = gate->inputs[0];
      if (const Node* scaled = pattern_.made_by(inside, {"Mul"});
          scaled != nullptr && pattern_.scalar_operand(*scaled)) {
        inside =
            pattern_.uncast(inside) == pattern_.uncast(x) ? inside : pattern_.other_than_constant(*scaled);
      }
      if (x >= 0 && pattern_.uncast(inside) == pattern_.uncast(x)) {
        replace(graph_, node, gate->op == "Sigmoid" ? "silu" : "hard-swish", {x});
        return true;
      }
    }
    return false;
  }

  /// x/2 * (1 + erf(x / sqrt(2))), or its approximation by tanh, multiplied in any order.
  bool gelu(const Node& node) {
    const int sum = find_sum(node, kDeepest);
    const int x = sum < 0 ? -1 : inside_of(sum);
    if (x < 0) {
      return false;
    }
    Factors factors;
    if (!collect(node, x, sum, factors, kDeepest) || factors.x != 1 || factors.y != 1 ||
        !about(factors.number, 0.5)) {
      return false;
    }
    replace(graph_, node, "gelu", {x});
    return true;
  }

  /// 1 + erf(...) or 1 + tanh(...) among the factors of a product; -1: none.
  int find_sum(const Node& node, int depth) const {
    for (const int input : node.inputs) {
      if (const Node* add = pattern_.made_by(input, {"Add"})) {
        const auto one = pattern_.scalar_operand(*add);
        if (one && *one == 1 &&
            pattern_.made_by(pattern_.other_than_constant(*add), {"Erf", "Tanh"}) != nullptr) {
          return pattern_.uncast(input);
        }
      }
      const Node* product = pattern_.made_by(input, {"Mul", "Div"});
      const int found = product == nullptr || depth == 0 ? -1 : find_sum(*product, depth - 1);
      if (found >= 0) {
        return found;
      }
    }
    return -1;
  }

  /// The x of such a sum.
  int inside_of(int sum) const {
    const Node* curve =
        pattern_.made_by(pattern_.other_than_constant(*pattern_.made_by(sum, {"Add"})), {"Erf", "Tanh"});
    const Node* scaled = pattern_.made_by(curve->inputs[0], {"Mul", "Div"});
    const auto factor = scaled == nullptr ? std::nullopt : pattern_.scalar_operand(*scaled);
    if (!factor) {
      return -1;
    }
    const double by = scaled->op == "Div" ? 1 / *factor : *factor;
    const int inner = pattern_.other_than_constant(*scaled);
    if (curve->op == "Erf") {
      return about(by, std::sqrt(0.5)) ? pattern_.uncast(inner) : -1;
    }
    return about(by, std::sqrt(2 / std::acos(-1.0))) ? inside_of_cubic(inner) : -1;
  }

  /// The x of x + 0.044715 x^3 or x * (1 + 0.044715 x^2).
  int inside_of_cubic(int value) const {
    const Node* node = pattern_.made_by(value, {"Add", "Mul"});
    if (node == nullptr || node->inputs.size() != 2) {
      return -1;
    }
    for (const std::size_t i : {0U, 1U}) {
      const int x = pattern_.uncast(node->inputs[i]);
      if (x >= 0 && made_of(node->inputs[1 - i], x, kDeepest)) {
        return x;
      }
    }
    return -1;
  }

  /// Whether a value is made of x and numbers alone, x included.
  bool made_of(int value, int x, int depth) const {
    const int from = pattern_.uncast(value);
    const Node* node = depth == 0 ? nullptr : pattern_.made_by(from, {"Add", "Mul", "Pow"});
    if (node == nullptr || node->inputs.size() != 2) {
      return false;
    }
    bool has_x = false;
    for (const int input : node->inputs) {
      if (pattern_.uncast(input) == x) {
        has_x = true;
      } else if (!graph_.value(input).constant) {
        if (!made_of(input, x, depth - 1)) {
          return false;
        }
        has_x = true;
      }
    }
    return has_x;
  }

  bool collect(const Node& node, int x, int y, Factors& factors, int depth) const {
    for (std::size_t i = 0; i < 2; ++i) {
      const int value = pattern_.uncast(node.inputs[i]);
      const Value& of = graph_.value(value);
      const bool below = node.op == "Div" && i == 1;
      if (of.constant) {
        if (!of.content || of.content->size() != 1) {
          return false;
        }
        factors.number *= below ? 1 / of.content->number(0) : of.content->number(0);
        continue;
      }
      const Node* product =
          depth == 0 || value == x || value == y ? nullptr : pattern_.made_by(value, {"Mul", "Div"});
      if (below || (value != x && value != y && product == nullptr)) {
        return false;
      }
      factors.x += value == x ? 1 : 0;
      factors.y += value == y ? 1 : 0;
      if (product != nullptr && !collect(*product, x, y, factors, depth - 1)) {
        return false;
      }
    }
    return true;
  }

  /// relu6(x + 3) / 6, alone or multiplied by x.
  void hard(const Node& node) {
    int clip = -1;
    find_clip(node, clip, kDeepest);
    if (clip < 0) {
      return;
    }
    const Node* add = pattern_.made_by(pattern_.made_by(clip, {"Clip"})->inputs[0], {"Add"});
    const auto three = add == nullptr ? std::nullopt : pattern_.scalar_operand(*add);
    if (!three || *three != 3) {
      return;
    }
    const int x = pattern_.uncast(pattern_.other_than_constant(*add));
    Factors factors;
    if (collect(node, x, clip, factors, kDeepest) && factors.y == 1 && factors.x <= 1 &&
        about(factors.number, 1.0 / 6)) {
      replace(graph_, node, factors.x == 1 ? "hard-swish" : "hard-sigmoid", {x});
    }
  }

  void find_clip(const Node& node, int& clip, int depth) const {
    for (const int input : node.inputs) {
      if (pattern_.made_by(input, {"Clip"}) != nullptr) {
        clip = pattern_.uncast(input);
        return;
      }
      const Node* product = depth == 0 ? nullptr : pattern_.made_by(input, {"Mul", "Div"});
      if (product != nullptr && clip < 0) {
        find_clip(*product, clip, depth - 1);
      }
    }
  }

  Graph& graph_;
  Pattern pattern_;
};

/// Rotary position embedding (Su et al., arXiv 2104.09864) by halves: x * cos + join(-upper half, lower half)
/// * sin.
void join_rotation(Graph& graph, const Pattern& pattern, const Node& node) {
  if (node.op != "Add" || !node.domain.empty() || node.inputs.size() != 2) {
    return;
  }
  for (const std::size_t i : {0U, 1U}) {
    const Node* plain = pattern.made_by(node.inputs[i], {"Mul"});
    const Node* turned = pattern.made_by(node.inputs[1 - i], {"Mul"});
    if (plain == nullptr || turned == nullptr) {
      return;
    }
    for (const int operand : turned->inputs) {
      const Node* halves = pattern.made_by(operand, {"Concat"});
      const Node* negative = halves == nullptr || halves->inputs.size() != 2
                                 ? nullptr
                                 : pattern.made_by(halves->inputs[0], {"Neg"});
      const Node* upper =
          negative == nullptr ? nullptr : pattern.made_by(negative->inputs[0], {"Slice", "Split"});
      const Node* lower = upper == nullptr ? nullptr : pattern.made_by(halves->inputs[1], {"Slice", "Split"});
      if (lower == nullptr || pattern.uncast(lower->inputs[0]) != pattern.uncast(upper->inputs[0])) {
        continue;
      }
      const int x = upper->inputs[0];
      if (pattern.other_than(*plain, x) >= 0 && graph.shape(x) == graph.shape(node.outputs[0])) {
        replace(graph, node, "rotary-embedding", {x});
        return;
      }
    }
  }
}

/// exp(y) / sum(exp(y)), where y may have its maximum subtracted.
void join_spelt_softmax(Graph& graph, const Pattern& pattern, const Node& node) {
  if (node.op != "Div" || !node.domain.empty() || node.inputs.size() != 2) {
    return;
  }
  const Node* power = pattern.made_by(node.inputs[0], {"Exp"});
  const Node* sum = pattern.made_by(node.inputs[1], {"ReduceSum"});
  if (power == nullptr || sum == nullptr ||
      pattern.uncast(sum->inputs[0]) != pattern.uncast(node.inputs[0])) {
    return;
  }
  int x = power->inputs[0];
  if (const Node* less = pattern.made_by(x, {"Sub"})) {
    const Node* maximum = pattern.made_by(less->inputs[1], {"ReduceMax"});
    if (maximum != nullptr && pattern.uncast(maximum->inputs[0]) == pattern.uncast(less->inputs[0])) {
      x = less->inputs[0];
    }
  }
  replace(graph, node, "softmax", {x});
}

/// Attention's scores without their scale and constant mask, which are part of the softmax. A learned bias
/// stays and reads the product.
int without_scale(Graph& graph, const Pattern& pattern, int value) {
  int at = value;
  const Node* bias = nullptr;
  for (int depth = 0; depth < kDeepest; ++depth) {
    if (pattern.made_by(at, {"MatMul"}) != nullptr) {
      const int product = pattern.uncast(at);
      if (bias == nullptr) {
        return product;
      }
      std::vector<int>& operands = graph.node(index_of(graph, *bias)).inputs;
      operands[graph.value(operands[0]).constant ? 1 : 0] = product;
      return bias->outputs[0];
    }
    const Node* node = pattern.made_by(at, {"Mul", "Div", "Add", "Sub", "Where"});
    if (node == nullptr) {
      return value;
    }
    int inner = pattern.other_than_constant(*node);
    if (node->op == "Where" && node->inputs.size() == 3 && graph.value(node->inputs[0]).constant) {
      inner = graph.value(node->inputs[2]).constant   ? node->inputs[1]
              : graph.value(node->inputs[1]).constant ? node->inputs[2]
                                                      : -1;
    }
    if (inner < 0 || graph.value(inner).constant || graph.shape(inner) != graph.shape(at)) {
      return value;
    }
    if (node->op == "Add" && repeated_table(graph, pattern.constant_operand(*node)) >= 0) {
      if (bias != nullptr) {
        return value;
      }
      bias = node;
    }
    at = inner;
  }
  return value;
}

void drop_scales(Graph& graph, const Pattern& pattern, int scores) {
  const Node* product = pattern.made_by(scores, {"MatMul"});
  if (product == nullptr) {
    return;
  }
  for (int& input : graph.node(index_of(graph, *product)).inputs) {
    const Node* scaled = pattern.made_by(input, {"Mul", "Div"});
    if (scaled != nullptr && pattern.scalar_operand(*scaled) && pattern.uncast(input) == input) {
      input = pattern.other_than_constant(*scaled);
    }
  }
}

}  // namespace

void join_activations(Graph& graph) {
  Activations activations(graph);
  const Pattern pattern(graph);
  for (const Node& node : graph.nodes) {
    activations.join(node);
    join_rotation(graph, pattern, node);
  }
}

void join_softmax(Graph& graph) {
  const Pattern pattern(graph);
  for (const Node& node : graph.nodes) {
    join_spelt_softmax(graph, pattern, node);
  }
  for (Node& node : graph.nodes) {
    if (node.op != "Softmax" && !(node.op == "softmax" && !node.domain.empty())) {
      continue;
    }
    node.inputs[0] = without_scale(graph, pattern, node.inputs[0]);
    int scores = node.inputs[0];
    // A mask that depends on the inputs is added by a layer of its own, to the scores before their scale.
    if (const Node* masked = pattern.made_by(scores, {"Add"});
        masked != nullptr && masked->inputs.size() == 2) {
      for (int& input : graph.node(index_of(graph, *masked)).inputs) {
        input = without_scale(graph, pattern, input);
        scores = pattern.made_by(input, {"MatMul"}) != nullptr ? input : scores;
      }
    }
    drop_scales(graph, pattern, scores);
  }
}

}  // namespace inlay::importers::onnx_graph
