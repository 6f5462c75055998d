#pragma once

#include <cstdint>

#include "inlay/workload/layer_draft.hpp"

namespace inlay::workload {

/// Fills in a convolution over [channels, depth, height, width]. It is costed as 2-D convolutions, one for
/// each depth of the output, whose input channels are those of all depths that the filter covers; so an
/// engine reads a depth of the input once for each depth of the output that needs it. Throws base::InputError
/// and base::OverflowError.
void build_volume_convolution(Draft& draft);

/// A pooling over [channels, depth, height, width]: sets the output, and returns the elements of all its
/// windows. Throws as build_volume_convolution.
std::int64_t build_volume_pool(Draft& draft);

}  // namespace inlay::workload
