#include "inlay/importers/onnx/window_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace inlay::importers::onnx_graph {

Dimensions two_axes(const Dimensions& sizes, std::int64_t missing) {
  return sizes.size() == 1 ? Dimensions{sizes[0], missing} : sizes;
}

std::string sizes_key(const char* key, const Dimensions& sizes) {
  const bool one =
      std::all_of(sizes.begin(), sizes.end(), [&](std::int64_t size) { return size == sizes[0]; });
  return one ? fmt::format(", {}: {}", key, sizes[0])
             : fmt::format(", {}: [{}]", key, fmt::join(sizes, ", "));
}

std::string window_keys(const Window& window, bool stride_is_kernel) {
  const Dimensions kernel = two_axes(window.kernel, 1);
  const Dimensions stride = two_axes(window.stride, 1);
  const Dimensions dilation = two_axes(window.dilation, 1);
  const Dimensions before = two_axes(window.before, 0);
  const Dimensions after = two_axes(window.after, 0);
  const Dimensions ones(kernel.size(), 1);
  std::string keys = sizes_key("kernel", kernel);
  if (stride != (stride_is_kernel ? kernel : ones)) {
    keys += sizes_key("stride", stride);
  }
  if (before != after) {
    keys += fmt::format(", padding: [{}, {}]", fmt::join(before, ", "), fmt::join(after, ", "));
  } else if (before != Dimensions(kernel.size(), 0)) {
    keys += sizes_key("padding", before);
  }
  return dilation == ones ? keys : keys + sizes_key("dilation", dilation);
}

std::string groups_key(std::int64_t groups) {
  return groups == 1 ? "" : fmt::format(", groups: {}", groups);
}

std::string bias_keys(const Node& node, bool bias) {
  const bool folded = integer_or(node, "inlay_batch_norm", 0) == 1;
  const bool any = bias || integer_or(node, "inlay_bias", 0) == 1;
  std::string keys = folded ? ", batch_norm: folded" : "";
  return any == !folded ? keys : keys + (any ? ", bias: true" : ", bias: false");
}

Dimensions image_shape(std::int64_t images, std::int64_t channels, const Window& window) {
  Dimensions shape = two_axes(window.out, 1);
  shape.insert(shape.begin(), channels);
  shape.insert(shape.begin(), images == 1 ? 0 : 1, images);
  return shape;
}

void add_channel_bias(Lowering& lowering, const Node& node, int tensor, int bias) {
  const Dimensions shape = lowering.tensor_shape(tensor);
  lowering.hold(node.outputs.at(0), lowering.add_part(node, ".bias", node.outputs[0], "scale-channels", "",
                                                      {tensor}, shape, bias));
}

}  // namespace inlay::importers::onnx_graph
