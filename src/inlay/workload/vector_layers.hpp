#pragma once

#include <cstdint>

#include "inlay/workload/layer_draft.hpp"
#include "inlay/workload/operators.hpp"

namespace inlay::workload {

/// Fills in shape, output and weights of an operator without MACs. Throws base::InputError and
/// base::OverflowError.
void build_vector(Draft& draft, const VectorOperator& description);

}  // namespace inlay::workload
