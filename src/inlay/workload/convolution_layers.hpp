#pragma once

#include "inlay/workload/layer_draft.hpp"

namespace inlay::workload {

/// Fill in shape, weights and output. Throw base::InputError and base::OverflowError.
void build_convolution(Draft& draft);
/// Output (in - 1) * stride - padding + (kernel - 1) * dilation + 1 + output_padding, as in ONNX's
/// ConvTranspose.
void build_transposed_convolution(Draft& draft);

}  // namespace inlay::workload
