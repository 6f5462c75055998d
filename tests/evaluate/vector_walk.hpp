#pragma once

#include <string>
#include <vector>

#include "evaluate/layer_walk.hpp"

// Operators without MACs, one output element at a time (evaluate/layer_walk.hpp). Start at
// random_vector_layer().

namespace inlay::testing {

/// Which elements of its operands an output element depends on: called with the sample and the place.
using Reads = std::function<void(std::int64_t n, const Sizes& at, std::vector<Touch>& reads)>;

inline WalkedLayer vector_layer(const std::string& op, const std::vector<Sizes>& inputs, const Sizes& output,
                                Reads reads) {
  using workload::LoopDimension;
  std::int64_t read = 0;
  for (const Sizes& input : inputs) {
    read += elements_of(input);
  }
  WalkedLayer result = layer_of(op, workload::VectorShape{2 * elements_of(output), read, elements_of(output)},
                                inputs, {output}, 0);
  // [channels, rows, columns], [rows, features] or [features].
  const std::size_t features = output.size() == 2 ? 1 : 0;
  const std::size_t rows = output.size() == 2 ? 0 : 1;
  result.extents[loop(LoopDimension::kOutputs)] = output[features];
  result.extents[loop(LoopDimension::kRows)] = rows < output.size() ? output[rows] : 0;
  const bool table = op == "embedding";
  result.extents[loop(LoopDimension::kReduction)] = table ? output[0] : 0;
  result.walk = [=, reads = std::move(reads)](std::int64_t mini_batch, const Visit& visit) {
    Product product;
    // A table is looked up in parts, whose results add up.
    const std::int64_t parts = table ? output[0] : 1;
    for (std::int64_t part = 0; part < parts * mini_batch * elements_of(output); ++part) {
      const std::int64_t i = part / parts;
      const std::int64_t n = i / elements_of(output);
      const Sizes at = place_of(output, i % elements_of(output));
      product.at = {0, n, rows < output.size() ? at[rows] : 0, at[features], part % parts, 0};
      product.reads.clear();
      reads(n, at, product.reads);
      product.made = i;
      visit(product);
    }
  };
  return result;
}

inline Sizes random_sizes(base::Random& random, std::int64_t axes) {
  Sizes sizes;
  for (std::int64_t i = 0; i < axes; ++i) {
    sizes.push_back(random.between(1, 5));
  }
  return sizes;
}

/// One or several operands, repeated along axes where they are of size 1 or that they lack.
inline WalkedLayer random_element_wise(base::Random& random) {
  const Sizes output = random_sizes(random, random.between(1, 3));
  std::vector<Sizes> inputs = {output};
  for (std::int64_t more = random.between(0, 2); more > 0; --more) {
    const auto dropped = static_cast<std::ptrdiff_t>(random.between(0, static_cast<int>(output.size()) - 1));
    Sizes input(output.begin() + (random.between(0, 1) == 0 ? dropped : 0), output.end());
    for (std::int64_t& size : input) {
      size = random.between(0, 2) == 0 ? 1 : size;
    }
    inputs.push_back(input);
  }
  const std::string op = inputs.size() == 1 ? "relu" : random.between(0, 1) == 0 ? "add" : "multiply";
  return vector_layer(op, inputs, output, [=](std::int64_t n, const Sizes& at, std::vector<Touch>& reads) {
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      Sizes place(at.end() - static_cast<std::ptrdiff_t>(inputs[k].size()), at.end());
      for (std::size_t i = 0; i < place.size(); ++i) {
        place[i] %= inputs[k][i];
      }
      reads.push_back({k, element_of(inputs[k], n, place)});
    }
  });
}

/// Every element depends on all elements that differ from it along some axes only: softmax, norms, orders.
inline WalkedLayer random_coupled(base::Random& random) {
  const struct {
    const char* op;
    bool first, last, all;
  } kinds[] = {{"softmax", false, true, false},          {"layer-norm", false, true, false},
               {"rms-norm", false, true, false},         {"group-norm", false, false, true},
               {"max-norm", true, false, false},         {"window-order", true, false, false},
               {"dynamic-quantize", false, false, true}, {"batch-norm", false, false, false}};
  const auto& kind = kinds[random.between(0, 7)];
  const Sizes sizes = random_sizes(random, random.between(1, 3));
  std::vector<bool> coupled(sizes.size(), kind.all);
  coupled.front() = coupled.front() || kind.first;
  coupled.back() = coupled.back() || kind.last;
  return vector_layer(kind.op, {sizes}, sizes,
                      [=](std::int64_t n, const Sizes& at, std::vector<Touch>& reads) {
                        for (std::int64_t i = 0; i < elements_of(sizes); ++i) {
                          const Sizes other = place_of(sizes, i);
                          bool depends = true;
                          for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
                            depends = depends && (coupled[axis] || other[axis] == at[axis]);
                          }
                          if (depends) {
                            reads.push_back({0, n * elements_of(sizes) + i});
                          }
                        }
                      });
}

inline WalkedLayer random_concatenation(base::Random& random) {
  const Sizes shape = random_sizes(random, random.between(1, 3));
  const auto axis = static_cast<std::size_t>(random.between(0, static_cast<int>(shape.size()) - 1));
  std::vector<Sizes> inputs(static_cast<std::size_t>(random.between(2, 3)), shape);
  Sizes output = shape;
  output[axis] = 0;
  for (Sizes& input : inputs) {
    input[axis] = random.between(1, 4);
    output[axis] += input[axis];
  }
  return vector_layer("concat", inputs, output, [=](std::int64_t n, Sizes at, std::vector<Touch>& reads) {
    std::size_t part = 0;
    while (at[axis] >= inputs[part][axis]) {
      at[axis] -= inputs[part++][axis];
    }
    reads.push_back({part, element_of(inputs[part], n, at)});
  });
}

/// A range along one axis, or rows put before the others.
inline WalkedLayer random_selection(base::Random& random) {
  const Sizes input = random_sizes(random, 2);
  if (random.between(0, 1) == 0) {
    const std::int64_t learned = random.between(1, 3);
    return vector_layer("learned-tokens", {input}, {learned + input[0], input[1]},
                        [=](std::int64_t n, const Sizes& at, std::vector<Touch>& reads) {
                          if (at[0] >= learned) {
                            reads.push_back({0, element_of(input, n, {at[0] - learned, at[1]})});
                          }
                        });
  }
  const auto axis = static_cast<std::size_t>(random.between(0, 1));
  Sizes output = input;
  output[axis] = random.between(1, input[axis]);
  const std::int64_t before = random.between(0, input[axis] - output[axis]);
  return vector_layer("select", {input}, output, [=](std::int64_t n, Sizes at, std::vector<Touch>& reads) {
    at[axis] += before;
    reads.push_back({0, element_of(input, n, at)});
  });
}

inline WalkedLayer random_embedding(base::Random& random) {
  const Sizes tokens = random_sizes(random, 1);
  return vector_layer("embedding", {tokens}, {tokens[0], random.between(1, 5)},
                      [=](std::int64_t n, const Sizes& at, std::vector<Touch>& reads) {
                        reads.push_back({0, n * tokens[0] + at[0]});
                      });
}

/// Windows over [channels, rows, columns]; every output is taken to read the whole channel.
inline WalkedLayer random_pool(base::Random& random) {
  const Sizes input = random_sizes(random, 3);
  const std::string ops[] = {"max-pool", "resize-nearest", "global-average-pool", "roi-align"};
  const std::string& op = ops[random.between(0, 3)];
  const Sizes output = op == "global-average-pool"
                           ? random.between(0, 1) == 0 ? Sizes{input[0]} : Sizes{input[0], 1, 1}
                           : Sizes{input[0], random.between(1, 4), random.between(1, 4)};
  std::vector<Sizes> inputs = {input};
  if (op == "roi-align") {
    inputs.push_back({2, 4});
  }
  return vector_layer(op, inputs, output, [=](std::int64_t n, const Sizes& at, std::vector<Touch>& reads) {
    for (std::int64_t i = 0; i < input[1] * input[2]; ++i) {
      reads.push_back({0, (n * input[0] + at[0]) * input[1] * input[2] + i});
    }
    for (std::int64_t i = 0; inputs.size() == 2 && i < 8; ++i) {
      reads.push_back({1, n * 8 + i});
    }
  });
}

/// Another shape of the same elements, or pixels to tokens.
inline WalkedLayer random_reshape(base::Random& random) {
  const Sizes input = random_sizes(random, 3);
  if (random.between(0, 1) == 0) {
    return vector_layer("permute", {input}, {input[1] * input[2], input[0]},
                        [=](std::int64_t n, const Sizes& at, std::vector<Touch>& reads) {
                          reads.push_back({0, (n * input[0] + at[1]) * input[1] * input[2] + at[0]});
                        });
  }
  const Sizes shapes[] = {{input[0], input[1] * input[2]},
                          {input[0] * input[1], input[2]},
                          {elements_of(input)},
                          {input[0], input[2], input[1]}};
  const Sizes& output = shapes[random.between(0, 3)];
  return vector_layer("reshape", {input}, output,
                      [=](std::int64_t n, const Sizes& at, std::vector<Touch>& reads) {
                        reads.push_back({0, element_of(output, n, at)});
                      });
}

/// Rows added to some rows of the first operand.
inline WalkedLayer random_scatter(base::Random& random) {
  const Sizes sum = random_sizes(random, 2);
  const Sizes rows = {random.between(1, sum[0]), sum[1]};
  return vector_layer("scatter-add", {sum, rows}, sum,
                      [=](std::int64_t n, const Sizes& at, std::vector<Touch>& reads) {
                        reads.push_back({0, element_of(sum, n, at)});
                        for (std::int64_t row = 0; row < rows[0]; ++row) {
                          reads.push_back({1, element_of(rows, n, {row, at[1]})});
                        }
                      });
}

inline WalkedLayer random_vector_layer(base::Random& random) {
  switch (random.between(0, 9)) {
    case 0:
    case 1:
      return random_coupled(random);
    case 2:
      return random_concatenation(random);
    case 3:
      return random_selection(random);
    case 4:
      return random_embedding(random);
    case 5:
      return random_pool(random);
    case 6:
      return random_reshape(random);
    case 7:
      return random_scatter(random);
    default:
      return random_element_wise(random);
  }
}

}  // namespace inlay::testing
