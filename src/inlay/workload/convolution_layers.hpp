#pragma once

#include "inlay/workload/layer_draft.hpp"

namespace inlay::workload {

/// Fill in shape, weights and output. Throw base::InputError and base::OverflowError.
void build_convolution(Draft& draft);
/// Output (in - 1) * stride - padding + (kernel - 1) * dilation + 1 + output_padding, as in ONNX's
/// ConvTranspose.
void build_transposed_convolution(Draft& draft);

/// The keys bias and batch_norm of a convolution whose channels and kernel are known: sets its weights.
void set_filters(Draft& draft, const ConvolutionShape& shape);

}  // namespace inlay::workload
