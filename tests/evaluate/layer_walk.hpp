#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "inlay/base/random.hpp"
#include "inlay/workload/division.hpp"

// Small random layers and a walk over all that they do, one product or one output element at a time: the
// definition of the operator, written without the divisions that are held against it. Start at WalkedLayer.

namespace inlay::testing {

/// An element of an operand, numbered row by row with the batch first.
struct Touch {
  std::size_t operand = 0;
  std::int64_t element = 0;
};

/// One multiplication, or, of an operator without MACs, one output element.
struct Product {
  std::array<std::int64_t, workload::kLoopDimensions> at{};  // where it is in each loop that may be divided
  std::vector<Touch> reads;
  std::size_t output = 0;
  std::int64_t made = 0;    // element of that output
  std::int64_t weight = 0;  // number of the weight that it uses
  bool row_exists = true;   // of a convolution: its input row is no padding
};

using Visit = std::function<void(const Product&)>;

/// A model of one layer.
struct WalkedLayer {
  workload::Model model;
  std::array<std::int64_t, workload::kLoopDimensions> extents{};  // of loops that may be divided; 0: none
  bool exact = true;  // a share reads every element of the box around what it reads
  std::function<void(std::int64_t mini_batch, const Visit&)> walk;

  const workload::Layer& layer() const { return model.layers.front(); }
  const workload::Tensor& tensor(int index) const { return model.tensors[static_cast<std::size_t>(index)]; }
};

using Sizes = std::vector<std::int64_t>;

constexpr std::size_t loop(workload::LoopDimension by) {
  return static_cast<std::size_t>(by);
}

/// Number of an element of sample n.
inline std::int64_t element_of(const Sizes& sizes, std::int64_t n, const Sizes& at) {
  std::int64_t number = n;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    number = number * sizes[i] + at[i];
  }
  return number;
}

inline std::int64_t elements_of(const Sizes& sizes) {
  std::int64_t product = 1;
  for (const std::int64_t size : sizes) {
    product *= size;
  }
  return product;
}

/// Place of an element of one sample.
inline Sizes place_of(const Sizes& sizes, std::int64_t number) {
  Sizes at(sizes.size());
  for (std::size_t i = sizes.size(); i-- > 0;) {
    at[i] = number % sizes[i];
    number /= sizes[i];
  }
  return at;
}

inline WalkedLayer layer_of(const std::string& op, workload::Shape shape, const std::vector<Sizes>& inputs,
                            const std::vector<Sizes>& outputs, std::int64_t weights) {
  WalkedLayer result;
  workload::Layer layer;
  layer.name = "layer";
  layer.op = op;
  layer.shape = shape;
  layer.weight_bytes = weights;
  layer.parameters = weights;
  const auto add = [&](const Sizes& sizes, bool made) {
    workload::Tensor tensor;
    tensor.name = "t" + std::to_string(result.model.tensors.size());
    tensor.dimensions = sizes;
    tensor.bytes = elements_of(sizes);
    tensor.producer = made ? 0 : -1;
    tensor.is_output = made;
    if (!made) {
      tensor.users = {0};
    }
    (made ? layer.outputs : layer.inputs).push_back(static_cast<int>(result.model.tensors.size()));
    result.model.tensors.push_back(std::move(tensor));
  };
  for (const Sizes& sizes : inputs) {
    add(sizes, false);
  }
  for (const Sizes& sizes : outputs) {
    add(sizes, true);
  }
  result.model.name = "one-" + op;
  result.model.layers.push_back(std::move(layer));
  result.extents[loop(workload::LoopDimension::kNone)] = 1;
  return result;
}

/// Strided, padded, dilated, grouped and depthwise ones.
inline WalkedLayer random_convolution(base::Random& random) {
  using workload::LoopDimension;
  workload::ConvolutionShape shape;
  shape.groups = random.between(0, 1) == 0 ? 1 : random.between(2, 4);
  const std::int64_t makes = random.between(1, 3);  // channels of a group
  const std::int64_t reads = random.between(1, 3);
  shape.out_channels = shape.groups * makes;
  shape.in_channels = shape.groups * reads;
  shape.kernel_height = random.between(1, 3);
  shape.kernel_width = random.between(1, 2);
  shape.stride_y = random.between(1, 3);
  shape.stride_x = random.between(1, 2);
  shape.dilation_y = random.between(0, 3) == 0 ? 2 : 1;
  std::int64_t height = 0;
  const std::int64_t reach = (shape.kernel_height - 1) * shape.dilation_y + 1;
  const bool padded = random.between(0, 1) == 0;
  if (padded) {
    height = random.between(1, 7);
    shape.padding_y = random.between(0, 3);
    shape.in_height = height;
    const std::int64_t below = std::max(random.between(0, 3), reach - height - shape.padding_y);
    shape.out_height = (height + shape.padding_y + below - reach) / shape.stride_y + 1;
  } else {
    shape.out_height = random.between(1, 6);
    height = (shape.out_height - 1) * shape.stride_y + reach;
  }
  shape.out_width = random.between(1, 2);
  const std::int64_t width = (shape.out_width - 1) * shape.stride_x + shape.kernel_width;
  const Sizes input = {shape.in_channels, height, width};
  const Sizes output = {shape.out_channels, shape.out_height, shape.out_width};
  WalkedLayer result = layer_of("convolution", shape, {input}, {output},
                                shape.out_channels * reads * shape.kernel_height * shape.kernel_width);
  result.extents[loop(LoopDimension::kRows)] = shape.out_height;
  if (shape.groups > 1) {
    result.extents[loop(LoopDimension::kGroups)] = shape.groups;
  } else {
    result.extents[loop(LoopDimension::kOutputs)] = shape.out_channels;
    result.extents[loop(LoopDimension::kReduction)] = shape.in_channels;
  }
  result.exact = !padded && shape.dilation_y == 1 && shape.kernel_height >= shape.stride_y &&
                 shape.kernel_width >= shape.stride_x;
  result.walk = [=](std::int64_t mini_batch, const Visit& visit) {
    Product product;
    const Sizes loops = {
        mini_batch,          shape.groups,      makes, reads, shape.out_height, shape.out_width,
        shape.kernel_height, shape.kernel_width};
    for (std::int64_t i = 0; i < elements_of(loops); ++i) {
      const Sizes at = place_of(loops, i);
      const std::int64_t made = at[1] * makes + at[2];
      const std::int64_t read = at[1] * reads + at[3];
      const std::int64_t row = at[4] * shape.stride_y + at[6] * shape.dilation_y - shape.padding_y;
      const std::int64_t column = at[5] * shape.stride_x + at[7];
      product.at = {0, at[0], at[4], made, read, at[1]};
      product.row_exists = row >= 0 && row < height;
      product.reads.clear();
      if (product.row_exists) {
        product.reads.push_back({0, element_of(input, at[0], {read, row, column})});
      }
      product.made = element_of(output, at[0], {made, at[4], at[5]});
      product.weight = ((made * reads + at[3]) * shape.kernel_height + at[6]) * shape.kernel_width + at[7];
      visit(product);
    }
  };
  return result;
}

/// [..., k] times k x n, the n columns perhaps in several tensors, of sizes that have a common divisor.
inline WalkedLayer random_product_with_weights(base::Random& random) {
  using workload::LoopDimension;
  Sizes leading;
  for (std::int64_t i = random.between(0, 2); i > 0; --i) {
    leading.push_back(random.between(1, 5));
  }
  const std::int64_t inner = random.between(1, 7);
  const std::int64_t blocks = random.between(1, 5);
  Sizes columns;  // of each output
  std::int64_t sum = 0;
  for (std::int64_t i = random.between(0, 2) == 0 ? random.between(2, 3) : 1; i > 0; --i) {
    columns.push_back(blocks * random.between(1, 2));
    sum += columns.back();
  }
  std::int64_t common = 0;
  for (const std::int64_t one : columns) {
    common = std::gcd(common, one);
  }
  const std::int64_t rows = elements_of(leading);
  Sizes input = leading;
  input.push_back(inner);
  std::vector<Sizes> outputs;
  for (const std::int64_t one : columns) {
    outputs.push_back(leading);
    outputs.back().push_back(one);
  }
  WalkedLayer result =
      layer_of("gemm", workload::GemmShape{rows, sum, inner, 1, true}, {input}, outputs, sum * inner);
  result.extents[loop(LoopDimension::kRows)] = leading.empty() ? 0 : leading.front();
  result.extents[loop(LoopDimension::kOutputs)] = common;
  result.extents[loop(LoopDimension::kReduction)] = inner;
  result.walk = [=](std::int64_t mini_batch, const Visit& visit) {
    Product product;
    product.reads.resize(1);
    const Sizes loops = {mini_batch, rows, sum, inner};
    for (std::int64_t i = 0; i < elements_of(loops); ++i) {
      const Sizes at = place_of(loops, i);
      std::int64_t column = at[2];
      product.output = 0;
      while (column >= columns[product.output]) {
        column -= columns[product.output++];
      }
      const std::int64_t size = columns[product.output];
      const std::int64_t row = leading.empty() ? 0 : at[1] / (rows / leading.front());
      product.at = {0, at[0], row, column / (size / common), at[3], 0};
      product.reads[0] = {0, (at[0] * rows + at[1]) * inner + at[3]};
      product.made = (at[0] * rows + at[1]) * size + column;
      product.weight = at[2] * inner + at[3];
      visit(product);
    }
  };
  return result;
}

/// An operand or a result of attention as windows x heads x rows x columns: [windows * rows, heads * columns]
/// or [windows * heads, rows, columns].
struct HeadTensor {
  bool stacked = false;  // of three axes
  std::int64_t windows = 1;
  std::int64_t heads = 1;
  std::int64_t rows = 1;
  std::int64_t columns = 1;

  Sizes sizes() const {
    return stacked ? Sizes{windows * heads, rows, columns} : Sizes{windows * rows, heads * columns};
  }
  std::int64_t element(std::int64_t n, std::int64_t window, std::int64_t head, std::int64_t row,
                       std::int64_t column) const {
    return stacked ? element_of(sizes(), n, {window * heads + head, row, column})
                   : element_of(sizes(), n, {window * rows + row, head * columns + column});
  }
};

/// Scores or contexts of attention: heads, several of which may share one of the second operand, perhaps in
/// windows, and new tokens joined to a cache.
inline WalkedLayer random_product_of_activations(base::Random& random) {
  using workload::LoopDimension;
  const std::int64_t windows = random.between(0, 2) == 0 ? random.between(2, 5) : 1;
  const std::int64_t keys = random.between(1, 4);
  // As many windows as heads that share keys look the same as one window in which each has its own.
  const std::int64_t shared = random.between(0, 2) == 0 ? (windows == 2 ? 3 : 2) : 1;
  const std::int64_t heads = keys * shared;
  const std::int64_t rows = random.between(1, 4);
  const std::int64_t inner = random.between(2, 4);
  std::int64_t columns = random.between(2, 5);
  if (windows > 1 && (columns == inner * windows || inner == columns * windows)) {
    columns = inner;  // else shapes do not tell windows from heads
  }
  const bool transposed = random.between(0, 1) == 0;
  const auto stacked = [&] { return random.between(0, 1) == 0; };
  const HeadTensor first{stacked(), windows, heads, rows, inner};
  const HeadTensor output{stacked(), windows, heads, rows, columns};
  std::vector<HeadTensor> second;  // joined along their rows
  const std::int64_t tokens = transposed ? columns : inner;
  const std::int64_t cached = random.between(0, 3) == 0 ? random.between(1, tokens - 1) : 0;
  const bool alike = stacked();
  for (const std::int64_t part : {tokens - cached, cached}) {
    if (part > 0) {
      second.push_back({alike, windows, keys, part, transposed ? inner : columns});
    }
  }
  std::vector<Sizes> inputs = {first.sizes()};
  for (const HeadTensor& one : second) {
    inputs.push_back(one.sizes());
  }
  WalkedLayer result =
      layer_of("matrix-product", workload::GemmShape{rows * shared, columns, inner, keys * windows, false},
               inputs, {output.sizes()}, 0);
  const bool by_window = windows > 1 && !(first.stacked && output.stacked);
  result.extents[loop(LoopDimension::kRows)] = first.stacked ? rows : windows * rows;
  result.extents[loop(LoopDimension::kGroups)] = by_window ? windows : keys * windows;
  result.walk = [=](std::int64_t mini_batch, const Visit& visit) {
    Product product;
    product.reads.resize(2);
    const Sizes loops = {mini_batch, windows, heads, rows, columns, inner};
    for (std::int64_t i = 0; i < elements_of(loops); ++i) {
      const Sizes at = place_of(loops, i);
      const std::int64_t key = at[2] / shared;
      const std::int64_t row = first.stacked ? at[3] : at[1] * rows + at[3];
      product.at = {0, at[0], row, 0, 0, by_window ? at[1] : at[1] * keys + key};
      product.reads[0] = {0, first.element(at[0], at[1], at[2], at[3], at[5])};
      std::int64_t token = transposed ? at[4] : at[5];
      const std::int64_t feature = transposed ? at[5] : at[4];
      std::size_t part = 0;
      while (token >= second[part].rows) {
        token -= second[part++].rows;
      }
      product.reads[1] = {part + 1, second[part].element(at[0], at[1], key, token, feature)};
      product.made = output.element(at[0], at[1], at[2], at[3], at[4]);
      visit(product);
    }
  };
  return result;
}

}  // namespace inlay::testing
