#pragma once

#include <vector>

#include "inlay/workload/model.hpp"

namespace inlay::workload {

/// A transposed convolution has as many phases as the product of its two strides; none of practice has
/// above 32.
inline constexpr std::int64_t kLargestUpsampling = 256;

/// Whether the input of a convolution is spread by zeros: a transposed convolution.
bool is_transposed(const ConvolutionShape& shape);

/// A transposed convolution as plain ones without the zeros (sub-pixel convolutions, Shi et al., CVPR 2016):
/// the outputs at each remainder of row and column modulo `upsample` meet a fixed subset of the filter's
/// taps. Together they have all outputs that a product reaches, each once, and all taps of the filter, each
/// once. A plain convolution comes back as itself. Throws base::OverflowError.
std::vector<ConvolutionShape> phases(const ConvolutionShape& shape);

}  // namespace inlay::workload
