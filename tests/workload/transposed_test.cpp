#include "inlay/workload/transposed.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "inlay/base/random.hpp"

namespace inlay::workload {
namespace {

/// Element of the input at a place of the spread input along one axis; -1: a zero.
std::int64_t element(std::int64_t place, std::int64_t padding, std::int64_t upsample, std::int64_t in) {
  const std::int64_t at = place - padding;
  return at >= 0 && at % upsample == 0 && at / upsample < in ? at / upsample : -1;
}

/// How many products of one column meet an element of the input: a walk over the spread input.
std::int64_t products_by_walk(const ConvolutionShape& shape) {
  std::int64_t products = 0;
  for (std::int64_t y = 0; y < shape.out_height; ++y) {
    for (std::int64_t r = 0; r < shape.kernel_height; ++r) {
      const std::int64_t row =
          element(y + r * shape.dilation_y, shape.padding_y, shape.upsample_y, shape.in_height);
      products += row >= 0 ? 1 : 0;
    }
  }
  return products;
}

/// The same of the plain convolutions, whose products outside the padding are counted. `macs`: all of them.
std::int64_t products_by_phases(const ConvolutionShape& shape, std::int64_t& macs) {
  std::int64_t products = 0;
  for (const ConvolutionShape& plain : phases(shape)) {
    macs += plain.out_height * plain.kernel_height;
    for (std::int64_t y = 0; y < plain.out_height; ++y) {
      for (std::int64_t r = 0; r < plain.kernel_height; ++r) {
        const std::int64_t place = y + r * plain.dilation_y;
        products += place >= plain.padding_y && place < plain.padding_y + plain.in_height ? 1 : 0;
      }
    }
  }
  return products;
}

ConvolutionShape random_shape(base::Random& random) {
  ConvolutionShape shape;
  shape.upsample_y = random.between(2, 5);
  shape.kernel_height = random.between(1, 7);
  shape.dilation_y = random.between(1, 4);
  shape.in_height = random.between(1, 9);
  shape.in_width = 1;
  const std::int64_t reach = (shape.kernel_height - 1) * shape.dilation_y;
  const std::int64_t cropped = random.between(0, reach / 2);
  shape.padding_y = reach - cropped;
  const std::int64_t rows = (shape.in_height - 1) * shape.upsample_y + reach + 1 - 2 * cropped;
  shape.out_height = std::max<std::int64_t>(1, rows + random.between(0, shape.upsample_y - 1));
  return shape;
}

TEST(Phases, MultiplyWhatTheSpreadInputHolds) {
  std::int64_t multiplied = 0;
  EXPECT_TRUE(rc::check("phases equal the walk", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const ConvolutionShape shape = random_shape(random);
    std::int64_t macs_of_phases = 0;
    const std::int64_t walk = products_by_walk(shape);
    RC_ASSERT(products_by_phases(shape, macs_of_phases) == walk);
    // At most each element with each tap: outputs that no element reaches count nothing.
    RC_ASSERT(macs(Shape(shape)) == std::min(macs_of_phases, shape.in_height * shape.kernel_height));
    multiplied += walk;
  }));
  EXPECT_GT(multiplied, 1000);
}

TEST(Phases, EveryTapOfTheFilterIsInOnePhase) {
  EXPECT_TRUE(rc::check("taps", [&] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    ConvolutionShape shape = random_shape(random);
    shape.dilation_y = 1;
    shape.padding_y = shape.kernel_height - 1;  // nothing is cropped, so that every tap meets an element
    shape.out_height = (shape.in_height - 1) * shape.upsample_y + shape.kernel_height;
    std::int64_t taps = 0;
    for (const ConvolutionShape& plain : phases(shape)) {
      taps += plain.kernel_height;
    }
    RC_ASSERT(taps == shape.kernel_height);
  }));
}

TEST(Phases, OfATwoByTwoFilterOfStrideTwoAreFourOfOneTap) {
  // U-Net's up-convolution: every input pixel makes 2 x 2 outputs.
  ConvolutionShape shape;
  shape.in_channels = 8;
  shape.out_channels = 4;
  shape.in_height = shape.in_width = 7;
  shape.out_height = shape.out_width = 14;
  shape.kernel_height = shape.kernel_width = 2;
  shape.upsample_y = shape.upsample_x = 2;
  shape.padding_y = shape.padding_x = 1;
  const std::vector<ConvolutionShape> plain = phases(shape);
  ASSERT_EQ(plain.size(), 4U);
  for (const ConvolutionShape& one : plain) {
    EXPECT_EQ(one.kernel_height * one.kernel_width, 1);
    EXPECT_EQ(one.out_height * one.out_width, 49);
    EXPECT_EQ(one.in_height * one.in_width, 49);
    EXPECT_EQ(one.padding_y + one.padding_x, 0);
  }
  EXPECT_EQ(macs(Shape(shape)), 4 * 49 * 8 * 4);
}

TEST(Phases, APlainConvolutionIsItsOwn) {
  ConvolutionShape shape;
  shape.out_height = 5;
  shape.stride_y = 2;
  EXPECT_EQ(phases(shape), std::vector<ConvolutionShape>{shape});
}

}  // namespace
}  // namespace inlay::workload
