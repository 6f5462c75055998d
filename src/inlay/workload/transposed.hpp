#pragma once

#include <array>
#include <vector>

#include "inlay/workload/model.hpp"

namespace inlay::workload {

/// A transposed convolution has as many phases as the product of its two strides has, at most this. Vocoders
/// use strides of several hundred along one axis.
inline constexpr std::int64_t kLargestUpsampling = 65536;

/// Whether the input of a convolution is spread by zeros: a transposed convolution.
bool is_transposed(const ConvolutionShape& shape);

/// A transposed convolution as plain ones without the zeros (sub-pixel convolutions, Shi et al., CVPR 2016):
/// the outputs at each remainder of row and column modulo `upsample` meet a fixed subset of the filter's
/// taps. Together they have all outputs that a product reaches, each once, and all taps of the filter, each
/// once. A plain convolution comes back as itself. Throws base::OverflowError.
std::vector<ConvolutionShape> phases(const ConvolutionShape& shape);

/// Pairs of an output and a filter tap that are multiplied along rows and along columns, for one pair of
/// channels. Padding counts as in a plain convolution. Of a transposed convolution at most each input element
/// with each tap counts, as in fvcore and torch.utils.flop_counter: outputs that no input reaches and zeros
/// at the edge beyond that count nothing. Throws base::OverflowError.
std::array<std::int64_t, 2> products_along(const ConvolutionShape& shape);

}  // namespace inlay::workload
