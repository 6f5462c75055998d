#include "inlay/importers/onnx/window.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"

namespace inlay::importers::onnx_graph {
namespace {

/// ONNX's auto_pad: as many outputs as inputs, divided by the stride and rounded up; the odd one goes to the
/// lower end for SAME_UPPER, to the upper end for SAME_LOWER.
void pad_to_same(Window& window, std::size_t axis, std::int64_t input, std::int64_t span, bool upper) {
  const std::int64_t out = base::ceil_divide(input, window.stride[axis]);
  const std::int64_t covered = base::checked_add(base::checked_multiply(out - 1, window.stride[axis]), span);
  const std::int64_t total = std::max<std::int64_t>(covered - input, 0);
  window.before[axis] = upper ? total / 2 : total - total / 2;
  window.after[axis] = total - window.before[axis];
}

void count_outputs(const Graph& graph, const Node& node, Window& window, std::size_t axis, std::int64_t input,
                   std::int64_t span) {
  const std::int64_t padded =
      base::checked_add(input, base::checked_add(window.before[axis], window.after[axis]));
  if (span > padded) {
    fail(graph, node, fmt::format("its window spans {} elements, its padded input has {}", span, padded));
  }
  const std::int64_t stride = window.stride[axis];
  window.out[axis] = (padded - span) / stride + 1;
  if (integer_or(node, "ceil_mode", 0) != 1 || (padded - span) % stride == 0) {
    return;
  }
  // The last window reaches beyond the padding, which is as if there were more of it.
  window.out[axis] += 1;
  window.after[axis] += stride - (padded - span) % stride;
}

}  // namespace

Window window_of(const Graph& graph, const Node& node, const Dimensions& input, const Dimensions& kernel) {
  if (input.size() < 3) {
    fail(graph, node, "its input has fewer than three dimensions");
  }
  const std::size_t axes = input.size() - 2;
  const Dimensions ones(axes, 1);
  Window window;
  window.kernel = integers_or(node, "kernel_shape", kernel);
  window.stride = integers_or(node, "strides", ones);
  window.dilation = integers_or(node, "dilations", ones);
  const Dimensions pads = integers_or(node, "pads", Dimensions(2 * axes, 0));
  const auto all_positive = [](const Dimensions& sizes) {
    return std::all_of(sizes.begin(), sizes.end(), [](std::int64_t size) { return size >= 1; });
  };
  const bool fits = window.kernel.size() == axes && window.stride.size() == axes &&
                    window.dilation.size() == axes && pads.size() == 2 * axes &&
                    all_positive(window.kernel) && all_positive(window.stride) &&
                    all_positive(window.dilation) &&
                    std::all_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad >= 0; });
  if (!fits) {
    fail(graph, node,
         fmt::format("kernel, strides, dilations or pads do not fit {} axes, or are too small", axes));
  }
  const std::string automatic = text_or(node, "auto_pad", "NOTSET");
  window.before.assign(axes, 0);
  window.after.assign(axes, 0);
  window.out.assign(axes, 1);
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t size = input[axis + 2];
    const std::int64_t span =
        base::checked_add(base::checked_multiply(window.dilation[axis], window.kernel[axis] - 1), 1);
    if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
      pad_to_same(window, axis, size, span, automatic == "SAME_UPPER");
    } else if (automatic != "VALID") {
      window.before[axis] = pads[axis];
      window.after[axis] = pads[axis + axes];
    }
    count_outputs(graph, node, window, axis, size, span);
  }
  return window;
}

}  // namespace inlay::importers::onnx_graph
