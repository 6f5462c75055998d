// Windows: sizes and multiply-accumulates against counts made element by element.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "support/imported_onnx.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using List = std::vector<std::int64_t>;

/// Windows along one axis that ONNX's pooling has with ceil_mode: those that begin at an element or in the
/// padding before, and of which the last may reach beyond the padding.
std::int64_t windows_of(std::int64_t in, std::int64_t span, std::int64_t stride, std::int64_t before,
                        std::int64_t after) {
  std::int64_t windows = 0;
  for (std::int64_t begin = -before; begin < in; begin += stride) {
    const bool fits = begin + span <= in + after;
    const bool first_beyond = begin - stride + span < in + after && begin > -before;
    windows += fits || first_beyond ? 1 : 0;
  }
  return windows;
}

TEST(OnnxWindows, CeilModeDropsWindowsThatStartInThePaddingBehind) {
  std::mt19937 random(1);
  const auto between = [&](int low, int high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (int trial = 0; trial < 300; ++trial) {
    const std::int64_t kernel = between(1, 4);
    const std::int64_t dilation = between(1, 2);
    const std::int64_t stride = between(1, 4);
    const std::int64_t before = between(0, static_cast<int>(kernel) - 1);
    const std::int64_t after = between(0, static_cast<int>(kernel) - 1);
    const std::int64_t in = between(8, 20);
    Model model;
    model.input("x", {1, 3, in, 16});
    model.node("MaxPool", {"x"}, {"y"},
               {integers("kernel_shape", {kernel, 1}), integers("strides", {stride, 1}),
                integers("dilations", {dilation, 1}), integers("pads", {before, 0, after, 0}),
                integer("ceil_mode", 1)});
    const workload::Model result = imported(model.output("y"));
    const std::int64_t out = windows_of(in, (kernel - 1) * dilation + 1, stride, before, after);
    EXPECT_THAT(output(result), ElementsAre(3, out, 16))
        << in << " by " << kernel << " dilation " << dilation << " stride " << stride << " padding " << before
        << " " << after;
  }
}

TEST(OnnxWindows, VolumesAreConvolvedDepthByDepth) {
  Model model;
  model.input("x", {1, 4, 9, 16, 12}).weight("w", {6, 2, 3, 3, 2}).weight("b", {6});
  model.node("Conv", {"x", "w", "b"}, {"c"},
             {integer("group", 2), integers("strides", {2, 1, 3}), integers("pads", {1, 1, 0, 1, 1, 0})});
  model.node("Relu", {"c"}, {"y"});
  const workload::Model result = imported(model.output("y"));
  const std::int64_t places = 5 * 16 * 4;  // (9 + 2 - 3) / 2 + 1, (16 + 2 - 3) + 1, (12 - 2) / 3 + 1
  EXPECT_THAT(output(result), ElementsAre(6, 5, 16, 4));
  EXPECT_EQ(workload::macs(result), places * 6 * 2 * 3 * 3 * 2);
  EXPECT_EQ(workload::parameters(result), 6 * 2 * 3 * 3 * 2 + 6);
  EXPECT_EQ(convolution(result).images, 5);
}

TEST(OnnxWindows, VolumesArePooled) {
  Model model;
  model.input("x", {1, 4, 9, 16, 12});
  model.node("MaxPool", {"x"}, {"p"}, {integers("kernel_shape", {3, 2, 2}), integers("strides", {3, 2, 2})});
  model.node("GlobalAveragePool", {"p"}, {"y"});
  const workload::Model result = imported(model.output("y"));
  EXPECT_THAT(operators(result), ::testing::Contains("max-pool-3d"));
  EXPECT_EQ(std::get<workload::VectorShape>(result.layers[0].shape).operations, 4 * 3 * 8 * 6 * 12);
  EXPECT_THAT(output(result), ElementsAre(4));
}

TEST(OnnxWindows, TransposedVolumesAddTheirSlices) {
  Model model;
  model.input("x", {1, 4, 3, 5, 6}).weight("w", {4, 2, 2, 2, 2});
  model.node("ConvTranspose", {"x", "w"}, {"y"}, {integers("strides", {2, 2, 2})});
  const workload::Model result = imported(model.output("y"));
  EXPECT_THAT(output(result), ElementsAre(2, 6, 10, 12));
  EXPECT_EQ(workload::macs(result), 3 * 5 * 6 * 4 * 2 * 8);  // each input with each tap
  EXPECT_EQ(workload::parameters(result), 4 * 2 * 8);
}

TEST(OnnxWindows, FiltersMayBeComputed) {
  for (const std::int64_t groups : {1, 2}) {
    Model model;
    model.input("x", {1, 4, 8, 9})
        .input("z", {6, 4 / groups, 3, 3})
        .input("o", {6})
        .node("Relu", {"z"}, {"f"});
    model.node("Sigmoid", {"o"}, {"b"});
    model.node("Conv", {"x", "f", "b"}, {"y"}, {integer("group", groups), integers("strides", {2, 1})});
    const workload::Model result = imported(model.output("y"));
    EXPECT_EQ(workload::macs(result), 3 * 7 * 6 * (4 / groups) * 9);
    EXPECT_EQ(workload::parameters(result), 0);
    EXPECT_THAT(operators(result), ::testing::Contains("add"));
  }
  Model one;  // a window of one element needs no patches
  one.input("x", {1, 4, 8, 9}).input("z", {6, 4, 1, 1}).node("Relu", {"z"}, {"f"}).weight("b", {6});
  const workload::Model result = imported(one.node("Conv", {"x", "f", "b"}, {"y"}).output("y"));
  EXPECT_THAT(operators(result), ::testing::Not(::testing::Contains("repeat")));
  EXPECT_EQ(workload::macs(result), 72 * 6 * 4);
  EXPECT_EQ(workload::parameters(result), 6);
}

TEST(OnnxWindows, TransposedConvolutionsOfEverySize) {
  struct Case {
    std::vector<Attribute> attributes;
    std::int64_t in, kernel, out, products;  // along both axes
  };
  const std::vector<Case> cases = {
      {{integers("strides", {2, 2}), integers("output_shape", {10, 10})}, 3, 3, 10, 9},
      {{integers("pads", {1, 1, 1, 1})}, 5, 1, 3, 3},
      {{integers("pads", {3, 3, 0, 0})}, 5, 2, 3, 6},
      {{integers("strides", {2, 2}), text("auto_pad", "SAME_UPPER"), integers("output_padding", {1, 1})},
       4,
       3,
       8,
       12},
      {{integers("strides", {2, 2}), text("auto_pad", "SAME_LOWER")}, 4, 1, 8, 4},
      {{integers("strides", {2, 2}), integers("pads", {1, 1, 1, 1})}, 7, 4, 14, 28},
      {{integers("strides", {3, 3}), integers("output_padding", {4, 4})}, 3, 2, 12, 6},
  };
  for (const Case& one : cases) {
    Model model;
    model.input("x", {1, 2, one.in, one.in}).weight("w", {2, 5, one.kernel, one.kernel});
    const workload::Model result =
        imported(model.node("ConvTranspose", {"x", "w"}, {"y"}, one.attributes).output("y"));
    EXPECT_THAT(output(result), ElementsAre(5, one.out, one.out));
    EXPECT_EQ(workload::macs(result), one.products * one.products * 2 * 5) << one.out;
  }
}

TEST(OnnxWindows, VocodersUseLargeStrides) {
  Model model;
  model.input("x", {1, 8, 10}).weight("w", {8, 1, 1024});
  model.node("ConvTranspose", {"x", "w"}, {"y"}, {integers("strides", {512})});
  const workload::Model result = imported(model.output("y"));
  EXPECT_THAT(output(result), ElementsAre(1, 9 * 512 + 1024, 1));
  EXPECT_EQ(workload::macs(result), 10 * 1024 * 8);
}

// Frames, cameras and windows that a model makes itself belong to the sample; a batch of its inputs does not.
TEST(OnnxWindows, ImagesThatTheModelMakes) {
  Model frames;
  frames.input("x", {1, 5, 3, 8, 8}).integers("to", {5, 3, 8, 8}).weight("w", {4, 3, 3, 3});
  frames.weight("g", {4}).node("Reshape", {"x", "to"}, {"f"});
  frames.node("Conv", {"f", "w"}, {"c"}, {integers("pads", {1, 1, 1, 1}), integers("strides", {2, 2})});
  frames.node("BatchNormalization", {"c", "g", "g", "g", "g"}, {"n"}).node("Sin", {"n"}, {"s"});
  frames.node("BatchNormalization", {"s", "g", "g", "g", "g"}, {"m"});
  frames.node("AveragePool", {"m"}, {"p"}, {integers("kernel_shape", {2, 2}), integers("strides", {2, 2})});
  frames.weight("v", {4, 2, 2, 2});
  frames.node("ConvTranspose", {"p", "v"}, {"u"}, {integers("strides", {2, 2})});
  const workload::Model result = imported(frames.node("GlobalAveragePool", {"u"}, {"y"}).output("y"));
  EXPECT_EQ(workload::macs(result), 5 * (16 * 4 * 27 + 4 * 4 * 2 * 4));
  EXPECT_EQ(workload::parameters(result), 4 * 27 + 4 + 4 * 2 * 4);  // all norms share one tensor
  EXPECT_EQ(convolution(result).images, 5);
  EXPECT_THAT(result.description, HasSubstr("One sample has 5 images"));
}

TEST(OnnxWindows, ABatchOfFramesIsTakenApart) {
  Model model;  // two samples of five frames
  model.input("x", {2, 5, 3, 8, 8}).integers("to", {-1, 3, 8, 8}).weight("w", {4, 3, 3, 3});
  model.node("Reshape", {"x", "to"}, {"f"}).node("Conv", {"f", "w"}, {"y"});
  const workload::Model result = imported(model.output("y"));
  EXPECT_EQ(workload::macs(result), 5 * 36 * 4 * 27);
  EXPECT_THAT(result.description, HasSubstr("The file's batch is 2"));
}

TEST(OnnxWindows, ABatchWrittenIntoTheGraphIsPartOfTheSample) {
  Model model;
  model.input("x", {8, 3, 8, 8}).weight("w", {4, 3, 3, 3}).node("Conv", {"x", "w"}, {"c"});
  model.integers("to", {2, 4 * 4 * 36}).node("Reshape", {"c", "to"}, {"r"}).weight("v", {4 * 4 * 36, 2});
  const workload::Model result = imported(model.node("MatMul", {"r", "v"}, {"y"}).output("y"));
  EXPECT_EQ(workload::macs(result), 8 * 36 * 4 * 27 + 2 * 4 * 4 * 36 * 2);
}

TEST(OnnxWindows, ElementsThatAreGatheredMoreThanOnce) {
  Model unfold;  // rows of patches, then their columns
  unfold.input("x", {1, 3, 8, 8}).integers("i", {0, 1, 2, 1, 2, 3, 2, 3, 4}, {3, 3});
  unfold.node("Gather", {"x", "i"}, {"a"}, {integer("axis", 2)});
  unfold.node("Gather", {"a", "i"}, {"y"}, {integer("axis", 4)});
  const workload::Model result = imported(unfold.output("y"));
  EXPECT_THAT(operators(result), ElementsAre("repeat", "repeat"));
  EXPECT_EQ(std::get<workload::VectorShape>(result.layers[0].shape).operations, 3 * 3 * 3 * 8);
  EXPECT_EQ(std::get<workload::VectorShape>(result.layers[1].shape).operations, 3 * 3 * 3 * 3 * 3);
  Model places;
  places.input("x", {1, 2, 4}).integers("i", {0, 0, 0, 1, 1}, {5, 1});
  places.node("GatherND", {"x", "i"}, {"g"}, {integer("batch_dims", 1)});
  Model shared;  // two heads of keys for six of queries
  shared.input("q", {1, 6, 4, 8}).input("k", {1, 2, 8, 5}).integers("i", {0, 0, 0, 1, 1, 1});
  shared.node("Gather", {"k", "i"}, {"r"}, {integer("axis", 1)}).node("MatMul", {"q", "r"}, {"y"});
  const workload::Model heads = imported(shared.output("y"));
  EXPECT_THAT(operators(heads), ElementsAre("matrix-product"));
  EXPECT_EQ(gemm(heads), (GemmShape{3 * 4, 5, 8, 2, false}));
}

TEST(OnnxWindows, SamplingAndUnpooling) {
  Model grid;
  grid.input("x", {1, 3, 8, 8}).input("g", {1, 5, 6, 2}).node("GridSample", {"x", "g"}, {"y"});
  const workload::Model sampled = imported(grid.output("y"));
  EXPECT_THAT(operators(sampled), ElementsAre("grid-sample-bilinear"));
  EXPECT_EQ(std::get<workload::VectorShape>(sampled.layers[0].shape).operations, 4 * 3 * 5 * 6);
  EXPECT_EQ(sampled.layers[0].inputs.size(), 2U);
  Model segment;
  segment.input("x", {1, 3, 8, 8});
  segment.node("MaxPool", {"x"}, {"p", "i"}, {integers("kernel_shape", {2, 2}), integers("strides", {2, 2})});
  segment.node("MaxUnpool", {"p", "i"}, {"y"},
               {integers("kernel_shape", {2, 2}), integers("strides", {2, 2})});
  const workload::Model unpooled = imported(segment.output("y"));
  EXPECT_THAT(output(unpooled), ElementsAre(3, 8, 8));
  EXPECT_EQ(unpooled.layers.back().inputs.size(), 2U);
  Model deformed;
  deformed.input("x", {1, 4, 8, 8}).weight("w", {6, 2, 3, 3}).input("o", {1, 18, 6, 6}).weight("b", {6});
  deformed.node("DeformConv", {"x", "w", "o", "b"}, {"y"}, {integer("group", 2)});
  const workload::Model moved = imported(deformed.output("y"), 19);
  EXPECT_EQ(workload::macs(moved), 36 * 6 * 2 * 9);
  EXPECT_EQ(workload::parameters(moved), 6 * 2 * 9 + 6);
  EXPECT_EQ(moved.layers[0].inputs.size(), 2U);
}

TEST(OnnxWindows, ResizesAlongAnyAxes) {
  Model last;  // channels last
  last.input("x", {1, 8, 6, 3}).reals("s", {1, 2, 2, 1});
  last.node("Resize", {"x", "", "s"}, {"y"}, {text("mode", "linear")});
  const workload::Model result = imported(last.output("y"));
  EXPECT_THAT(operators(result), ::testing::Contains("resize-bilinear"));
  EXPECT_EQ(std::get<workload::VectorShape>(result.layers.back().shape).operations, 4 * 16 * 12 * 3);
  Model volume;
  volume.input("x", {1, 3, 4, 8, 6}).reals("s", {1, 1, 2, 2, 2});
  volume.node("Resize", {"x", "", "s"}, {"y"}, {text("mode", "linear")});
  EXPECT_THAT(operators(imported(volume.output("y"))), ElementsAre("resize-trilinear"));
}

TEST(OnnxWindows, GroupNormsOfEveryOpset) {
  Model model;
  model.input("x", {1, 8, 4, 4}).weight("g", {2}).weight("o", {2});
  model.node("GroupNormalization", {"x", "g", "o"}, {"y"}, {integer("num_groups", 2)}).output("y");
  EXPECT_EQ(workload::parameters(imported(model, 18)), 4);
  Model later;
  later.input("x", {1, 8, 4, 4}).weight("g", {8}).weight("o", {8});
  later.node("GroupNormalization", {"x", "g", "o"}, {"y"}, {integer("num_groups", 2)}).output("y");
  EXPECT_EQ(workload::parameters(imported(later, 21)), 16);
}

}  // namespace
}  // namespace inlay::importers
