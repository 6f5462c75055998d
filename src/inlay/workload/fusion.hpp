#pragma once

#include "inlay/workload/model.hpp"
#include "inlay/workload/operators.hpp"

namespace inlay::workload {

/// Joins operators that work on single elements (those that the table of operators marks as fused:
/// activations, batch norm) to the layer that makes what they read, as an accelerator's output path does: the
/// elements pass the vector unit on their way to L2. Done where the tensor between them has no other reader
/// and is no output of the model. What such an operator makes is then made by its producer, which does the
/// operations beside its own.
Model fused(const Model& model, const VectorOperators& operators);

}  // namespace inlay::workload
