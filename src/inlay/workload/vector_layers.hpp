#pragma once

#include <cstdint>

#include "inlay/workload/layer_draft.hpp"
#include "inlay/workload/operators.hpp"

namespace inlay::workload {

/// Fills in output and weights of an operator without MACs, and returns how many times its operations are
/// done for one sample. Throws base::InputError and base::OverflowError.
std::int64_t build_vector(Draft& draft, const VectorOperator& description);

}  // namespace inlay::workload
