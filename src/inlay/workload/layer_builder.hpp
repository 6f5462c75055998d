#pragma once

#include <cstdint>
#include <vector>

#include "inlay/workload/expansion.hpp"
#include "inlay/workload/model.hpp"
#include "inlay/workload/operators.hpp"

namespace inlay::workload {

/// What the whole model says and a layer may say differently.
struct BitWidths {
  std::int64_t weights = 8;
  std::int64_t activations = 8;
  std::int64_t accumulator = 0;  // of partial sums; 0: as wide as the layer's outputs
};

/// A layer whose sizes are known, with the tensors that it makes; their places in the model are not filled
/// in.
struct BuiltLayer {
  Layer layer;
  std::vector<Tensor> outputs;
};

/// Works out a layer's shape, weights and output tensors from its keys and its inputs.
/// Throws base::InputError for sizes that do not fit together, unknown keys and overflow.
BuiltLayer build_layer(const ExpandedLayer& expanded, const std::vector<const Tensor*>& inputs,
                       const VectorOperators& vector_operators, const BitWidths& bits);

/// A tensor of these dimensions, its bytes rounded up. Throws base::OverflowError.
Tensor make_tensor(std::string name, std::vector<std::int64_t> dimensions, std::int64_t bits);

/// Product of the dimensions. Throws base::OverflowError.
std::int64_t elements(const std::vector<std::int64_t>& dimensions);

}  // namespace inlay::workload
