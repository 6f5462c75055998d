// Layer files of CoSA.
#include "inlay/importers/timeloop/cosa_layer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::importers {
namespace {

using ::testing::HasSubstr;

workload::Model model_of(const std::string& text) {
  return workload::parse_model(timeloop::cosa_yaml(text, "l.yaml", "l.yaml"), "model.yaml");
}

std::string refusal(const std::string& text) {
  try {
    timeloop::cosa_yaml(text, "l.yaml", "l.yaml");
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(CosaLayer, Convolutions) {
  const std::string text =
      "problem:\n  C: 4\n  Hdilation: 8\n  Hstride: 8\n  K: 32\n  N: 2\n  P: 151\n  Q: 40\n  R: 5\n  S: 20\n"
      "  Wdilation: 1\n  Wstride: 2\n  shape: cnn-layer\n";
  EXPECT_TRUE(timeloop::is_cosa_layer(text));
  const workload::Model model = model_of(text);
  EXPECT_EQ(workload::macs(model), 4 * 32 * 151 * 40 * 5 * 20);
  const auto& shape = std::get<workload::ConvolutionShape>(model.layers.at(0).shape);
  EXPECT_EQ(shape.dilation_y, 8);
  EXPECT_EQ(shape.kernel_height, 20);
  EXPECT_EQ(shape.out_width, 151);
  EXPECT_THAT(model.description, HasSubstr("The file's batch is 2"));
}

TEST(CosaLayer, OtherNamedShapes) {
  EXPECT_EQ(workload::macs(model_of("problem: {shape: gemm, M: 16, N: 32, K: 64}\n")), 16 * 32 * 64);
  const workload::Model depthwise =
      model_of("problem: {shape: dw-cnn-layer, C: 8, R: 3, S: 3, P: 6, Q: 6, N: 1}\n");
  EXPECT_EQ(workload::macs(depthwise), 8 * 9 * 36);
  EXPECT_EQ(
      workload::macs(model_of("problem: {shape: cnn-layer, C: 2, M: 4, R: 3, S: 1, P: 5, Q: 1, N: 1}\n")),
      2 * 4 * 3 * 5);
}

TEST(CosaLayer, WhatIsWrongIsNamed) {
  EXPECT_THAT(refusal("problem: {shape: cnn-layer, C: 2, K: 4, R: 3, S: 1, P: 5, N: 1}\n"), HasSubstr("'Q'"));
  EXPECT_THAT(refusal("problem: {shape: cnn-layer, C: 2, K: 4, R: 3, S: 1, P: 5, Q: 5, N: 1, Wpad: 1}\n"),
              HasSubstr("Wpad"));
  EXPECT_THAT(refusal("problem: {shape: lstm, C: 2}\n"), HasSubstr("cnn-layer"));
  EXPECT_THAT(refusal("problem: {shape: cnn-layer, C: -2, K: 4, R: 3, S: 1, P: 5, Q: 5}\n"), HasSubstr("C"));
}

}  // namespace
}  // namespace inlay::importers
