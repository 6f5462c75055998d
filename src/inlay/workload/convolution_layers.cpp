#include "inlay/workload/convolution_layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "inlay/base/checked.hpp"
#include "inlay/workload/transposed.hpp"

namespace inlay::workload {
namespace {

/// The keys channels, groups, bias and batch_norm: fills in the shape's channels and the weights.
void read_channels(Draft& draft, std::int64_t in_channels, const Window& window, ConvolutionShape& shape) {
  shape.in_channels = in_channels;
  shape.out_channels = draft.size("channels");
  shape.groups = draft.size_or("groups", 1);
  for (const auto& [side, count] :
       {std::pair("input", shape.in_channels), std::pair("output", shape.out_channels)}) {
    if (count % shape.groups != 0) {
      draft.fail(fmt::format("{} groups do not divide {} {} channels", shape.groups, count, side));
    }
  }
  const auto norm = draft.optional("batch_norm");
  const bool folded = norm && norm->choice({"none", "folded"}) == 1;
  const bool bias = draft.flag_or("bias", !folded);
  const std::int64_t weights = base::checked_product(shape.out_channels, in_channels / shape.groups,
                                                     window.kernel[0], window.kernel[1]);
  // Folding turns gain and offset into scaled weights and one bias per channel (Jacob et al., CVPR 2018,
  // section 3.2).
  const std::int64_t learned = base::checked_multiply(shape.out_channels, (bias ? 1 : 0) + (folded ? 2 : 0));
  draft.set_weights(base::checked_add(weights, learned),
                    base::checked_add(weights, bias || folded ? shape.out_channels : 0));
}

ConvolutionShape shape_of(const Window& window) {
  ConvolutionShape shape;
  shape.out_height = window.out[0];
  shape.out_width = window.out[1];
  shape.kernel_height = window.kernel[0];
  shape.kernel_width = window.kernel[1];
  shape.dilation_y = window.dilation[0];
  shape.dilation_x = window.dilation[1];
  return shape;
}

void set_input_extent(const Dimensions& input, const std::array<std::int64_t, 2>& before,
                      ConvolutionShape& shape) {
  shape.padding_y = before[0];
  shape.padding_x = before[1];
  shape.in_height = input[1];
  shape.in_width = input[2];
}

void finish(Draft& draft, const Dimensions& input, const Window& window, ConvolutionShape shape) {
  read_channels(draft, input[0], window, shape);
  draft.output = {shape.out_channels, shape.out_height, shape.out_width};
  draft.layer.shape = shape;
}

/// Kernel, stride, dilation and padding of a transposed convolution, and the output that they make.
Window read_transposed_window(Draft& draft, const Dimensions& input) {
  Window window;
  window.kernel = read_pair(draft, "kernel", std::nullopt);
  window.stride = read_pair(draft, "stride", std::array<std::int64_t, 2>{1, 1});
  window.dilation = read_pair(draft, "dilation", std::array<std::int64_t, 2>{1, 1});
  read_padding(draft, window);
  std::array<std::int64_t, 2> more{0, 0};
  if (const auto node = draft.optional("output_padding")) {
    const std::vector<std::int64_t> values = read_values(draft, *node, 0);
    if (values.empty() || values.size() > 2) {
      node->fail("one number, or [rows, columns], is expected");
    }
    more = {values.front(), values.back()};
  }
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t reach = base::checked_multiply(window.dilation[axis], window.kernel[axis] - 1);
    if (window.stride[axis] > kLargestUpsampling) {
      draft.fail(fmt::format("a stride of {} is more than {}", window.stride[axis], kLargestUpsampling));
    }
    if (more[axis] >= window.stride[axis]) {
      draft.fail(fmt::format("an output padding of {} must be less than the stride, {}", more[axis],
                             window.stride[axis]));
    }
    if (std::max(window.before[axis], window.padding[axis] - window.before[axis]) > reach) {
      draft.fail(fmt::format("its padding takes away more than the kernel adds, {} {}", reach,
                             axis == 0 ? "rows" : "columns"));
    }
    const std::int64_t spread = base::checked_multiply(input[axis + 1] - 1, window.stride[axis]);
    window.out[axis] =
        base::checked_add(base::checked_add(spread, reach), 1 + more[axis]) - window.padding[axis];
    if (window.out[axis] < 1) {
      draft.fail("its padding leaves no output");
    }
  }
  return window;
}

}  // namespace

void build_convolution(Draft& draft) {
  const Dimensions& input = draft.only_input(3, "[channels, height, width]");
  const Window window = read_window(draft, input, false);
  ConvolutionShape shape = shape_of(window);
  shape.stride_y = window.stride[0];
  shape.stride_x = window.stride[1];
  if (window.padding[0] > 0 || window.padding[1] > 0) {
    set_input_extent(input, window.before, shape);
  }
  finish(draft, input, window, shape);
}

void build_transposed_convolution(Draft& draft) {
  const Dimensions& input = draft.only_input(3, "[channels, height, width]");
  const Window window = read_transposed_window(draft, input);
  ConvolutionShape shape = shape_of(window);
  shape.upsample_y = window.stride[0];
  shape.upsample_x = window.stride[1];
  // Seen from the output the filter hangs over the edge by all but one tap, less what is taken away.
  set_input_extent(input,
                   {(window.kernel[0] - 1) * window.dilation[0] - window.before[0],
                    (window.kernel[1] - 1) * window.dilation[1] - window.before[1]},
                   shape);
  finish(draft, input, window, shape);
}

}  // namespace inlay::workload
