// A convolution whose filters the model computes (siamese trackers, dynamic convolution): the patches of the
// image as columns of a matrix, and the filters times that matrix, for each group.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/window_keys.hpp"

namespace inlay::importers::onnx_graph {
namespace {

/// [inner, places], or [groups, inner, places]: what each output place is multiplied by.
int patches_of(Lowering& lowering, const Node& node, int x, const Window& window, const Dimensions& shape) {
  const auto all = [](const Dimensions& sizes, std::int64_t size) {
    return std::all_of(sizes.begin(), sizes.end(), [size](std::int64_t one) { return one == size; });
  };
  if (all(window.kernel, 1) && all(window.stride, 1) && all(window.before, 0) && all(window.after, 0)) {
    return lowering.as_shape(x, shape);
  }
  return lowering.add_part(node, ".patches", x, "repeat",
                           fmt::format(", shape: [{}]", fmt::join(shape, ", ")), {lowering.held(x)}, shape);
}

}  // namespace

void convolve_by_activation(Lowering& lowering, const Node& node, int filters, int bias) {
  const int x = lowering.activation(node, 0);
  const Dimensions& input = lowering.shape(x);
  const Dimensions& filter = lowering.shape(filters);
  const std::int64_t groups = integer_or(node, "group", 1);
  const Window window =
      window_of(lowering.graph(), node, input, Dimensions(filter.begin() + 2, filter.end()));
  lowering.check_images(node, input[0]);
  const std::int64_t inner = base::checked_multiply(filter[1], count(window.kernel));
  const std::int64_t places = base::checked_multiply(input[0], count(window.out));
  const std::int64_t rows = filter[0] / groups;
  const auto matrices = [groups](std::int64_t height, std::int64_t width) {
    return groups == 1 ? Dimensions{height, width} : Dimensions{groups, height, width};
  };
  const int patches = patches_of(lowering, node, x, window, matrices(inner, places));
  const int weights = lowering.as_shape(filters, matrices(rows, inner));
  const std::string heads = groups == 1 ? "" : fmt::format(", heads: {}", groups);
  const int product = lowering.add_part(node, "", node.outputs.at(0), "matrix-product", heads,
                                        {weights, patches}, matrices(rows, places));
  lowering.hold(node.outputs[0], product);
  if (bias < 0) {
    return;
  }
  lowering.hold(node.outputs[0], lowering.as_shape(node.outputs[0], {filter[0], places}));
  if (lowering.constant(bias)) {
    add_channel_bias(lowering, node, lowering.held(node.outputs[0]), bias);
    return;
  }
  const int offsets = lowering.as_shape(bias, {filter[0], 1});
  lowering.hold(node.outputs[0],
                lowering.add_part(node, ".bias", node.outputs[0], "add", "",
                                  {lowering.held(node.outputs[0]), offsets}, {filter[0], places}));
}

}  // namespace inlay::importers::onnx_graph
