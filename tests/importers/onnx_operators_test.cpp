// One operator at a time, with its sizes worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/imported_onnx.hpp"
#include "support/onnx_networks.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
  model.weight("o", {4}).node("Conv", {"x", "w"}, {"c"}).node("Add", {"c", "b"}, {"a"});
  model.node("BatchNormalization", {"a", "g", "o", "g", "g"}, {"n"}).node("Relu", {"n"}, {"y"}).output("y");
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

// Every pair of leading dimensions that numpy.matmul takes: as many multiply-accumulates as its result has
// elements, times the inner size.
TEST(OnnxOperators, ProductsRepeatTheirOperands) {
  struct Case {
    std::vector<std::int64_t> left, right;
    std::int64_t results;  // matrices
  };
  for (const auto& [left, right, results] :
       {Case{{2, 1}, {1, 3}, 6}, Case{{1, 8, 4}, {1, 8, 1}, 32}, Case{{1, 8, 1}, {1, 8, 4}, 32},
        Case{{7}, {}, 7}, Case{{}, {7}, 7}, Case{{5, 1}, {2}, 10}, Case{{2, 3, 4}, {2, 1, 4}, 24}}) {
    for (const int weights : {0, 1, 2}) {  // none, the left operand, the right one
      std::vector<std::int64_t> a = left;
      std::vector<std::int64_t> b = right;
      a.insert(a.end(), {5, 6});
      b.insert(b.end(), {6, 9});
      Model model;
      const auto declare = [&model](const char* name, const std::vector<std::int64_t>& shape, bool weight) {
        if (weight) {
          model.weight(name, shape);
        } else {
          model.input(name, {shape.begin(), shape.end()});
        }
      };
      declare("a", a, weights == 1);
      declare("b", b, weights == 2);
      const workload::Model result = imported(model.node("MatMul", {"a", "b"}, {"y"}).output("y"));
      EXPECT_EQ(workload::macs(result), results * 5 * 6 * 9) << results << " " << weights;
      std::int64_t learned = weights == 1 ? 5 * 6 : weights == 2 ? 6 * 9 : 0;
      for (const std::int64_t size : weights == 1 ? left : right) {
        learned *= size;
      }
      EXPECT_EQ(workload::parameters(result), learned) << results << " " << weights;
    }
  }
}

// Attention as einops and JAX write it, projections by weights of any order, and a transposition.
TEST(OnnxOperators, EinsteinSums) {
  const auto of = [](const char* equation, const std::vector<Size>& x, const std::vector<Size>& z) {
    Model model;
    model.input("x", x)
        .input("z", z)
        .node("Einsum", {"x", "z"}, {"y"}, {text("equation", equation)})
        .output("y");
    return imported(model);
  };
  EXPECT_EQ(gemm(of("bhid,bhjd->bhij", {1, 3, 5, 6}, {1, 3, 7, 6})), (GemmShape{5, 7, 6, 3, false}));
  EXPECT_EQ(gemm(of("bhij, bjhd -> bihd", {1, 3, 5, 7}, {1, 7, 3, 6})), (GemmShape{5, 6, 7, 3, false}));
  EXPECT_EQ(gemm(of("ik,kj", {5, 6}, {6, 7})), (GemmShape{5, 7, 6, 1, false}));  // -> ij
  EXPECT_EQ(workload::macs(of("i,j->ij", {5}, {7})), 5 * 7);
  const auto by = [](const char* equation, const std::vector<std::int64_t>& weights) {
    Model model;
    model.input("x", {1, 5, 6}).weight("w", weights);
    model.node("Einsum", {"x", "w"}, {"y"}, {text("equation", equation)}).output("y");
    return imported(model);
  };
  EXPECT_EQ(gemm(by("btd,dhk->bthk", {6, 2, 4})), (GemmShape{5, 8, 6, 1, true}));
  EXPECT_EQ(workload::parameters(by("btd,hkd->bthk", {2, 4, 6})), 48);
  EXPECT_EQ(workload::macs(by("btd,tdk->btk", {5, 6, 4})), 5 * 6 * 4);  // weights of its own for each token
  EXPECT_EQ(workload::parameters(by("btd,tdk->btk", {5, 6, 4})), 5 * 6 * 4);
  EXPECT_THROW(by("btd,tdk->btkz", {5, 6, 4}), base::InputError);
  EXPECT_THROW(by("btd,kd->btk", {4, 7}), base::InputError);
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

// As onnxruntime's quantize_dynamic writes it.
TEST(OnnxOperators, QuantisedWhileItRuns) {
  Model model;
  model.input("x", {1, 4, 8}).weight("w", {8, 3}, kInt8).weight("wz", {}, kInt8).scalar("ws", 0.5F);
  model.weight("bias", {3});
  model.node("DynamicQuantizeLinear", {"x"}, {"q", "s", "z"}).node("Mul", {"s", "ws"}, {"scale"});
  model.node("MatMulInteger", {"q", "w", "z", "wz"}, {"p"}).node("Cast", {"p"}, {"real"}, {integer("to", 1)});
  model.node("Mul", {"real", "scale"}, {"scaled"}).node("Add", {"bias", "scaled"}, {"y"}).output("y");
  const workload::Model result = imported(model);
  EXPECT_THAT(operators(result), ElementsAre("dynamic-quantize", "gemm"));
  EXPECT_EQ(gemm(result), (GemmShape{4, 3, 8, 1, true}));
  EXPECT_EQ(workload::parameters(result), 8 * 3 + 3);
  EXPECT_EQ(result.layers[1].precision.inputs, 8);
  EXPECT_EQ(result.layers[1].precision.weights, 8);
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

// Quantised and dequantised around each operator, as onnxruntime and TensorRT have it: one tensor may be
// quantised for several readers.
TEST(OnnxOperators, QuantisedForSeveralReaders) {
  Model model;
  model.input("x", {1, 3, 8, 8}).scalar("s", 0.5F).weight("z", {}, kInt8).weight("w", {4, 3, 3, 3}, kInt8);
  model.weight("v", {2, 4, 1, 1}, kInt8);
  model.node("QuantizeLinear", {"x", "s", "z"}, {"q"}).node("DequantizeLinear", {"q", "s", "z"}, {"d"});
  model.node("DequantizeLinear", {"w", "s", "z"}, {"wf"}).node("DequantizeLinear", {"v", "s", "z"}, {"vf"});
  model.node("Conv", {"d", "wf"}, {"c"}).node("Relu", {"c"}, {"r"});
  for (const char* reader : {"1", "2"}) {
    const std::string id = reader;
    model.node("QuantizeLinear", {"r", "s", "z"}, {"q" + id});
    model.node("DequantizeLinear", {"q" + id, "s", "z"}, {"d" + id});
    model.node("Conv", {"d" + id, "vf"}, {"y" + id});
    model.node("QuantizeLinear", {"y" + id, "s", "z"}, {"o" + id}).output("o" + id);
  }
  const workload::Model result = imported(model);
  for (const workload::Layer& layer : result.layers) {
    if (layer.op == "convolution") {
      EXPECT_EQ(layer.precision.inputs, 8) << layer.name;
      EXPECT_EQ(layer.precision.weights, 8) << layer.name;
    }
  }
  EXPECT_EQ(result.layers.back().precision.outputs, 8);
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

TEST(OnnxOperators, ClassTokenIsLearned) {
  Model model;
  model.input("x", {1, 9, 16}).weight("token", {1, 1, 16});
  model.node("Concat", {"token", "x"}, {"y"}, {integer("axis", 1)}).output("y");
  const workload::Model result = imported(model);
  EXPECT_THAT(operators(result), ElementsAre("learned-tokens"));
  EXPECT_THAT(output(result), ElementsAre(10, 16));
  EXPECT_EQ(workload::parameters(result), 16);
}

// Attention in windows with a bias by the distance of two tokens (Swin, T5): 3 heads over 4 tokens, from a
// table of 9 rows; the scale and the mask of shifted windows behind it are part of the softmax.
TEST(OnnxOperators, PositionBiasIsGathered) {
  Model model;
  model.input("q", {3, 4, 8}).input("k", {3, 8, 4}).weight("table", {9, 3}).scalar("scale", 0.5F);
  model.integers("places", {0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6}).integers("grid", {4, 4, 3});
  model.node("Gather", {"table", "places"}, {"rows"}).node("Reshape", {"rows", "grid"}, {"pairs"});
  model.node("Transpose", {"pairs"}, {"bias"}, {integers("perm", {2, 0, 1})});
  model.node("MatMul", {"q", "k"}, {"scores"}).node("Mul", {"scores", "scale"}, {"scaled"});
  model.node("Add", {"scaled", "bias"}, {"biased"}).node("Softmax", {"biased"}, {"y"}).output("y");
  const workload::Model result = imported(model);
  EXPECT_THAT(operators(result), ElementsAre("matrix-product", "position-bias", "softmax"));
  EXPECT_EQ(workload::parameters(result), 9 * 3);
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

TEST(OnnxOperators, ConvolutionsOfWholeNumbers) {
  Model model;
  model.input("x", {1, 3, 8, 8}, kUint8).weight("w", {4, 3, 3, 3}, kInt8).weight("xz", {}, kUint8);
  model.scalar("s", 0.5F).weight("b", {4, 1, 1});
  model.node("ConvInteger", {"x", "w", "xz"}, {"c"}, {integers("pads", {1, 1, 1, 1})});
  model.node("Cast", {"c"}, {"r"}, {integer("to", 1)}).node("Mul", {"r", "s"}, {"m"});
  model.node("Add", {"m", "b"}, {"a"}).node("Relu", {"a"}, {"y"}).output("y");
  const workload::Model result = imported(model);
  EXPECT_THAT(operators(result), ElementsAre("convolution", "relu"));
  EXPECT_EQ(workload::macs(result), 4 * 3 * 9 * 64);
  EXPECT_EQ(workload::parameters(result), 4 * 3 * 9 + 4);
  EXPECT_EQ(result.layers[0].precision.inputs, 8);
  EXPECT_EQ(result.layers[0].precision.weights, 8);
}

// As in log-mel features: nothing below the maximum less 8.
TEST(OnnxOperators, BoundsMayBeComputed) {
  Model model;
  model.input("x", {1, 6, 8})
      .scalar("eight", 8.0F)
      .node("ReduceMax", {"x"}, {"max"}, {integer("keepdims", 0)});
  model.node("Sub", {"max", "eight"}, {"low"}).node("Clip", {"x", "low"}, {"y"}).output("y");
  const workload::Model result = imported(model);
  EXPECT_THAT(operators(result), ElementsAre("reduce", "scale", "combine"));
  EXPECT_THAT(output(result), ElementsAre(6, 8));
}

// A size that is computed from what the network finds is stated by the user; what computes it is no layer.
TEST(OnnxOperators, SizesThatAreComputedLeaveNoLayer) {
  Model model;
  model.input("x", {1, 3, 8, 8}).input("scales", {4}).node("Abs", {"scales"}, {"positive"});
  model.node("Resize", {"x", "", "positive"}, {"y"}).output("y");
  const workload::Model result =
      imported(model, 17, {{{"y.0", 1}, {"y.1", 3}, {"y.2", 16}, {"y.3", 24}}, {}, false, 0, 0});
  EXPECT_THAT(operators(result), ElementsAre("resize-nearest"));
  EXPECT_THAT(output(result), ElementsAre(3, 16, 24));
}

TEST(OnnxOperators, DetectorsAreVectorOperators) {
  Model model;
  model.input("x", {1, 16, 20, 20}).input("boxes", {1, 50, 4}).input("scores", {1, 1, 50});
  model.input("regions", {7, 4}).input("images", {7}, kInt64);
  model.node("NonMaxSuppression", {"boxes", "scores"}, {"kept"});
  model.node("RoiAlign", {"x", "regions", "images"}, {"pooled"},
             {integer("output_height", 3), integer("output_width", 3)});
  model.output("kept").output("pooled");
  EXPECT_THROW(imported(model), base::InputError);  // how many are kept is only known when it runs
  const workload::Model result = imported(model, 17, {{{"kept.0", 10}}, {}, false, 0, 0});
  EXPECT_THAT(operators(result), ElementsAre("non-max-suppression", "roi-align"));
  EXPECT_EQ(std::get<workload::VectorShape>(result.layers[1].shape).operations, 7 * 16 * 9 * 16);
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
