// Convolutions and poolings over depth, rows and columns.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/window_keys.hpp"

namespace inlay::importers::onnx_graph {
namespace {

/// [channels, depth, rows, columns] of one sample. Throws BatchFound.
int as_volume(Lowering& lowering, const Node& node, int value) {
  const Dimensions& dimensions = lowering.shape(value);
  if (dimensions.size() != 5) {
    lowering.refuse(node, fmt::format("windows over one, two or three axes are supported, its input has {} "
                                      "dimensions",
                                      dimensions.size()));
  }
  if (dimensions[0] != 1) {
    throw BatchFound{dimensions[0], node.name};
  }
  return lowering.as_shape(value, Dimensions(dimensions.begin() + 1, dimensions.end()));
}

}  // namespace

void convolve_volume(Lowering& lowering, const Node& node, int weights, bool bias) {
  const int x = lowering.activation(node, 0);
  const Dimensions& filter = lowering.shape(weights);
  const Window window =
      window_of(lowering.graph(), node, lowering.shape(x), Dimensions(filter.begin() + 2, filter.end()));
  const int volume = as_volume(lowering, node, x);
  const std::string keys = fmt::format(", channels: {}", filter[0]) + window_keys(window, false) +
                           groups_key(integer_or(node, "group", 1)) + bias_keys(node, bias);
  lowering.add_layer(node, node.outputs.at(0), "convolution-3d", keys, {volume},
                     image_shape(1, filter[0], window), weights);
}

// Each depth of the input makes, by a 2-D transposed convolution, a slice for each depth of the filter;
// slices that fall on the same depth of the output are added.
void convolve_volume_transposed(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const int weights = lowering.weight(node, 1);
  const Dimensions& filter = lowering.shape(weights);
  const Window window = transposed_window_of(lowering.graph(), node, lowering.shape(x), filter);
  const int volume = as_volume(lowering, node, x);
  const Dimensions of = lowering.tensor_shape(volume);
  const std::int64_t groups = integer_or(node, "group", 1);
  const std::int64_t channels = base::checked_multiply(filter[1], groups);
  Window flat;
  for (const auto member : {&Window::kernel, &Window::stride, &Window::dilation, &Window::before,
                            &Window::after, &Window::out, &Window::output_padding}) {
    (flat.*member).assign((window.*member).begin() + 1, (window.*member).end());
  }
  const std::int64_t slices = base::checked_multiply(channels, window.kernel[0]);
  std::string keys = fmt::format(", channels: {}", slices) + window_keys(flat, false);
  keys += flat.output_padding == Dimensions{0, 0} ? "" : sizes_key("output_padding", flat.output_padding);
  keys += groups_key(groups) + ", bias: false";
  const Dimensions images =
      of[1] == 1 ? Dimensions{of[0], of[2], of[3]} : Dimensions{of[1], of[0], of[2], of[3]};
  const int made =
      lowering.add_part(node, ".slices", node.outputs.at(0), "transposed-convolution", keys,
                        {lowering.as_shape(x, images)}, image_shape(of[1], slices, flat), weights);
  const Dimensions out = image_shape(1, channels, window);
  lowering.add(node, "reduce", fmt::format(", shape: [{}]", fmt::join(out, ", ")), {made}, out);
  const int bias = Graph::input(node, 2);
  if (bias >= 0 || integer_or(node, "inlay_bias", 0) == 1 || integer_or(node, "inlay_batch_norm", 0) == 1) {
    add_channel_bias(lowering, node, lowering.held(node.outputs[0]), bias >= 0 ? bias : weights);
  }
}

void pool_volume(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Window window = window_of(lowering.graph(), node, lowering.shape(x), {});
  const int volume = as_volume(lowering, node, x);
  lowering.add(node, node.op == "MaxPool" ? "max-pool-3d" : "average-pool-3d", window_keys(window, true),
               {volume}, image_shape(1, lowering.shape(x)[1], window));
}

}  // namespace inlay::importers::onnx_graph
