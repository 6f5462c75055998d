// One operator at a time, with its sizes worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/importers/onnx/onnx_model.hpp"
#include "inlay/workload/model_file.hpp"
#include "support/onnx_networks.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using workload::ConvolutionShape;
using workload::GemmShape;

workload::Model imported(const Model& model, std::int64_t opset = 17, const ImportOptions& options = {}) {
  const std::string text = onnx_yaml(model.bytes(opset), "test.onnx", "test.onnx", options);
  try {
    return workload::parse_model("fuse: false\n" + text, "test.yaml");  // every operator that was recognised
  } catch (const base::InputError& error) {
    throw base::InputError(std::string(error.what()) + "\n" + text);
  }
}

std::vector<std::string> operators(const workload::Model& model) {
  std::vector<std::string> names;
  for (const workload::Layer& layer : model.layers) {
    names.push_back(layer.op);
  }
  return names;
}

/// The first layer's shape of that kind.
template <typename Shape>
Shape first(const workload::Model& model) {
  for (const workload::Layer& layer : model.layers) {
    if (const auto* shape = std::get_if<Shape>(&layer.shape)) {
      return *shape;
    }
  }
  throw std::runtime_error("the model has no such layer");
}
ConvolutionShape convolution(const workload::Model& model) {
  return first<ConvolutionShape>(model);
}
GemmShape gemm(const workload::Model& model) {
  return first<GemmShape>(model);
}
const std::vector<std::int64_t>& output(const workload::Model& model) {
  return model.tensors.at(static_cast<std::size_t>(model.layers.back().outputs.back())).dimensions;
}

TEST(OnnxOperators, ConvolutionsPadAsTheySay) {
  Model upper;
  upper.input("x", {1, 3, 224, 224}).weight("w", {32, 3, 3, 3});
  upper.node("Conv", {"x", "w"}, {"y"}, {text("auto_pad", "SAME_UPPER"), integers("strides", {2, 2})})
      .output("y");
  EXPECT_EQ(convolution(imported(upper)).out_height, 112);
  EXPECT_EQ(convolution(imported(upper)).padding_y, 0);  // 1 in all, below
  Model lower;
  lower.input("x", {1, 3, 224, 224}).weight("w", {32, 3, 3, 3});
  lower.node("Conv", {"x", "w"}, {"y"}, {text("auto_pad", "SAME_LOWER"), integers("strides", {2, 2})})
      .output("y");
  EXPECT_EQ(convolution(imported(lower)).padding_y, 1);
  Model dilated;
  dilated.input("x", {1, 4, 20, 30}).weight("w", {8, 1, 3, 5});
  dilated.node("Conv", {"x", "w"}, {"y"},
               {integers("dilations", {2, 3}), integer("group", 4), text("auto_pad", "VALID")});
  dilated.output("y");
  const ConvolutionShape shape = convolution(imported(dilated));
  EXPECT_EQ(shape.groups, 4);
  EXPECT_EQ(shape.out_height, 20 - 4);
  EXPECT_EQ(shape.out_width, 30 - 12);
  EXPECT_EQ(workload::macs(shape), 8 * 1 * 3 * 5 * 16 * 18);
}

TEST(OnnxOperators, ConvolutionOverASequence) {
  Model model;
  model.input("x", {1, 80, 3000}).weight("w", {384, 80, 3});
  model.node("Conv", {"x", "w"}, {"y"}, {integers("pads", {1, 1}), integers("strides", {2})}).output("y");
  const ConvolutionShape shape = convolution(imported(model));
  EXPECT_EQ(workload::macs(shape), std::int64_t{384} * 80 * 3 * 1500);
  EXPECT_EQ(shape.out_height, 1500);
  EXPECT_EQ(shape.out_width, 1);
}

TEST(OnnxOperators, BatchNormAndBiasAreFolded) {
  Model model;
  model.input("x", {1, 3, 8, 8}).weight("w", {4, 3, 1, 1}).weight("g", {4}).weight("b", {4, 1, 1});
  model.node("Conv", {"x", "w"}, {"c"}).node("Add", {"c", "b"}, {"a"});
  model.node("BatchNormalization", {"a", "g", "g", "g", "g"}, {"n"}).node("Relu", {"n"}, {"y"}).output("y");
  const workload::Model result = imported(model);
  EXPECT_THAT(operators(result), ElementsAre("convolution", "relu"));
  EXPECT_EQ(workload::parameters(result), 4 * 3 + 4 + 8);
}

TEST(OnnxOperators, PaddingBelongsToTheWindowBehindIt) {
  Model model;
  model.input("x", {1, 3, 8, 8}).weight("w", {4, 3, 3, 3}).integers("p", {0, 0, 1, 1, 0, 0, 2, 2});
  model.node("Pad", {"x", "p"}, {"padded"}).node("Conv", {"padded", "w"}, {"y"}).output("y");
  const workload::Model result = imported(model);
  EXPECT_THAT(operators(result), ElementsAre("convolution"));
  EXPECT_EQ(convolution(result).out_height, 8 + 3 - 2);
}

TEST(OnnxOperators, ProductsOfAnyRank) {
  Model weights;
  weights.input("x", {2, 5, 7, 16}).weight("w", {16, 32}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  EXPECT_EQ(gemm(imported(weights)), (GemmShape{2 * 5 * 7, 32, 16, 1, true}));
  Model shared;
  shared.input("x", {3, 4, 5, 6}).input("z", {6, 9}).node("MatMul", {"x", "z"}, {"y"}).output("y");
  EXPECT_EQ(gemm(imported(shared)), (GemmShape{3 * 4 * 5, 9, 6, 1, false}));
  Model heads;
  heads.input("x", {3, 4, 5, 6}).input("z", {3, 4, 6, 9}).node("MatMul", {"x", "z"}, {"y"}).output("y");
  EXPECT_EQ(gemm(imported(heads)), (GemmShape{5, 9, 6, 12, false}));
  Model left;
  left.input("x", {1, 6, 9}).weight("w", {11, 6}).node("MatMul", {"w", "x"}, {"y"}).output("y");
  EXPECT_EQ(workload::macs(imported(left)), 11 * 6 * 9);
  Model experts;
  experts.input("x", {8, 5, 6}).weight("w", {8, 6, 7}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  EXPECT_EQ(workload::macs(imported(experts)), 8 * 5 * 6 * 7);
  EXPECT_EQ(workload::parameters(imported(experts)), 8 * 6 * 7);
}

TEST(OnnxOperators, QuantisedOnes) {
  Model model;
  model.input("x", {1, 8}, kUint8).scalar("s", 0.5F).weight("z", {}, kUint8).weight("w", {8, 3}, kInt8);
  model.weight("wz", {}, kInt8);
  model.node("QLinearMatMul", {"x", "s", "z", "w", "s", "wz", "s", "z"}, {"y"}).output("y");
  const workload::Model result = imported(model);
  EXPECT_EQ(gemm(result), (GemmShape{1, 3, 8, 1, true}));
  EXPECT_EQ(workload::weight_bytes(result), 24);
  EXPECT_EQ(result.tensors[0].bits, 8);
}

TEST(OnnxOperators, QuantisedByPairsOfNodes) {
  Model model;
  model.input("x", {1, 8}).scalar("s", 0.5F).weight("z", {}, kInt8).weight("w", {8, 3}, kInt8);
  model.node("DequantizeLinear", {"w", "s", "z"}, {"wf"});
  model.node("QuantizeLinear", {"x", "s", "z"}, {"q"}).node("DequantizeLinear", {"q", "s", "z"}, {"d"});
  model.node("MatMul", {"d", "wf"}, {"m"}).node("QuantizeLinear", {"m", "s", "z"}, {"y"}).output("y");
  const workload::Model result = imported(model);
  EXPECT_THAT(operators(result), ElementsAre("gemm"));
  EXPECT_EQ(workload::weight_bytes(result), 24);  // int8 as stored
  EXPECT_EQ(workload::activation_bytes(result), 8 + 3);
}

TEST(OnnxOperators, RecurrentLayersMultiplyStepByStep) {
  Model model;  // 7 steps of 2 sequences, 5 -> 3, both directions, two biases for each gate
  model.input("x", {7, 2, 5}).weight("w", {2, 12, 5}).weight("r", {2, 12, 3}).weight("b", {2, 24});
  model.node("LSTM", {"x", "w", "r", "b"}, {"y"},
             {integer("hidden_size", 3), text("direction", "bidirectional")});
  const workload::Model result = imported(model.output("y"));
  EXPECT_EQ(workload::macs(result), 2 * 7 * 2 * 4 * 3 * (5 + 3));
  EXPECT_EQ(workload::parameters(result), 2 * (12 * (5 + 3) + 24));
  EXPECT_EQ(gemm(result), (GemmShape{2, 12, 8, 7, true}));
  Model gru;
  gru.input("x", {7, 1, 5}).weight("w", {1, 9, 5}).weight("r", {1, 9, 3});
  gru.node("GRU", {"x", "w", "r"}, {"y"}, {integer("hidden_size", 3)}).output("y");
  EXPECT_EQ(workload::macs(imported(gru)), 7 * 3 * 3 * (5 + 3));
}

TEST(OnnxOperators, PoolingsRoundUpWhereTheyShould) {
  Model model;
  model.input("x", {1, 64, 112, 112});
  model.node("MaxPool", {"x"}, {"y"},
             {integers("kernel_shape", {3, 3}), integers("strides", {2, 2}), integer("ceil_mode", 1)});
  EXPECT_THAT(output(imported(model.output("y"))), ElementsAre(64, 56, 56));
}

TEST(OnnxOperators, ActivationsThatAreSpeltOut) {
  Exported net;
  net.model.input("x", {1, 16, 64}).scalar("six", 6.0F).scalar("zero", 0.0F);
  const std::string gelu = net.gelu_erf("x", "gelu");
  const std::string silu = net.node("Mul", {gelu, net.node("Sigmoid", {gelu}, "gate")}, "silu");
  const std::string clip =
      net.node("Clip", {net.node("Add", {silu, "three"}, "plus"), "zero", "six"}, "clip");
  const std::string swish = net.node("Div", {net.node("Mul", {silu, clip}, "times"), "six"}, "swish");
  const std::string power = net.node("Exp", {swish}, "exp");
  net.model.integers("axes", {-1});
  net.node("Div", {power, net.node("ReduceSum", {power, "axes"}, "sum")}, "y");
  EXPECT_THAT(operators(imported(net.model.output("y"))),
              ElementsAre("gelu", "silu", "hard-swish", "softmax"));
}

TEST(OnnxOperators, ActivationsThatOnlyLookAlikeStay) {
  Exported net;
  net.model.input("x", {1, 16}).input("z", {1, 16});
  net.node("Mul", {"x", net.node("Sigmoid", {"z"}, "gate")}, "y");
  EXPECT_THAT(operators(imported(net.model.output("y"))), ElementsAre("sigmoid", "multiply"));
}

TEST(OnnxOperators, GroupNormInArithmetic) {
  Exported net;
  net.model.input("x", {1, 32, 8, 8}).integers("groups", {0, 4, -1}).integers("back", {1, 32, 8, 8});
  net.model.weight("ones", {4}).weight("gain", {32, 1, 1}).weight("offset", {32, 1, 1});
  const std::string norm =
      net.node("InstanceNormalization", {net.node("Reshape", {"x", "groups"}, "r"), "ones", "ones"}, "i");
  const std::string gained = net.node("Mul", {net.node("Reshape", {norm, "back"}, "b"), "gain"}, "m");
  net.node("Add", {gained, "offset"}, "y");
  const workload::Model result = imported(net.model.output("y"));
  EXPECT_THAT(operators(result), ElementsAre("group-norm"));
  EXPECT_EQ(workload::parameters(result), 64);
}

TEST(OnnxOperators, NewerOpsetsHaveOwnRules) {
  Model model;
  model.input("x", {1, 12, 16}).integers("axes", {1}).weight("g", {16});
  model.node("Split", {"x"}, {"a", "b"}, {integer("axis", 1), integer("num_outputs", 2)});
  model.node("Gelu", {"a"}, {"ga"})
      .node("Mul", {"ga", "b"}, {"p"})
      .node("RMSNormalization", {"p", "g"}, {"n"});
  model.node("ReduceMean", {"n", "axes"}, {"y"}, {integer("keepdims", 0)}).output("y");
  const workload::Model result = imported(model, 21);
  EXPECT_THAT(operators(result), ElementsAre("select", "select", "gelu", "multiply", "rms-norm", "reduce"));
  EXPECT_THAT(output(result), ElementsAre(16));
}

TEST(OnnxOperators, ImageOperators) {
  Model model;
  model.input("x", {1, 4, 10, 10}).integers("sizes", {1, 4, 20, 30});
  model.node("Resize", {"x", "", "", "sizes"}, {"r"}, {text("mode", "linear")});
  model.node("GlobalAveragePool", {"r"}, {"g"})
      .node("Sigmoid", {"g"}, {"s"})
      .node("Mul", {"r", "s"}, {"y"})
      .output("y");
  const workload::Model result = imported(model);
  EXPECT_THAT(operators(result),
              ElementsAre("resize-bilinear", "global-average-pool", "sigmoid", "reshape", "multiply"));
  EXPECT_THAT(output(result), ElementsAre(4, 20, 30));
}

TEST(OnnxOperators, ABatchIsLeftOutAndSaid) {
  Model model;
  model.input("x", {8, 3, 16, 16})
      .weight("w", {4, 3, 3, 3})
      .weight("f", {4 * 14 * 14, 10})
      .integers("flat", {0, -1});
  model.node("Conv", {"x", "w"}, {"c"})
      .node("Reshape", {"c", "flat"}, {"r"})
      .node("MatMul", {"r", "f"}, {"y"})
      .output("y");
  const workload::Model result = imported(model);
  EXPECT_EQ(workload::macs(result), 4 * 3 * 9 * 14 * 14 + 4 * 14 * 14 * 10);
  EXPECT_THAT(result.description, HasSubstr("The file's batch is 8"));
}

TEST(OnnxOperators, UnknownOnesAreVectorOperationsIfTheUserSaysSo) {
  Model model;
  model.input("x", {1, 16}).node("Wobble", {"x"}, {"y"}, {}, "com.example").output("y");
  EXPECT_THROW(imported(model), base::InputError);
  EXPECT_THAT(operators(imported(model, 17, {{}, {}, true, 0, 0})), ElementsAre("vector"));
}

}  // namespace
}  // namespace inlay::importers
