#include "inlay/workload/transposed.hpp"

#include <algorithm>
#include <numeric>

#include "inlay/base/checked.hpp"

namespace inlay::workload {
namespace {

/// One axis of a convolution.
struct Axis {
  std::int64_t out;
  std::int64_t kernel;
  std::int64_t dilation;
  std::int64_t upsample;
  std::int64_t padding;
  std::int64_t in;
};

/// The plain convolutions along one axis, as axes with `upsample` 1. Output y meets tap r at place y + r *
/// dilation of the spread input; there is an element of the input if that place less the padding is a
/// multiple of `upsample`. So the outputs of remainder p meet the taps with r * dilation = padding - p (mod
/// upsample), which lie evenly, and output p + upsample * i meets the first of them at element i + offset of
/// the input.
std::vector<Axis> axis_phases(const Axis& axis) {
  const std::int64_t common = std::gcd(axis.upsample, axis.dilation);
  const std::int64_t step = axis.upsample / common;
  std::vector<Axis> result;
  for (std::int64_t phase = 0; phase < std::min(axis.upsample, axis.out); ++phase) {
    std::int64_t first = 0;
    const auto misses = [&](std::int64_t tap) {
      return (phase + tap * axis.dilation - axis.padding) % axis.upsample != 0;
    };
    while (first < std::min(axis.kernel, step) && misses(first)) {
      ++first;
    }
    if (first == std::min(axis.kernel, step)) {
      continue;  // zeros only: nothing is multiplied
    }
    Axis plain{base::ceil_divide(axis.out - phase, axis.upsample),
               base::ceil_divide(axis.kernel - first, step),
               axis.dilation / common,
               1,
               0,
               0};
    const std::int64_t offset = (phase + first * axis.dilation - axis.padding) / axis.upsample;
    const std::int64_t extent = plain.out + (plain.kernel - 1) * plain.dilation;
    plain.padding = std::max<std::int64_t>(-offset, 0);
    plain.in = std::min(extent, axis.in - offset) - plain.padding;
    if (plain.in > 0) {
      result.push_back(plain);
    }
  }
  return result;
}

std::int64_t products(const Axis& axis) {
  std::int64_t sum = 0;
  for (const Axis& plain : axis_phases(axis)) {
    sum = base::checked_add(sum, base::checked_multiply(plain.out, plain.kernel));
  }
  return std::min(sum, base::checked_multiply(axis.in, axis.kernel));
}

Axis rows_of(const ConvolutionShape& shape) {
  return {shape.out_height, shape.kernel_height, shape.dilation_y,
          shape.upsample_y, shape.padding_y,     shape.in_height};
}

Axis columns_of(const ConvolutionShape& shape) {
  return {shape.out_width,  shape.kernel_width, shape.dilation_x,
          shape.upsample_x, shape.padding_x,    shape.in_width};
}

}  // namespace

bool is_transposed(const ConvolutionShape& shape) {
  return shape.upsample_y > 1 || shape.upsample_x > 1;
}

std::vector<ConvolutionShape> phases(const ConvolutionShape& shape) {
  if (!is_transposed(shape)) {
    return {shape};
  }
  const std::vector<Axis> rows = axis_phases(rows_of(shape));
  const std::vector<Axis> columns = axis_phases(columns_of(shape));
  std::vector<ConvolutionShape> result;
  for (const Axis& y : rows) {
    for (const Axis& x : columns) {
      ConvolutionShape plain = shape;
      plain.upsample_y = plain.upsample_x = 1;
      plain.out_height = y.out;
      plain.out_width = x.out;
      plain.kernel_height = y.kernel;
      plain.kernel_width = x.kernel;
      plain.dilation_y = y.dilation;
      plain.dilation_x = x.dilation;
      plain.padding_y = y.padding;
      plain.padding_x = x.padding;
      plain.in_height = y.in;
      plain.in_width = x.in;
      result.push_back(plain);
    }
  }
  return result;
}

std::array<std::int64_t, 2> products_along(const ConvolutionShape& shape) {
  if (!is_transposed(shape)) {
    return {base::checked_multiply(shape.out_height, shape.kernel_height),
            base::checked_multiply(shape.out_width, shape.kernel_width)};
  }
  return {products(rows_of(shape)), products(columns_of(shape))};
}

}  // namespace inlay::workload
