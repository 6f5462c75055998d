// Operators on images: convolutions, poolings, normalisations by channel, resizing.
#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/lowering.hpp"
#include "inlay/importers/onnx/window.hpp"

namespace inlay::importers::onnx_graph {
namespace {

/// One axis becomes rows of one column.
Dimensions two(const Dimensions& sizes, std::int64_t missing) {
  return sizes.size() == 1 ? Dimensions{sizes[0], missing} : sizes;
}

std::string pair_key(const char* key, const Dimensions& pair) {
  return pair[0] == pair[1] ? fmt::format(", {}: {}", key, pair[0])
                            : fmt::format(", {}: [{}, {}]", key, pair[0], pair[1]);
}

/// Keys of the window; what is usual is left out.
std::string window_keys(const Window& window, bool stride_is_kernel) {
  const Dimensions kernel = two(window.kernel, 1);
  const Dimensions stride = two(window.stride, 1);
  const Dimensions dilation = two(window.dilation, 1);
  const Dimensions before = two(window.before, 0);
  const Dimensions after = two(window.after, 0);
  std::string keys = pair_key("kernel", kernel);
  if (stride != (stride_is_kernel ? kernel : Dimensions{1, 1})) {
    keys += pair_key("stride", stride);
  }
  if (before != after) {
    keys += fmt::format(", padding: [{}, {}, {}, {}]", before[0], before[1], after[0], after[1]);
  } else if (before != Dimensions{0, 0}) {
    keys += pair_key("padding", before);
  }
  return dilation == Dimensions{1, 1} ? keys : keys + pair_key("dilation", dilation);
}

Dimensions image_shape(std::int64_t channels, const Window& window) {
  const Dimensions out = two(window.out, 1);
  return {channels, out[0], out[1]};
}

std::string bias_keys(const Node& node, bool bias) {
  const bool folded = integer_or(node, "inlay_batch_norm", 0) == 1;
  const bool any = bias || integer_or(node, "inlay_bias", 0) == 1;
  std::string keys = folded ? ", batch_norm: folded" : "";
  return any == !folded ? keys : keys + (any ? ", bias: true" : ", bias: false");
}

void convolve(Lowering& lowering, const Node& node, std::size_t filter_index, std::size_t bias_index) {
  const int x = lowering.activation(node, 0);
  const int w = lowering.weight(node, filter_index);
  const Dimensions& input = lowering.shape(x);
  const Dimensions& filter = lowering.shape(w);
  const std::int64_t groups = integer_or(node, "group", 1);
  if (filter.size() != input.size() || groups < 1 || input[1] != base::checked_multiply(filter[1], groups) ||
      filter[0] % groups != 0) {
    lowering.refuse(node,
                    fmt::format("filters of {} channels in {} groups do not fit an input of {}",
                                filter.size() > 1 ? filter[1] : 0, groups, input.size() > 1 ? input[1] : 0));
  }
  const Window window =
      window_of(lowering.graph(), node, input, Dimensions(filter.begin() + 2, filter.end()));
  const int image = lowering.as_image(node, x);
  std::string keys = fmt::format(", channels: {}", filter[0]) + window_keys(window, false);
  keys += groups == 1 ? "" : fmt::format(", groups: {}", groups);
  keys += bias_keys(node, Graph::input(node, bias_index) >= 0);
  lowering.add_layer(node, node.outputs.at(0), "convolution", keys, {image}, image_shape(filter[0], window),
                     w);
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

/// What a transposed convolution's padding takes away: as stated, or so that the output has the size that it
/// has.
Window transposed_window(const Lowering& lowering, const Node& node, const Dimensions& input,
                         const Dimensions& filter) {
  const Dimensions& out = lowering.shape(node.outputs.at(0));
  const std::size_t axes = input.size() - 2;
  Window window;
  window.kernel = integers_or(node, "kernel_shape", Dimensions(filter.begin() + 2, filter.end()));
  window.stride = integers_or(node, "strides", Dimensions(axes, 1));
  window.dilation = integers_or(node, "dilations", Dimensions(axes, 1));
  window.out.assign(out.begin() + 2, out.end());
  const Dimensions more = integers_or(node, "output_padding", Dimensions(axes, 0));
  const bool upper = text_or(node, "auto_pad", "NOTSET") == "SAME_UPPER";
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t spread = base::checked_multiply(window.stride[axis], input[axis + 2] - 1);
    const std::int64_t span = base::checked_multiply(window.dilation[axis], window.kernel[axis] - 1);
    const std::int64_t total =
        base::checked_add(base::checked_add(spread, span), 1 + more[axis]) - window.out[axis];
    if (total < 0) {
      lowering.refuse(node, "its output is larger than its input and filter make it");
    }
    window.before.push_back(upper ? total / 2 : total - total / 2);
    window.after.push_back(total - window.before.back());
  }
  const bool stated =
      attribute(node, "output_shape") == nullptr && text_or(node, "auto_pad", "NOTSET") == "NOTSET";
  if (const Attribute* pads = stated ? attribute(node, "pads") : nullptr) {
    window.before.assign(pads->integers.begin(), pads->integers.begin() + static_cast<std::ptrdiff_t>(axes));
    window.after.assign(pads->integers.begin() + static_cast<std::ptrdiff_t>(axes), pads->integers.end());
  }
  return window;
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
  const int image = lowering.as_image(node, x);
  const Window window = transposed_window(lowering, node, input, filter);
  const std::int64_t channels = base::checked_multiply(filter[1], groups);
  std::string keys = fmt::format(", channels: {}", channels) + window_keys(window, false);
  const Dimensions more = two(integers_or(node, "output_padding", Dimensions(input.size() - 2, 0)), 0);
  keys += more == Dimensions{0, 0} ? "" : pair_key("output_padding", more);
  keys += groups == 1 ? "" : fmt::format(", groups: {}", groups);
  keys += bias_keys(node, Graph::input(node, 2) >= 0);
  lowering.add_layer(node, node.outputs.at(0), "transposed-convolution", keys, {image},
                     image_shape(channels, window), w);
}

void pool(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Window window = window_of(lowering.graph(), node, lowering.shape(x), {});
  const int image = lowering.as_image(node, x);
  lowering.add(node, node.op == "MaxPool" ? "max-pool" : "average-pool", window_keys(window, true), {image},
               image_shape(lowering.shape(x)[1], window));
}

void global_pool(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const int image = lowering.as_image(node, x);
  const char* op = node.op == "GlobalMaxPool" ? "global-max-pool" : "global-average-pool";
  lowering.add(node, op, "", {image}, {lowering.shape(x)[1]});
}

/// [channels, ...] with learned numbers for each channel.
void channel_norm(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Dimensions& input = lowering.shape(x);
  if (input.size() < 2) {
    lowering.refuse(node, "its input has no channels");
  }
  if (input.size() > 2 && input[0] != 1) {
    throw BatchFound{input[0], node.name};
  }
  const Dimensions shape = input.size() == 2 && input[0] != 1 ? Dimensions{input[1], input[0]}
                                                              : Dimensions(input.begin() + 1, input.end());
  const char* op = node.op == "BatchNormalization" ? "batch-norm" : "group-norm";
  lowering.add_layer(node, node.outputs.at(0), op, "", {lowering.as_shape(x, shape)}, shape,
                     Graph::input(node, 1));
}

void resize(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Dimensions& to = lowering.shape(node.outputs.at(0));
  const int image = lowering.as_image(node, x);
  const Dimensions from = lowering.shape(x);
  if (to.size() != from.size() || to[1] != from[1] || to[0] != from[0]) {
    lowering.refuse(node, "only rows and columns can be resized");
  }
  const std::string mode = text_or(node, "mode", "nearest");
  const char* op = mode == "nearest" ? "resize-nearest"
                   : mode == "cubic" ? "resize-bicubic"
                                     : "resize-bilinear";
  const Dimensions size = two(Dimensions(to.begin() + 2, to.end()), 1);
  lowering.add(node, op, fmt::format(", size: [{}, {}]", size[0], size[1]), {image},
               {to[1], size[0], size[1]});
}

void region_pool(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Dimensions& out = lowering.shape(node.outputs.at(0));
  if (out.size() != 4) {
    lowering.refuse(node, "regions of an image are expected");
  }
  std::vector<int> inputs = {lowering.as_image(node, x)};
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] >= 0 && !lowering.constant(node.inputs[i])) {
      inputs.push_back(lowering.held(node.inputs[i]));
    }
  }
  lowering.add(node, "roi-align", fmt::format(", regions: {}, size: [{}, {}]", out[0], out[2], out[3]),
               inputs, {out[1], base::checked_multiply(out[0], out[2]), out[3]});
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
      {"Resize", resize},
      {"Upsample", resize},
      {"RoiAlign", region_pool},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
