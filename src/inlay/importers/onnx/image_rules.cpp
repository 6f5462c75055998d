// Operators on images: convolutions, poolings, normalisations by channel.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/window_keys.hpp"

namespace inlay::importers::onnx_graph {
namespace {

void convolve(Lowering& lowering, const Node& node, std::size_t filter_index, std::size_t bias_index) {
  const int x = lowering.activation(node, 0);
  const int w = lowering.input(node, filter_index);
  const Dimensions& input = lowering.shape(x);
  const Dimensions& filter = lowering.shape(w);
  const std::int64_t groups = integer_or(node, "group", 1);
  if (filter.size() != input.size() || groups < 1 || input[1] != base::checked_multiply(filter[1], groups) ||
      filter[0] % groups != 0) {
    lowering.refuse(node,
                    fmt::format("filters of {} channels in {} groups do not fit an input of {}",
                                filter.size() > 1 ? filter[1] : 0, groups, input.size() > 1 ? input[1] : 0));
  }
  const int bias = Graph::input(node, bias_index);
  if (!lowering.constant(w)) {
    convolve_by_activation(lowering, node, w, bias);
    return;
  }
  if (input.size() > 4) {
    convolve_volume(lowering, node, w, bias >= 0);
    return;
  }
  const Window window =
      window_of(lowering.graph(), node, input, Dimensions(filter.begin() + 2, filter.end()));
  const int image = lowering.as_image(node, x);
  const std::string keys = fmt::format(", channels: {}", filter[0]) + window_keys(window, false) +
                           groups_key(groups) + bias_keys(node, bias >= 0);
  lowering.add_layer(node, node.outputs.at(0), "convolution", keys, {image},
                     image_shape(input[0], filter[0], window), w);
}

void convolution(Lowering& lowering, const Node& node) {
  convolve(lowering, node, 1, 2);
}
void integer_convolution(Lowering& lowering, const Node& node) {
  convolve(lowering, node, 1, 99);
}
void quantised_convolution(Lowering& lowering, const Node& node) {
  convolve(lowering, node, 3, 8);
}

void transposed_convolution(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const int w = lowering.weight(node, 1);
  const Dimensions& input = lowering.shape(x);
  const Dimensions& filter = lowering.shape(w);
  const std::int64_t groups = integer_or(node, "group", 1);
  if (filter.size() != input.size() || groups < 1 || input[1] != filter[0] || input[1] % groups != 0) {
    lowering.refuse(node, "its filters do not fit its input");
  }
  if (input.size() > 4) {
    convolve_volume_transposed(lowering, node);
    return;
  }
  const int image = lowering.as_image(node, x);
  const Window window = transposed_window_of(lowering.graph(), node, input, filter);
  const std::int64_t channels = base::checked_multiply(filter[1], groups);
  std::string keys = fmt::format(", channels: {}", channels) + window_keys(window, false);
  const Dimensions more = two_axes(window.output_padding, 0);
  keys += more == Dimensions{0, 0} ? "" : sizes_key("output_padding", more);
  keys += groups_key(groups) + bias_keys(node, Graph::input(node, 2) >= 0);
  lowering.add_layer(node, node.outputs.at(0), "transposed-convolution", keys, {image},
                     image_shape(input[0], channels, window), w);
}

/// The places that a MaxPool took its elements from, if somebody reads them: one number for each element.
void add_places(Lowering& lowering, const Node& node) {
  const int places = node.op == "MaxPool" && node.outputs.size() > 1 ? node.outputs[1] : -1;
  if (places < 0 ||
      (lowering.graph().value(places).users.empty() && !lowering.graph().value(places).is_output)) {
    return;
  }
  const Dimensions shape = lowering.held_shape(node.outputs[0]);
  lowering.hold(places, lowering.add_part(node, ".places", places, "select",
                                          fmt::format(", shape: [{}]", fmt::join(shape, ", ")),
                                          {lowering.held(node.outputs[0])}, shape));
}

void pool(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Dimensions& input = lowering.shape(x);
  if (input.size() > 4) {
    pool_volume(lowering, node);
  } else {
    const Window window = window_of(lowering.graph(), node, input, {});
    const int maps = lowering.as_maps(node, x);
    lowering.add(node, node.op == "MaxPool" ? "max-pool" : "average-pool", window_keys(window, true), {maps},
                 image_shape(1, lowering.tensor_shape(maps)[0], window));
  }
  add_places(lowering, node);
}

void global_pool(Lowering& lowering, const Node& node) {
  const int maps = lowering.as_maps(node, lowering.activation(node, 0));
  const char* op = node.op == "GlobalMaxPool" ? "global-max-pool" : "global-average-pool";
  lowering.add(node, op, "", {maps}, {lowering.tensor_shape(maps)[0]});
}

/// [channels, ...] with learned numbers for each channel; several images of a sample follow the channels.
void channel_norm(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Dimensions& input = lowering.shape(x);
  if (input.size() < 2) {
    lowering.refuse(node, "its input has no channels");
  }
  if (input.size() > 2) {
    lowering.check_images(node, input[0]);
  }
  Dimensions shape(input.begin() + 1, input.end());
  shape.insert(shape.begin() + 1, input[0] == 1 ? 0 : 1, input[0]);
  const char* op = node.op == "BatchNormalization" ? "batch-norm" : "group-norm";
  std::vector<int> inputs = lowering.activations_from(node, 1);
  inputs.insert(inputs.begin(), lowering.as_shape(x, shape));
  lowering.add_layer(node, node.outputs.at(0), op, "", inputs, shape, lowering.weight_or_none(node, 1));
}

}  // namespace

const Rules& image_rules() {
  static const Rules kRules = {
      {"Conv", convolution},
      {"com.microsoft.FusedConv", convolution},
      {"ConvInteger", integer_convolution},
      {"QLinearConv", quantised_convolution},
      {"ConvTranspose", transposed_convolution},
      {"MaxPool", pool},
      {"AveragePool", pool},
      {"LpPool", pool},
      {"com.microsoft.QLinearAveragePool", pool},
      {"GlobalAveragePool", global_pool},
      {"GlobalMaxPool", global_pool},
      {"com.microsoft.QLinearGlobalAveragePool", global_pool},
      {"BatchNormalization", channel_norm},
      {"InstanceNormalization", channel_norm},
      {"GroupNormalization", channel_norm},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
