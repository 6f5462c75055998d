#pragma once

#include "inlay/importers/onnx/graph.hpp"

namespace inlay::importers::onnx_graph {

/// A window that slides over the axes behind batch and channels.
struct Window {
  Dimensions kernel;
  Dimensions stride;
  Dimensions dilation;
  Dimensions before;  // padding
  Dimensions after;   // padding, with what ceil_mode reads beyond it
  Dimensions out;
  Dimensions output_padding;  // of a transposed convolution: what it makes beyond its last filter
};

/// The window of a convolution or a pooling. `input`: batch, channels, sizes; `kernel`: sizes of the weights,
/// if the node does not say them. Padding is as pads, auto_pad and ceil_mode have it. Fails at the node for
/// what does not fit.
Window window_of(const Graph& graph, const Node& node, const Dimensions& input, const Dimensions& kernel);

/// The window of a ConvTranspose; padding is what is taken away. Where output_shape is larger than input and
/// filter make it, what is missing follows at the end. Fails at the node for what does not fit.
Window transposed_window_of(const Graph& graph, const Node& node, const Dimensions& input,
                            const Dimensions& filter);

}  // namespace inlay::importers::onnx_graph
