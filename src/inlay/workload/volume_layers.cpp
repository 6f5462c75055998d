#include "inlay/workload/volume_layers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/workload/convolution_layers.hpp"

namespace inlay::workload {
namespace {

using Triple = std::array<std::int64_t, 3>;

constexpr const char* kVolume = "[channels, depth, height, width]";

/// A window that slides over depth (0), rows (1) and columns (2).
struct VolumeWindow {
  Triple kernel{1, 1, 1};
  Triple stride{1, 1, 1};
  Triple dilation{1, 1, 1};
  Triple before{0, 0, 0};
  Triple after{0, 0, 0};
  Triple out{1, 1, 1};
};

/// One number for all three axes, or [depth, rows, columns].
Triple read_triple(Draft& draft, const std::string& key, const std::optional<Triple>& otherwise) {
  const auto node = draft.optional(key);
  if (!node) {
    if (!otherwise) {
      draft.fail(fmt::format("key '{}' is missing", key));
    }
    return *otherwise;
  }
  const std::vector<std::int64_t> values = read_values(draft, *node, 1);
  if (values.size() != 1 && values.size() != 3) {
    node->fail("one number, or [depth, rows, columns], is expected");
  }
  return {values.front(), values[values.size() / 2], values.back()};
}

void read_volume_padding(Draft& draft, VolumeWindow& window) {
  const auto node = draft.optional("padding");
  if (!node) {
    return;
  }
  const std::vector<std::int64_t> values = read_values(draft, *node, 0);
  if (values.size() != 1 && values.size() != 3 && values.size() != 6) {
    node->fail("one number, [depth, rows, columns], or [front, top, left, back, bottom, right] is expected");
  }
  window.before = {values.front(), values.size() == 1 ? values[0] : values[1],
                   values.size() == 1 ? values[0] : values[2]};
  window.after = values.size() == 6 ? Triple{values[3], values[4], values[5]} : window.before;
}

VolumeWindow read_volume_window(Draft& draft, const Dimensions& input, bool stride_is_kernel) {
  constexpr Triple kOne{1, 1, 1};
  VolumeWindow window;
  window.kernel = read_triple(draft, "kernel", std::nullopt);
  window.stride = read_triple(draft, "stride", stride_is_kernel ? window.kernel : kOne);
  window.dilation = read_triple(draft, "dilation", kOne);
  read_volume_padding(draft, window);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t span =
        base::checked_add(base::checked_multiply(window.dilation[axis], window.kernel[axis] - 1), 1);
    const std::int64_t padded =
        base::checked_add(input[axis + 1], base::checked_add(window.before[axis], window.after[axis]));
    if (span > padded) {
      draft.fail(fmt::format("the kernel spans {} along axis {}, the padded input has only {}", span,
                             axis + 1, padded));
    }
    window.out[axis] = (padded - span) / window.stride[axis] + 1;
  }
  return window;
}

}  // namespace

void build_volume_convolution(Draft& draft) {
  const Dimensions& input = draft.only_input(4, kVolume);
  const VolumeWindow window = read_volume_window(draft, input, false);
  ConvolutionShape shape;
  shape.groups = draft.size_or("groups", 1);
  shape.out_channels = draft.size("channels");
  shape.in_channels = base::checked_multiply(input[0], window.kernel[0]);
  if (input[0] % shape.groups != 0 || shape.out_channels % shape.groups != 0) {
    draft.fail(fmt::format("{} groups do not divide {} input channels and {} output channels", shape.groups,
                           input[0], shape.out_channels));
  }
  shape.out_height = window.out[1];
  shape.out_width = window.out[2];
  shape.kernel_height = window.kernel[1];
  shape.kernel_width = window.kernel[2];
  shape.stride_y = window.stride[1];
  shape.stride_x = window.stride[2];
  shape.dilation_y = window.dilation[1];
  shape.dilation_x = window.dilation[2];
  if (std::max({window.before[1], window.after[1], window.before[2], window.after[2]}) > 0) {
    shape.padding_y = window.before[1];
    shape.padding_x = window.before[2];
    shape.in_height = input[2];
    shape.in_width = input[3];
  }
  shape.images = window.out[0];
  draft.output = {shape.out_channels, window.out[0], window.out[1], window.out[2]};
  set_filters(draft, shape);
  draft.layer.shape = shape;
}

std::int64_t build_volume_pool(Draft& draft) {
  const Dimensions& input = draft.only_input(4, kVolume);
  const VolumeWindow window = read_volume_window(draft, input, true);
  draft.output = {input[0], window.out[0], window.out[1], window.out[2]};
  return base::checked_product(elements(draft.output), window.kernel[0], window.kernel[1], window.kernel[2]);
}

}  // namespace inlay::workload
