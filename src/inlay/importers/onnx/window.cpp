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
  if (integer_or(node, "ceil_mode", 0) != 1) {
    return;
  }
  window.out[axis] = base::ceil_divide(padded - span, stride) + 1;
  // Windows that would start in the padding behind the input do not exist (ONNX, MaxPool).
  const std::int64_t exist = base::ceil_divide(base::checked_add(input, window.before[axis]), stride);
  window.out[axis] = std::min(window.out[axis], std::max<std::int64_t>(exist, 1));
  // Where the last window reaches beyond the padding, it is as if there were more of it.
  const std::int64_t covered = base::checked_add((window.out[axis] - 1) * stride, span);
  window.after[axis] = std::max<std::int64_t>(covered - input - window.before[axis], 0);
}

/// Kernel, strides, dilations and pads as they stand in the node. Fails for what does not fit the axes.
Window stated_window(const Graph& graph, const Node& node, std::size_t axes, const Dimensions& kernel) {
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
  window.before.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(axes));
  window.after.assign(pads.begin() + static_cast<std::ptrdiff_t>(axes), pads.end());
  window.out.assign(axes, 1);
  return window;
}

std::size_t axes_of_image(const Graph& graph, const Node& node, const Dimensions& input) {
  if (input.size() < 3) {
    fail(graph, node, "its input has fewer than three dimensions");
  }
  return input.size() - 2;
}

/// Takes away `total` rows, more of them at the beginning unless auto_pad is SAME_UPPER; where it is below 0,
/// as many are added at the end.
void take_away(Window& window, std::size_t axis, std::int64_t total, bool upper) {
  const std::int64_t taken = std::max<std::int64_t>(total, 0);
  window.output_padding[axis] = base::checked_add(window.output_padding[axis], taken - total);
  window.before[axis] = upper ? taken / 2 : taken - taken / 2;
  window.after[axis] = taken - window.before[axis];
}

}  // namespace

Window window_of(const Graph& graph, const Node& node, const Dimensions& input, const Dimensions& kernel) {
  const std::size_t axes = axes_of_image(graph, node, input);
  Window window = stated_window(graph, node, axes, kernel);
  const std::string automatic = text_or(node, "auto_pad", "NOTSET");
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t size = input[axis + 2];
    const std::int64_t span =
        base::checked_add(base::checked_multiply(window.dilation[axis], window.kernel[axis] - 1), 1);
    if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
      pad_to_same(window, axis, size, span, automatic == "SAME_UPPER");
    } else if (automatic == "VALID") {
      window.before[axis] = window.after[axis] = 0;
    }
    count_outputs(graph, node, window, axis, size, span);
  }
  return window;
}

Window transposed_window_of(const Graph& graph, const Node& node, const Dimensions& input,
                            const Dimensions& filter) {
  const std::size_t axes = axes_of_image(graph, node, input);
  if (filter.size() != input.size()) {
    fail(graph, node, "its filters do not have as many dimensions as its input");
  }
  Window window = stated_window(graph, node, axes, Dimensions(filter.begin() + 2, filter.end()));
  window.output_padding = integers_or(node, "output_padding", Dimensions(axes, 0));
  const Dimensions out = integers_or(node, "output_shape", Dimensions(axes, 0));
  const auto none_below_0 = [](const Dimensions& sizes) {
    return std::all_of(sizes.begin(), sizes.end(), [](std::int64_t size) { return size >= 0; });
  };
  if (window.output_padding.size() != axes || out.size() != axes || !none_below_0(out) ||
      !none_below_0(window.output_padding)) {
    fail(graph, node, fmt::format("output_padding and output_shape must have {} sizes", axes));
  }
  const std::string automatic = text_or(node, "auto_pad", "NOTSET");
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t spread = base::checked_multiply(window.stride[axis], input[axis + 2] - 1);
    const std::int64_t span = base::checked_multiply(window.dilation[axis], window.kernel[axis] - 1);
    const std::int64_t whole =
        base::checked_add(base::checked_add(spread, span), 1 + window.output_padding[axis]);
    const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
    if (out[axis] > 0 || same) {
      window.out[axis] =
          out[axis] > 0 ? out[axis] : base::checked_multiply(window.stride[axis], input[axis + 2]);
      take_away(window, axis, whole - window.out[axis], automatic == "SAME_UPPER");
      continue;
    }
    if (automatic == "VALID") {
      window.before[axis] = window.after[axis] = 0;
    }
    window.out[axis] = whole - base::checked_add(window.before[axis], window.after[axis]);
    if (window.out[axis] < 1) {
      fail(graph, node, "its padding leaves no output");
    }
  }
  return window;
}

}  // namespace inlay::importers::onnx_graph
