// Activations in places where weights usually stand are edges of the model; nothing that makes them is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/imported_onnx.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

/// Names of the inputs that some layer reads.
std::vector<std::string> inputs_read(const workload::Model& model) {
  std::vector<std::string> names;
  for (const workload::Tensor& tensor : model.tensors) {
    if (tensor.producer < 0 && !tensor.users.empty()) {
      names.push_back(tensor.name);
    }
  }
  return names;
}

bool reads(const workload::Model& model, const std::string& layer, const std::string& tensor) {
  for (const workload::Layer& candidate : model.layers) {
    for (const int input : candidate.inputs) {
      if (candidate.name == layer && model.tensors[static_cast<std::size_t>(input)].name == tensor) {
        return true;
      }
    }
  }
  return false;
}

TEST(OnnxEdges, GemmAddsAnActivation) {
  Model addmm;  // z's product is added to x's
  addmm.input("x", {16, 32}).input("z", {16, 4}).weight("w", {32, 8}).weight("v", {4, 8});
  addmm.node("MatMul", {"z", "v"}, {"q"}).node("Gemm", {"x", "w", "q"}, {"y"}).output("y");
  const workload::Model result = imported(addmm);
  EXPECT_EQ(workload::macs(result), 16 * 4 * 8 + 16 * 32 * 8);
  EXPECT_EQ(workload::parameters(result), 4 * 8 + 32 * 8);
  EXPECT_THAT(inputs_read(result), UnorderedElementsAre("x", "z"));
  EXPECT_TRUE(reads(result, "y.Add", "q"));
  Model column;  // one number for each row
  column.input("x", {16, 32}).input("c", {16, 1}).weight("w", {32, 8});
  column.node("Gemm", {"x", "w", "c"}, {"y"}).output("y");
  EXPECT_THAT(operators(imported(column)), ElementsAre("gemm", "add"));
  Model matrix;  // a learned matrix
  matrix.input("x", {16, 32}).weight("w", {32, 8}).weight("c", {16, 8});
  matrix.node("Gemm", {"x", "w", "c"}, {"y"}).output("y");
  EXPECT_EQ(workload::parameters(imported(matrix)), 32 * 8 + 16 * 8);
  Model swapped;  // a bias of the transposed product
  swapped.input("x", {32, 16}).weight("w", {32, 8}).weight("b", {8});
  swapped.node("Gemm", {"x", "w", "b"}, {"y"}, {integer("transA", 1)}).output("y");
  EXPECT_EQ(workload::parameters(imported(swapped)), 32 * 8 + 8);
}

TEST(OnnxEdges, ConvolutionsAddActivations) {
  for (const char* op : {"Conv", "ConvTranspose"}) {
    Model bias;
    bias.input("x", {1, 3, 8, 8}).input("z", {1, 16}).weight("w", {3, 3, 3, 3}).weight("v", {16, 3});
    bias.integers("flat", {3}).node("MatMul", {"z", "v"}, {"m"}).node("Reshape", {"m", "flat"}, {"b"});
    bias.node(op, {"x", "w", "b"}, {"y"}).output("y");
    const workload::Model result = imported(bias);
    EXPECT_EQ(workload::parameters(result), 81 + 48) << op;
    EXPECT_THAT(inputs_read(result), UnorderedElementsAre("x", "z")) << op;
    EXPECT_EQ(result.layers.back().op, "add") << op;
  }
  Model residual;  // a residual block as onnxruntime saves it
  residual.input("x", {1, 8, 8, 8}).weight("w", {8, 8, 3, 3}).weight("s", {8, 8, 1, 1}).weight("b", {8});
  residual.node("Conv", {"x", "s"}, {"sc"});
  residual.node("FusedConv", {"x", "w", "b", "sc"}, {"y"},
                {integers("pads", {1, 1, 1, 1}), text("activation", "Relu")}, "com.microsoft");
  const workload::Model result = imported(residual.output("y"));
  EXPECT_THAT(operators(result), ElementsAre("convolution", "convolution", "add", "relu"));
  EXPECT_EQ(workload::macs(result), 64 * 64 + 64 * 576);
  EXPECT_EQ(workload::parameters(result), 64 + 576 + 8);
}

TEST(OnnxEdges, NormsReadWhatIsComputed) {
  Model statistics;  // a norm whose mean is computed, as Keras writes layer norms
  statistics.input("x", {1, 4, 8, 8}).weight("s", {4}).weight("b", {4}).weight("v", {4});
  statistics.node("ReduceMean", {"x"}, {"m"}, {integers("axes", {0, 2, 3}), integer("keepdims", 0)});
  statistics.node("BatchNormalization", {"x", "s", "b", "m", "v"}, {"y"}).output("y");
  const workload::Model norm = imported(statistics);
  EXPECT_THAT(operators(norm), ElementsAre("reduce", "batch-norm"));
  EXPECT_TRUE(reads(norm, "y", "m"));
  EXPECT_EQ(workload::parameters(norm), 8);
  Model adaptive;  // gain and offset of a layer norm from a condition
  adaptive.input("x", {1, 10, 16}).input("c", {1, 6}).weight("g", {6, 16}).weight("o", {16});
  adaptive.integers("flat", {16}).node("MatMul", {"c", "g"}, {"m"}).node("Reshape", {"m", "flat"}, {"gain"});
  adaptive.node("LayerNormalization", {"x", "gain", "o"}, {"y"}).output("y");
  const workload::Model result = imported(adaptive);
  EXPECT_EQ(workload::parameters(result), 6 * 16 + 16);
  EXPECT_THAT(inputs_read(result), UnorderedElementsAre("x", "c"));
}

TEST(OnnxEdges, ScalesAndSlopesMayBeComputed) {
  Model scale;
  scale.input("x", {1, 4, 8}).input("s", {1}).weight("w", {8, 8}).integers("none", {}).scalar("z", 0);
  scale.node("Reshape", {"s", "none"}, {"one"}).node("QuantizeLinear", {"x", "one"}, {"q"});
  scale.node("DequantizeLinear", {"q", "one"}, {"d"}).node("MatMul", {"d", "w"}, {"y"}).output("y");
  EXPECT_THAT(inputs_read(imported(scale)), UnorderedElementsAre("x", "s"));
  Model slope;
  slope.input("x", {1, 4, 8, 8}).input("z", {4, 1, 1}).node("Tanh", {"z"}, {"s"});
  slope.node("PRelu", {"x", "s"}, {"y"}).output("y");
  EXPECT_THAT(inputs_read(imported(slope)), UnorderedElementsAre("x", "z"));
}

TEST(OnnxEdges, WhatNoRuleReadsIsRefused) {
  Model model;  // a table of images that is asked for by a computed quantisation
  model.input("x", {1, 3, 8, 8}).input("z", {1}).weight("w", {4, 3, 3, 3}, kInt8).scalar("one", 1);
  model.integers("none", {}).node("Reshape", {"z", "none"}, {"s"});
  model.node("QuantizeLinear", {"x", "one"}, {"q"});
  model.node("Exp", {"s"}, {"e"});
  model.node("QLinearConv", {"q", "e", "", "w", "one", "", "one", ""}, {"y"}).output("y");
  EXPECT_THROW(imported(model), base::InputError);
}

}  // namespace
}  // namespace inlay::importers
