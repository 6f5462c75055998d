// Products of matrices: with weights they are GEMMs, of two activations matrix products.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/partition.hpp"
#include "inlay/importers/onnx/products.hpp"

namespace inlay::importers::onnx_graph {
namespace {

std::int64_t leading(const Dimensions& shape) {
  return shape.size() <= 2 ? 1 : count(Dimensions(shape.begin(), shape.end() - 2));
}

/// rows x columns of x by columns x features of weights.
struct Gemm {
  int x = -1;
  int weights = -1;
  std::int64_t columns = 0;
  std::int64_t features = 0;
  bool bias = false;
};

void add_gemm(Lowering& lowering, const Node& node, const Gemm& gemm) {
  const int input = lowering.as_rows(gemm.x, gemm.columns);
  const bool bias = gemm.bias || integer_or(node, "inlay_bias", 0) == 1;
  Dimensions shape = lowering.tensor_shape(input);
  shape.back() = gemm.features;
  lowering.add_layer(node, node.outputs.at(0), "gemm", fmt::format(", features: {}", gemm.features), {input},
                     shape, gemm.weights);
  lowering.set_bias(bias);
  const std::vector<Part> parts = column_parts(lowering.graph(), node.outputs[0], gemm.features);
  if (!parts.empty()) {
    lowering.split_last(parts);
  }
}

/// Operands are repeated along leading dimensions of which the other one has more than one: the matrices of
/// one operand that meet the same matrix of the other are one product with more rows, or more columns.
Product repeated(const Lowering& lowering, const Node& node, const Dimensions& left,
                 const Dimensions& right) {
  Product product{1, left[left.size() - 2], left.back(), right.back()};
  for (std::size_t from_end = 3; from_end <= std::max(left.size(), right.size()); ++from_end) {
    const std::int64_t one = from_end > left.size() ? 1 : left[left.size() - from_end];
    const std::int64_t other = from_end > right.size() ? 1 : right[right.size() - from_end];
    if (one != other && one != 1 && other != 1) {
      lowering.refuse(node,
                      fmt::format("its operands have {} and {} matrices along one dimension", one, other));
    }
    std::int64_t& extent = one == other ? product.heads : other == 1 ? product.rows : product.columns;
    extent = base::checked_multiply(extent, std::max(one, other));
  }
  return product;
}

}  // namespace

void add_grouped(Lowering& lowering, const Node& node, int x, int weights, const Product& product) {
  const auto& [groups, rows, inner, columns] = product;
  if (groups == 1) {
    add_gemm(lowering, node, {x, weights, inner, columns, false});
    return;
  }
  const std::int64_t channels = base::checked_multiply(groups, columns);
  const int image = lowering.as_shape(x, {base::checked_multiply(groups, inner), rows, 1});
  lowering.add_layer(node, node.outputs.at(0), "convolution",
                     fmt::format(", channels: {}, kernel: 1, groups: {}, bias: false", channels, groups),
                     {image}, {channels, rows, 1}, weights);
}

namespace {

bool fits(const Dimensions& shape, std::int64_t heads, std::int64_t rows, std::int64_t columns) {
  return shape == Dimensions{heads, rows, columns} ||
         (shape.size() == 2 && shape[0] == rows && shape[1] == heads * columns);
}

}  // namespace

void add_product(Lowering& lowering, const Node& node, int a, int b, const Product& product) {
  const auto& [heads, rows, inner, columns] = product;
  const int left = fits(lowering.held_shape(a), heads, rows, inner) ? lowering.held(a)
                   : heads == 1                                     ? lowering.as_shape(a, {rows, inner})
                                : lowering.as_shape(a, {heads, rows, inner});
  const Dimensions& other = lowering.held_shape(b);
  // Keys and values that several heads share are held once, and only look larger.
  const std::int64_t all = count(lowering.shape(b));
  if (all % count(other) != 0 || heads % (all / count(other)) != 0) {
    lowering.refuse(
        node, fmt::format("its second operand of {} elements is not {} that are repeated for {} products",
                          all, count(other), heads));
  }
  const std::int64_t shared = all / count(other);
  const std::int64_t kv_heads = heads / shared;
  std::string keys = heads == 1 ? "" : fmt::format(", heads: {}", heads);
  keys += shared == 1 ? "" : fmt::format(", kv_heads: {}", kv_heads);
  int right = lowering.held(b);
  if (fits(other, kv_heads, inner, columns)) {
    // as it is
  } else if (fits(other, kv_heads, columns, inner)) {
    keys += ", transpose: true";
  } else {
    right = lowering.as_shape(
        b, kv_heads == 1 ? Dimensions{inner, columns} : Dimensions{kv_heads, inner, columns});
  }
  lowering.add(node, "matrix-product", keys, {left, right},
               heads == 1 ? Dimensions{rows, columns} : Dimensions{heads, rows, columns});
}

namespace {

/// A vector is a matrix of one row (left) or one column (right).
Dimensions matrix_shape(const Lowering& lowering, int value, bool transposed, bool left) {
  Dimensions shape = lowering.shape(value);
  if (shape.empty()) {
    shape.push_back(1);
  }
  if (shape.size() == 1) {
    shape.insert(left ? shape.begin() : shape.end(), 1);
  } else if (transposed) {
    std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  }
  return shape;
}

void multiply(Lowering& lowering, const Node& node, int a, int b, bool transposed_a, bool transposed_b,
              bool bias) {
  Dimensions left = matrix_shape(lowering, a, transposed_a, true);
  Dimensions right = matrix_shape(lowering, b, transposed_b, false);
  if (right[right.size() - 2] != left.back()) {
    lowering.refuse(node, fmt::format("inner sizes {} and {} differ", left.back(), right[right.size() - 2]));
  }
  if (!lowering.constant(a) && !lowering.constant(b)) {
    add_product(lowering, node, a, b, repeated(lowering, node, left, right));
    return;
  }
  int x = a;
  int weights = b;
  if (lowering.constant(a)) {  // the product, transposed
    if (lowering.constant(b)) {
      lowering.refuse(node, "it reads no activation");
    }
    std::swap(x, weights);
    std::swap(left, right);
    std::swap(left[left.size() - 1], left[left.size() - 2]);
    std::swap(right[right.size() - 1], right[right.size() - 2]);
  }
  if (leading(right) != 1) {
    add_grouped(lowering, node, x, weights, repeated(lowering, node, left, right));
  } else {
    add_gemm(lowering, node, {x, weights, left.back(), right.back(), bias});
  }
}

void mat_mul(Lowering& lowering, const Node& node) {
  multiply(lowering, node, lowering.input(node, 0), lowering.input(node, 1), false, false, false);
}

void fused_mat_mul(Lowering& lowering, const Node& node) {
  multiply(lowering, node, lowering.input(node, 0), lowering.input(node, 1),
           integer_or(node, "transA", 0) == 1, integer_or(node, "transB", 0) == 1, false);
}

void gemm(Lowering& lowering, const Node& node) {
  multiply(lowering, node, lowering.input(node, 0), lowering.input(node, 1),
           integer_or(node, "transA", 0) == 1, integer_or(node, "transB", 0) == 1,
           Graph::input(node, 2) >= 0);
}

/// a, b, their scales and zero points, the bias: MatMulIntegerToFloat; DynamicQuantizeMatMul has none for a.
void scaled_mat_mul(Lowering& lowering, const Node& node) {
  const std::size_t bias = node.op == "MatMulIntegerToFloat" ? 6 : 4;
  multiply(lowering, node, lowering.input(node, 0), lowering.input(node, 1), false, false,
           Graph::input(node, bias) >= 0);
}

/// a, its scale and zero point, b, its scale and zero point, ...
void quantised_mat_mul(Lowering& lowering, const Node& node) {
  multiply(lowering, node, lowering.input(node, 0), lowering.input(node, 3), false, false, false);
}

void quantised_gemm(Lowering& lowering, const Node& node) {
  multiply(lowering, node, lowering.input(node, 0), lowering.input(node, 3),
           integer_or(node, "transA", 0) == 1, integer_or(node, "transB", 0) == 1,
           Graph::input(node, 6) >= 0);
}

}  // namespace

const Rules& product_rules() {
  static const Rules kRules = {
      {"MatMul", mat_mul},
      {"Gemm", gemm},
      {"MatMulInteger", mat_mul},
      {"QLinearMatMul", quantised_mat_mul},
      {"com.microsoft.FusedMatMul", fused_mat_mul},
      {"com.microsoft.TransposeMatMul", fused_mat_mul},
      {"com.microsoft.FusedGemm", gemm},
      {"com.microsoft.MatMulIntegerToFloat", scaled_mat_mul},
      {"com.microsoft.DynamicQuantizeMatMul", scaled_mat_mul},
      {"com.microsoft.QGemm", quantised_gemm},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
