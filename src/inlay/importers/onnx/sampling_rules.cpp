// Operators that make an image of elements of another one at other places: resizing, sampling, unpooling.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/window_keys.hpp"

namespace inlay::importers::onnx_graph {
namespace {

std::string shape_key(const Dimensions& shape) {
  return fmt::format(", shape: [{}]", fmt::join(shape, ", "));
}

/// What the node reads that is no constant.
std::vector<int> activations(const Lowering& lowering, const Node& node) {
  std::vector<int> inputs;
  for (const int input : node.inputs) {
    if (input >= 0 && !lowering.constant(input)) {
      inputs.push_back(lowering.held(input));
    }
  }
  return inputs;
}

bool is_cubic(const std::string& mode) {
  return mode == "cubic" || mode == "bicubic";
}

/// Three axes or more, or one that is not resized alone.
void resize_volume(Lowering& lowering, const Node& node, const std::string& mode) {
  const Dimensions shape = sample_shape(lowering.shape(node.outputs.at(0)));
  lowering.add(node, mode == "nearest" ? "repeat" : "resize-trilinear", shape_key(shape),
               activations(lowering, node), shape);
}

/// Rows and columns may be any two axes: all others are channels, whatever the order of the elements.
void resize(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const Dimensions& to = lowering.shape(node.outputs.at(0));
  const Dimensions& from = lowering.shape(x);
  if (to.size() != from.size()) {
    lowering.refuse(node, "its input and output have different numbers of dimensions");
  }
  Dimensions before;
  Dimensions after;
  std::int64_t channels = 1;
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    const bool last_two = from == to && axis + 2 >= to.size();
    if (from[axis] != to[axis] || last_two) {
      before.push_back(from[axis]);
      after.push_back(to[axis]);
    } else {
      channels = base::checked_multiply(channels, from[axis]);
    }
  }
  const std::string mode = text_or(node, "mode", "nearest");
  if (before.empty() || before.size() > 2) {
    resize_volume(lowering, node, mode);
    return;
  }
  const char* op = mode == "nearest" ? "resize-nearest"
                   : is_cubic(mode)  ? "resize-bicubic"
                                     : "resize-bilinear";
  before = two_axes(before, 1);
  after = two_axes(after, 1);
  lowering.add(node, op, fmt::format(", size: [{}, {}]", after[0], after[1]),
               {lowering.as_shape(x, {channels, before[0], before[1]})}, {channels, after[0], after[1]});
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

void grid_sample(Lowering& lowering, const Node& node) {
  lowering.activation(node, 0);
  const Dimensions shape = sample_shape(lowering.shape(node.outputs.at(0)));
  const std::string mode = text_or(node, "mode", "linear");
  const char* op = mode == "nearest"                             ? "grid-sample-nearest"
                   : is_cubic(mode)                              ? "grid-sample-bicubic"
                   : lowering.shape(node.outputs[0]).size() == 5 ? "resize-trilinear"
                                                                 : "grid-sample-bilinear";
  lowering.add(node, op, shape_key(shape), activations(lowering, node), shape);
}

void unpool(Lowering& lowering, const Node& node) {
  lowering.activation(node, 0);
  const Dimensions shape = sample_shape(lowering.shape(node.outputs.at(0)));
  lowering.add(node, "unpool", shape_key(shape), activations(lowering, node), shape);
}

/// The input is sampled at moved places for each tap of the filter; what is left is a convolution by one
/// element over as many channels as there are taps (Dai et al., ICCV 2017).
void deform_convolve(Lowering& lowering, const Node& node) {
  const int x = lowering.activation(node, 0);
  const int weights = lowering.weight(node, 1);
  const Dimensions& input = lowering.shape(x);
  const Dimensions& filter = lowering.shape(weights);
  const std::int64_t groups = integer_or(node, "group", 1);
  if (input.size() != 4 || filter.size() != 4 || groups < 1 ||
      input[1] != base::checked_multiply(filter[1], groups) || filter[0] % groups != 0) {
    lowering.refuse(node, "an image [batch, channels, rows, columns] and filters that fit it are expected");
  }
  lowering.check_images(node, input[0]);
  const Window window =
      window_of(lowering.graph(), node, input, Dimensions(filter.begin() + 2, filter.end()));
  const Dimensions sampled =
      image_shape(input[0], base::checked_multiply(input[1], count(window.kernel)), window);
  std::vector<int> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (i != 1 && i != 3 && node.inputs[i] >= 0 && !lowering.constant(node.inputs[i])) {
      inputs.push_back(lowering.held(node.inputs[i]));
    }
  }
  const int taps =
      lowering.add_part(node, ".sample", x, "deform-sample", shape_key(sampled), inputs, sampled);
  const bool bias = Graph::input(node, 3) >= 0;
  lowering.add_layer(
      node, node.outputs.at(0), "convolution",
      fmt::format(", channels: {}, kernel: 1{}, bias: {}", filter[0], groups_key(groups), bias), {taps},
      image_shape(input[0], filter[0], window), weights);
}

}  // namespace

const Rules& sampling_rules() {
  static const Rules kRules = {
      {"Resize", resize},
      {"Upsample", resize},
      {"RoiAlign", region_pool},
      {"GridSample", grid_sample},
      {"com.microsoft.GridSample", grid_sample},
      {"DeformConv", deform_convolve},
      {"MaxUnpool", unpool},
  };
  return kRules;
}

}  // namespace inlay::importers::onnx_graph
