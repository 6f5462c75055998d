#pragma once

#include <string>

#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/window.hpp"

/// Keys of layers with windows, as docs/formats-models.md has them.
namespace inlay::importers::onnx_graph {

/// One axis becomes rows of one column.
Dimensions two_axes(const Dimensions& sizes, std::int64_t missing);

/// ", key: 3", or ", key: [3, 5]" if the sizes differ.
std::string sizes_key(const char* key, const Dimensions& sizes);

/// Keys of the window over two or three axes; what is usual is left out.
std::string window_keys(const Window& window, bool stride_is_kernel);

std::string groups_key(std::int64_t groups);

/// `bias`: of the operator itself; a batch norm or a bias may have been joined to it.
std::string bias_keys(const Node& node, bool bias);

/// [channels, sizes], with the number of images in front if there are several.
Dimensions image_shape(std::int64_t images, std::int64_t channels, const Window& window);

/// Convolutions and poolings over three axes (volume_rules.cpp).
void convolve_volume(Lowering& lowering, const Node& node, int weights, bool bias);
void convolve_volume_transposed(Lowering& lowering, const Node& node);
void pool_volume(Lowering& lowering, const Node& node);

/// A convolution by filters that the model computes (computed_filters.cpp).
void convolve_by_activation(Lowering& lowering, const Node& node, int filters, int bias);

/// Adds learned numbers for each channel of the tensor [channels, ...]; it then holds the node's first
/// output.
void add_channel_bias(Lowering& lowering, const Node& node, int tensor, int bias);

}  // namespace inlay::importers::onnx_graph
