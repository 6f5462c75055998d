// The same network in every opset.
#include <gtest/gtest.h>

#include "support/imported_onnx.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;

/// A network whose operators have changed between opsets 7 and 21, in the form that each of them wants.
Model written_for(std::int64_t opset) {
  Model model;
  model.input("x", {1, 3, 16, 16}).weight("w", {8, 3, 3, 3}).weight("g", {8}).weight("b", {8});
  model.node("Conv", {"x", "w"}, {"conv"}, {integers("pads", {1, 1, 1, 1})});
  model.node("BatchNormalization", {"conv", "g", "b", "b", "g"}, {"norm"});
  if (opset < 11) {
    model.node("Clip", {"norm"}, {"clip"}, {real("min", 0.0F), real("max", 6.0F)});
    model.node("Pad", {"clip"}, {"pad"}, {integers("pads", {0, 0, 0, 0, 0, 0, 2, 2})});
  } else {
    model.scalar("low", 0.0F).scalar("high", 6.0F).integers("pads", {0, 0, 0, 0, 0, 0, 2, 2});
    model.node("Clip", {"norm", "low", "high"}, {"clip"}).node("Pad", {"clip", "pads"}, {"pad"});
  }
  if (opset < 10) {
    model.node("Slice", {"pad"}, {"slice"},
               {integers("starts", {0, 0}), integers("ends", {16, 16}), integers("axes", {2, 3})});
  } else {
    model.integers("starts", {0, 0}).integers("ends", {16, 16}).integers("axes", {2, 3});
    model.node("Slice", {"pad", "starts", "ends", "axes"}, {"slice"});
  }
  model.node("MaxPool", {"slice"}, {"pool"}, {integers("kernel_shape", {2, 2}), integers("strides", {2, 2})});
  if (opset < 9) {
    model.node("Upsample", {"pool"}, {"up"}, {reals("scales", {1, 1, 2, 2})});
  } else {
    model.reals("scales", {1, 1, 2, 2});
    if (opset == 9) {
      model.node("Upsample", {"pool", "scales"}, {"up"});
    } else if (opset == 10) {
      model.node("Resize", {"pool", "scales"}, {"up"});
    } else if (opset < 13) {  // regions are not optional yet, but may be none
      model.reals("none", {}).node("Resize", {"pool", "none", "scales"}, {"up"});
    } else {
      model.node("Resize", {"pool", "", "scales"}, {"up"});
    }
  }
  if (opset < 13) {
    model.node("Split", {"up"}, {"part1", "part2"}, {integer("axis", 1), integers("split", {4, 4})});
  } else {
    model.integers("parts", {4, 4}).node("Split", {"up", "parts"}, {"part1", "part2"}, {integer("axis", 1)});
  }
  model.node("Concat", {"part2", "part1"}, {"join"}, {integer("axis", 1)});
  if (opset < 18) {
    model.node("ReduceMean", {"join"}, {"mean"}, {integers("axes", {2, 3}), integer("keepdims", 1)});
  } else {
    model.integers("places", {2, 3})
        .node("ReduceMean", {"join", "places"}, {"mean"}, {integer("keepdims", 1)});
  }
  if (opset < 13) {
    model.node("Squeeze", {"mean"}, {"flat"}, {integers("axes", {2, 3})});
    model.node("Unsqueeze", {"flat"}, {"row"}, {integers("axes", {0})});
    model.node("ReduceSum", {"row"}, {"sum"}, {integers("axes", {0}), integer("keepdims", 0)});
  } else {
    model.integers("last", {2, 3}).integers("first", {0});
    model.node("Squeeze", {"mean", "last"}, {"flat"}).node("Unsqueeze", {"flat", "first"}, {"row"});
    model.node("ReduceSum", {"row", "first"}, {"sum"}, {integer("keepdims", 0)});
  }
  model.weight("matrix", {8, 5}).weight("offset", {5});
  model.node("Gemm", {"sum", "matrix", "offset"}, {"gemm"});
  return model.node("Softmax", {"gemm"}, {"y"}, {integer("axis", 1)}).output("y");
}

TEST(OnnxOpsets, EveryOpsetFrom7To21) {
  const workload::Model oldest = imported(written_for(7), 7);
  EXPECT_EQ(workload::macs(oldest), 8 * 3 * 9 * 256 + 8 * 5);
  EXPECT_EQ(workload::parameters(oldest), 8 * 3 * 9 + 16 + 8 * 5 + 5);
  for (std::int64_t opset = 7; opset <= 21; ++opset) {
    const workload::Model model = imported(written_for(opset), opset);
    EXPECT_EQ(operators(model), operators(oldest)) << opset;
    EXPECT_EQ(workload::macs(model), workload::macs(oldest)) << opset;
    EXPECT_EQ(workload::parameters(model), workload::parameters(oldest)) << opset;
    EXPECT_EQ(workload::activation_bytes(model), workload::activation_bytes(oldest)) << opset;
  }
}

}  // namespace
}  // namespace inlay::importers
