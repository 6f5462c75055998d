// Products of matrices: with weights they are GEMMs, of two activations matrix products.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/partition.hpp"

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
  const std::int64_t matrix = base::checked_multiply(gemm.columns, gemm.features);
  const bool tied = lowering.tie(gemm.weights, matrix);
  std::string keys = fmt::format(", features: {}", gemm.features);
  keys += bias == !tied ? "" : bias ? ", bias: true" : ", bias: false";
  Dimensions shape = lowering.tensor_shape(input);
  shape.back() = gemm.features;
  lowering.add_layer(node, node.outputs.at(0), "gemm", keys, {input}, shape, gemm.weights);
  if (tied) {
    lowering.set_tie(gemm.weights);
  } else if (!bias) {
    lowering.own_table(gemm.weights, matrix);
  }
  const std::vector<Part> parts = column_parts(lowering.graph(), node.outputs[0], gemm.features);
  if (!parts.empty()) {
    lowering.split_last(parts);
  }
}

/// A matrix of weights for each of several inputs is a convolution of as many groups by a window of one
/// element.
void add_grouped(Lowering& lowering, const Node& node, int x, int weights) {
  const Dimensions& a = lowering.shape(x);
  const Dimensions& b = lowering.shape(weights);
  const std::int64_t groups = leading(b);
  if (leading(a) != groups || a.size() < 2) {
    lowering.refuse(node, "a batch of weights needs as large a batch of inputs");
  }
  const std::int64_t rows = a[a.size() - 2];
  const std::int64_t channels = base::checked_multiply(groups, b.back());
  const int image = lowering.as_shape(x, {base::checked_multiply(groups, a.back()), rows, 1});
  lowering.add_layer(node, node.outputs.at(0), "convolution",
                     fmt::format(", channels: {}, kernel: 1, groups: {}, bias: false", channels, groups),
                     {image}, {channels, rows, 1}, weights);
}

/// The product of two activations, as `heads` products of rows x inner by inner x columns.
struct Product {
  std::int64_t heads = 1;
  std::int64_t rows = 1;
  std::int64_t inner = 1;
  std::int64_t columns = 1;
};

bool fits(const Dimensions& shape, std::int64_t heads, std::int64_t rows, std::int64_t columns) {
  return shape == Dimensions{heads, rows, columns} ||
         (shape.size() == 2 && shape[0] == rows && shape[1] == heads * columns);
}

void add_product(Lowering& lowering, const Node& node, int a, int b, const Product& product) {
  const auto& [heads, rows, inner, columns] = product;
  const int left = fits(lowering.held_shape(a), heads, rows, inner) ? lowering.held(a)
                   : heads == 1                                     ? lowering.as_shape(a, {rows, inner})
                                : lowering.as_shape(a, {heads, rows, inner});
  const Dimensions& other = lowering.held_shape(b);
  // Keys and values that several heads share are held once, and only look larger.
  const std::int64_t shared = count(lowering.shape(b)) / count(other);
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

void multiply_activations(Lowering& lowering, const Node& node, int a, int b, bool transposed_a,
                          bool transposed_b) {
  Dimensions left = lowering.shape(a);
  Dimensions right = lowering.shape(b);
  if (left.size() == 1) {
    left.insert(left.begin(), 1);
  }
  if (right.size() == 1) {
    right.push_back(1);
  }
  if (transposed_a) {
    std::swap(left[left.size() - 1], left[left.size() - 2]);
  }
  if (transposed_b) {
    std::swap(right[right.size() - 1], right[right.size() - 2]);
  }
  Product product{leading(left), left[left.size() - 2], left.back(), right.back()};
  if (right[right.size() - 2] != product.inner) {
    lowering.refuse(node,
                    fmt::format("inner sizes {} and {} differ", product.inner, right[right.size() - 2]));
  }
  const std::int64_t right_heads = leading(right);
  if (product.heads == right_heads) {
    add_product(lowering, node, a, b, product);
  } else if (right_heads == 1) {  // one matrix for all: their rows are one product
    product.rows = base::checked_multiply(product.rows, product.heads);
    product.heads = 1;
    add_product(lowering, node, a, b, product);
  } else if (product.heads == 1) {  // the same, transposed
    add_product(lowering, node, b, a,
                {1, base::checked_multiply(right_heads, product.columns), product.inner, product.rows});
  } else {
    lowering.refuse(node, "its operands repeat along different dimensions");
  }
}

void multiply(Lowering& lowering, const Node& node, int a, int b, bool transposed_a, bool transposed_b,
              bool bias) {
  if (lowering.constant(a)) {
    const Dimensions& left = lowering.shape(a);
    if (lowering.constant(b) || leading(left) != 1 || left.size() < 2) {
      lowering.refuse(node, "a first operand of weights must be one matrix");
    }
    const std::int64_t features = transposed_a ? left.back() : left[left.size() - 2];
    add_gemm(lowering, node, {b, a, transposed_a ? left[left.size() - 2] : left.back(), features, bias});
    return;
  }
  if (!lowering.constant(b)) {
    multiply_activations(lowering, node, a, b, transposed_a, transposed_b);
    return;
  }
  const Dimensions& right = lowering.shape(b);
  if (leading(right) != 1) {
    add_grouped(lowering, node, a, b);
    return;
  }
  const std::int64_t last = right.size() < 2 ? 1 : right.back();
  const std::int64_t before_last = right.size() < 2 ? right.back() : right[right.size() - 2];
  const std::int64_t columns = transposed_b ? last : before_last;
  if (count(lowering.shape(a)) % columns != 0) {
    lowering.refuse(node, fmt::format("its input does not have rows of {} elements", columns));
  }
  add_gemm(lowering, node, {a, b, columns, transposed_b ? before_last : last, bias});
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
      {"com.microsoft.QGemm", quantised_gemm},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
