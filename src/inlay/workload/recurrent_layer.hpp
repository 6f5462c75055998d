#pragma once

#include "inlay/workload/layer_draft.hpp"

namespace inlay::workload {

/// The products of a recurrent layer, one in each step: the step's input and the state before it by the
/// weights of all gates (Hochreiter and Schmidhuber, Neural Computation 9, 1997; Cho et al., EMNLP 2014).
/// Throws base::InputError.
void build_recurrent(Draft& draft);

}  // namespace inlay::workload
