// Einsum: one product for each operand after the first, from the first activation on in their order.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/einsum.hpp"
#include "inlay/importers/onnx/products.hpp"

namespace inlay::importers::onnx_graph {
namespace {

/// An operand, or what has been made of some.
struct Term {
  int tensor = -1;  // -1: weights
  int value = -1;
  std::string labels;
};

std::string shape_key(const Dimensions& shape) {
  return fmt::format(", shape: [{}]", fmt::join(shape, ", "));
}

Dimensions never_empty(Dimensions shape) {
  if (shape.empty()) {
    shape.push_back(1);
  }
  return shape;
}

class Sum {
 public:
  Sum(Lowering& lowering, const Node& node)
      : lowering_(lowering), node_(node), equation_(einsum_equation(lowering.graph(), node)) {}

  void run() {
    std::vector<Term> terms;
    for (std::size_t i = 0; i < node_.inputs.size(); ++i) {
      terms.push_back(prepared(i));
    }
    const auto first =
        std::find_if(terms.begin(), terms.end(), [](const Term& term) { return term.tensor >= 0; });
    if (first == terms.end()) {
      lowering_.refuse(node_, "it reads no activation");
    }
    std::rotate(terms.begin(), first, first + 1);
    Term sum = terms[0];
    for (std::size_t i = 1; i < terms.size(); ++i) {
      std::string needed = equation_.result;
      for (std::size_t later = i + 1; later < terms.size(); ++later) {
        needed += terms[later].labels;
      }
      sum = multiplied(sum, terms[i], needed, i + 1 == terms.size());
    }
    finish(sum);
  }

 private:
  /// The diagonal, and sums over what no other operand has. Of weights both are known before it runs.
  Term prepared(std::size_t index) {
    const EinsumOperand& operand = equation_.operands[index];
    const int value = lowering_.input(node_, index);
    Term term{lowering_.constant(value) ? -1 : lowering_.held(value), value, operand.labels};
    if (operand.diagonal && term.tensor >= 0) {
      term.tensor = moved(fmt::format(".diagonal{}", index), "select", value, term.tensor, operand.labels);
    }
    for (const char label : operand.summed) {
      std::erase(term.labels, label);
    }
    if (!operand.summed.empty() && term.tensor >= 0) {
      term.tensor = moved(fmt::format(".sum{}", index), "reduce", value, term.tensor, term.labels);
    }
    return term;
  }

  int moved(const std::string& part, const char* op, int value, int tensor, const std::string& labels) {
    const Dimensions shape = never_empty(equation_.shape(labels));
    return lowering_.add_part(node_, part, value, op, shape_key(shape), {tensor}, shape);
  }

  Term multiplied(const Term& left, const Term& right, const std::string& needed, bool last) {
    const Contraction of = contraction_of(equation_, left.labels, right.labels, needed);
    const std::string part = last ? "" : fmt::format(".product{}", ++products_);
    const int tensor =
        right.tensor < 0 ? by_weights(part, left, right, of) : by_activation(part, left, right, of);
    return {tensor, node_.outputs.at(0), of.labels};
  }

  int by_weights(const std::string& part, const Term& x, const Term& weights, const Contraction& of) {
    if (of.heads == 1) {
      return lowering_.add_part(
          node_, part, node_.outputs.at(0), "gemm", fmt::format(", features: {}, bias: false", of.columns),
          {lowering_.reshaped(x.tensor, {of.rows, of.inner})}, {of.rows, of.columns}, weights.value);
    }
    const std::int64_t channels = base::checked_multiply(of.heads, of.columns);
    return lowering_.add_part(
        node_, part, node_.outputs.at(0), "convolution",
        fmt::format(", channels: {}, kernel: 1, groups: {}, bias: false", channels, of.heads),
        {lowering_.reshaped(x.tensor, {base::checked_multiply(of.heads, of.inner), of.rows, 1})},
        {channels, of.rows, 1}, weights.value);
  }

  int by_activation(const std::string& part, const Term& left, const Term& right, const Contraction& of) {
    const auto matrices = [&](std::int64_t rows, std::int64_t columns) {
      return of.heads == 1 ? Dimensions{rows, columns} : Dimensions{of.heads, rows, columns};
    };
    return lowering_.add_part(node_, part, node_.outputs.at(0), "matrix-product",
                              of.heads == 1 ? "" : fmt::format(", heads: {}", of.heads),
                              {lowering_.reshaped(left.tensor, matrices(of.rows, of.inner)),
                               lowering_.reshaped(right.tensor, matrices(of.inner, of.columns))},
                              matrices(of.rows, of.columns));
  }

  /// Where the result has labels along which all operands are repeated, there are more elements.
  void finish(const Term& sum) {
    const Dimensions shape = never_empty(equation_.shape(equation_.result));
    int tensor = sum.tensor;
    if (count(shape) != count(lowering_.tensor_shape(tensor))) {
      tensor = moved(".repeat", "repeat", node_.outputs.at(0), tensor, equation_.result);
    }
    lowering_.hold(node_.outputs.at(0), tensor);
  }

  Lowering& lowering_;
  const Node& node_;
  EinsumEquation equation_;
  int products_ = 0;
};

/// Two operands as they stand are one product, whose columns its readers may share.
bool is_plain_product(const EinsumEquation& equation) {
  return equation.operands.size() == 2 &&
         std::all_of(equation.operands.begin(), equation.operands.end(), [](const EinsumOperand& operand) {
           return !operand.diagonal && operand.summed.empty();
         });
}

void einsum(Lowering& lowering, const Node& node) {
  const EinsumEquation equation = einsum_equation(lowering.graph(), node);
  if (!is_plain_product(equation)) {
    Sum(lowering, node).run();
    return;
  }
  const int a = lowering.input(node, 0);
  const int b = lowering.input(node, 1);
  const Contraction of =
      contraction_of(equation, equation.operands[0].labels, equation.operands[1].labels, equation.result);
  if (lowering.constant(b)) {
    add_grouped(lowering, node, a, b, {of.heads, of.rows, of.inner, of.columns});
  } else if (lowering.constant(a)) {
    add_grouped(lowering, node, b, a, {of.heads, of.columns, of.inner, of.rows});
  } else {
    add_product(lowering, node, a, b, {of.heads, of.rows, of.inner, of.columns});
  }
}

}  // namespace

const Rules& einsum_rules() {
  static const Rules kRules = {{"Einsum", einsum}};
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
