#include "inlay/workload/convolution_layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "inlay/base/checked.hpp"
#include "inlay/workload/transposed.hpp"

namespace inlay::workload {
namespace {

/// The keys channels, groups, bias and batch_norm: fills in the shape's channels and the weights.
void read_channels(Draft& draft, std::int64_t in_channels, ConvolutionShape& shape) {
  shape.in_channels = in_channels;
  shape.out_channels = draft.size("channels");
  shape.groups = draft.size_or("groups", 1);
  for (const auto& [side, count] :
       {std::pair("input", shape.in_channels), std::pair("output", shape.out_channels)}) {
    if (count % shape.groups != 0) {
      draft.fail(fmt::format("{} groups do not divide {} {} channels", shape.groups, count, side));
    }
  }
  set_filters(draft, shape);
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

/// The last three dimensions of [channels, height, width] or [images, channels, height, width].
Dimensions image_of(const Draft& draft) {
  draft.expect_inputs(1);
  const Dimensions& input = draft.input(0);
  if (input.size() == 4) {
    return {input.begin() + 1, input.end()};
  }
  return draft.only_input(3, "[channels, height, width] or [images, channels, height, width]");
}

/// Rows or columns of the input that are multiplied. Padding that takes away more than the filter adds takes
/// away elements of the input, too.
struct Extent {
  std::int64_t padding = 0;
  std::int64_t in = 0;
};

Extent left_of(std::int64_t in, std::int64_t upsample, std::int64_t padding, std::int64_t read) {
  const std::int64_t skipped = padding < 0 ? base::ceil_divide(-padding, upsample) : 0;
  const std::int64_t first = base::checked_add(padding, base::checked_multiply(skipped, upsample));
  const std::int64_t reached = first < read ? (read - first - 1) / upsample + 1 : 0;
  return {first, std::min(in - skipped, reached)};
}

void finish(Draft& draft, const Dimensions& input, ConvolutionShape shape) {
  read_channels(draft, input[0], shape);
  draft.output = {shape.out_channels, shape.out_height, shape.out_width};
  if (draft.input(0).size() == 4) {
    shape.images = draft.input(0)[0];
    draft.output.insert(draft.output.begin(), shape.images);
    draft.split_axis = 1;
  }
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
  if (window.stride[0] > kLargestUpsampling / std::min(window.stride[1], kLargestUpsampling)) {
    draft.fail(fmt::format("strides of {} and {} have a product of more than {}", window.stride[0],
                           window.stride[1], kLargestUpsampling));
  }
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t reach = base::checked_multiply(window.dilation[axis], window.kernel[axis] - 1);
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

void set_filters(Draft& draft, const ConvolutionShape& shape) {
  const auto norm = draft.optional("batch_norm");
  const bool folded = norm && norm->choice({"none", "folded"}) == 1;
  const bool bias = draft.flag_or("bias", !folded);
  const std::int64_t weights = base::checked_product(shape.out_channels, shape.in_channels / shape.groups,
                                                     shape.kernel_height, shape.kernel_width);
  // Folding turns gain and offset into scaled weights and one bias per channel (Jacob et al., CVPR 2018,
  // section 3.2).
  const std::int64_t learned = base::checked_multiply(shape.out_channels, (bias ? 1 : 0) + (folded ? 2 : 0));
  draft.set_weights(base::checked_add(weights, learned),
                    base::checked_add(weights, bias || folded ? shape.out_channels : 0));
}

void build_convolution(Draft& draft) {
  const Dimensions input = image_of(draft);
  const Window window = read_window(draft, input, false);
  ConvolutionShape shape = shape_of(window);
  shape.stride_y = window.stride[0];
  shape.stride_x = window.stride[1];
  if (window.padding[0] > 0 || window.padding[1] > 0) {
    shape.padding_y = window.before[0];
    shape.padding_x = window.before[1];
    shape.in_height = input[1];
    shape.in_width = input[2];
  }
  finish(draft, input, shape);
}

void build_transposed_convolution(Draft& draft) {
  const Dimensions input = image_of(draft);
  const Window window = read_transposed_window(draft, input);
  ConvolutionShape shape = shape_of(window);
  shape.upsample_y = window.stride[0];
  shape.upsample_x = window.stride[1];
  std::array<Extent, 2> extents;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    // Seen from the output the filter hangs over the edge by all but one tap, less what is taken away.
    const std::int64_t reach = base::checked_multiply(window.kernel[axis] - 1, window.dilation[axis]);
    extents[axis] = left_of(input[axis + 1], window.stride[axis], reach - window.before[axis],
                            base::checked_add(window.out[axis], reach));
    if (extents[axis].in < 1) {
      draft.fail("its padding leaves nothing of its input");
    }
  }
  shape.padding_y = extents[0].padding;
  shape.padding_x = extents[1].padding;
  shape.in_height = extents[0].in;
  shape.in_width = extents[1].in;
  finish(draft, input, shape);
}

}  // namespace inlay::workload
