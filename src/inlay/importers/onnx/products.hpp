#pragma once

#include <cstdint>

#include "inlay/importers/onnx/lowering.hpp"

/// Products as layers, for the rules of MatMul and Einsum (product_rules.cpp).
namespace inlay::importers::onnx_graph {

/// A product of any rank, as `heads` products of rows x inner by inner x columns.
struct Product {
  std::int64_t heads = 1;
  std::int64_t rows = 1;
  std::int64_t inner = 1;
  std::int64_t columns = 1;
};

/// A product by several matrices of weights. A matrix for each of several inputs is a convolution of as many
/// groups by a window of one element; matrices for the same input are one with more columns.
void add_grouped(Lowering& lowering, const Node& node, int x, int weights, const Product& product);

/// A product of two activations. Fails at the node if the second one does not have as many elements.
void add_product(Lowering& lowering, const Node& node, int a, int b, const Product& product);

}  // namespace inlay::importers::onnx_graph
