// Attention as one node, operators of onnxruntime's optimiser, quantisers of QONNX, Einsum of any operands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/imported_onnx.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;
using ::testing::Contains;
using ::testing::ElementsAre;

constexpr const char* kMicrosoft = "com.microsoft";

TEST(OnnxFused, AttentionOfOpset23) {
  Model flat;  // 6 heads of 8, of which pairs share keys; 5 queries, 7 keys
  flat.input("q", {1, 5, 48}).input("k", {1, 7, 24}).input("v", {1, 7, 12}).input("m", {5, 7});
  flat.node("Attention", {"q", "k", "v", "m"}, {"y"},
            {integer("q_num_heads", 6), integer("kv_num_heads", 3)});
  const workload::Model result = imported(flat.output("y"), 23);
  EXPECT_EQ(workload::macs(result), 6 * 5 * 7 * (8 + 4));
  EXPECT_THAT(operators(result), ElementsAre("matrix-product", "mask", "softmax", "matrix-product"));
  EXPECT_EQ(gemm(result), (GemmShape{2 * 5, 7, 8, 3, false}));
  EXPECT_THAT(output(result), ElementsAre(5, 6 * 4));
  Model cached;  // two samples, four dimensions, eleven tokens in the cache
  cached.input("q", {2, 6, 1, 8}).input("k", {2, 3, 1, 8}).input("v", {2, 3, 1, 8});
  cached.input("pk", {2, 3, 11, 8}).input("pv", {2, 3, 11, 8});
  cached.node("Attention", {"q", "k", "v", "", "pk", "pv"}, {"y", "nk", "nv"});
  cached.output("y").output("nk").output("nv");
  const workload::Model decode = imported(cached, 23);
  EXPECT_EQ(workload::macs(decode), 2 * 6 * 1 * 12 * 8 * 2);
  EXPECT_EQ(std::count_if(decode.tensors.begin(), decode.tensors.end(),
                          [](const workload::Tensor& tensor) { return tensor.is_output; }),
            3);
}

TEST(OnnxFused, MultiHeadAttention) {
  Model model;
  model.input("q", {1, 5, 32}).input("k", {1, 7, 32}).input("v", {1, 7, 16}).input("lengths", {1}, 6);
  model.weight("b", {80});
  model.node("MultiHeadAttention", {"q", "k", "v", "b", "lengths"}, {"y"}, {integer("num_heads", 4)},
             kMicrosoft);
  const workload::Model result = imported(model.output("y"));
  EXPECT_EQ(workload::macs(result), 5 * 7 * (32 + 16));
  EXPECT_EQ(workload::parameters(result), 80);
  EXPECT_THAT(operators(result), Contains("mask"));
  Model packed;
  packed.input("qkv", {1, 5, 4, 3, 8});
  packed.node("MultiHeadAttention", {"qkv"}, {"y"}, {integer("num_heads", 4)}, kMicrosoft);
  EXPECT_EQ(workload::macs(imported(packed.output("y"))), 5 * 5 * 32 * 2);
}

TEST(OnnxFused, GroupQueryAttention) {
  Model model;
  model.input("q", {1, 3, 64}).input("k", {1, 3, 16}).input("v", {1, 3, 16}).input("pk", {1, 2, 9, 8});
  model.input("pv", {1, 2, 9, 8}).input("lengths", {1}, 6).input("total", {1}, 6);
  model.weight("cos", {100, 4}).weight("sin", {100, 4});
  model.node("GroupQueryAttention", {"q", "k", "v", "pk", "pv", "lengths", "total", "cos", "sin"},
             {"y", "nk", "nv"},
             {integer("num_heads", 8), integer("kv_num_heads", 2), integer("do_rotary", 1)}, kMicrosoft);
  const workload::Model result = imported(model.output("y").output("nk").output("nv"));
  EXPECT_EQ(workload::macs(result), 8 * 3 * 12 * 8 * 2);
  EXPECT_EQ(workload::parameters(result), 0);  // tables of sines are not learned
  EXPECT_EQ(gemm(result), (GemmShape{4 * 3, 12, 8, 2, false}));
  EXPECT_THAT(operators(result), Contains("rotary-embedding").Times(2));
  Model packed;  // query, key and value side by side
  packed.input("qkv", {1, 3, 8 * 8 + 2 * 2 * 8}).input("lengths", {1}, 6).input("total", {1}, 6);
  packed.node("GroupQueryAttention", {"qkv", "", "", "", "", "lengths", "total"}, {"y", "nk", "nv"},
              {integer("num_heads", 8), integer("kv_num_heads", 2)}, kMicrosoft);
  EXPECT_EQ(workload::macs(imported(packed.output("y"))), 8 * 3 * 3 * 8 * 2);
}

TEST(OnnxFused, AttentionWithItsProjections) {
  Model model;
  model.input("x", {1, 5, 24}).weight("w", {24, 96}).weight("b", {96}).input("mask", {1, 5}, 6);
  model.input("past", {2, 1, 4, 3, 8});
  model.node("Attention", {"x", "w", "b", "mask", "past"}, {"y", "present"}, {integer("num_heads", 4)},
             kMicrosoft);
  const workload::Model result = imported(model.output("y").output("present"));
  EXPECT_EQ(workload::macs(result), 5 * 24 * 96 + 2 * 4 * 5 * 8 * 8);
  EXPECT_EQ(workload::parameters(result), 24 * 96 + 96);
  Model quantised;
  quantised.input("x", {2, 5, 24}, kUint8).weight("w", {24, 96}, kInt8).weight("b", {96}).scalar("s", 0.5F);
  quantised.node("QAttention", {"x", "w", "b", "s", "s"}, {"y"}, {integer("num_heads", 4)}, kMicrosoft);
  const workload::Model small = imported(quantised.output("y"));
  EXPECT_EQ(workload::macs(small), 2 * (5 * 24 * 96 + 2 * 4 * 5 * 5 * 8));
  EXPECT_EQ(small.layers[0].precision.weights, 8);
  EXPECT_EQ(small.layers[0].precision.inputs, 8);
}

TEST(OnnxFused, NormsOfSums) {
  Model model;
  model.input("x", {1, 5, 8}).input("s", {1, 5, 8}).weight("g", {8}).weight("o", {8}).weight("b", {8});
  model.node("SkipLayerNormalization", {"x", "s", "g", "o", "b"}, {"y", "", "", "sum"}, {}, kMicrosoft);
  const workload::Model result = imported(model.output("y").output("sum"));
  EXPECT_EQ(workload::parameters(result), 24);
  EXPECT_THAT(operators(result), ElementsAre("add", "scale-features", "layer-norm"));
  Model rms;
  rms.input("x", {1, 5, 8}).input("s", {1, 5, 8}).weight("g", {8});
  rms.node("SkipSimplifiedLayerNormalization", {"x", "s", "g"}, {"y"}, {}, kMicrosoft);
  EXPECT_EQ(workload::parameters(imported(rms.output("y"))), 8);
  Model embedding;
  embedding.input("ids", {1, 5}, 6).input("segments", {1, 5}, 6).input("mask", {1, 5}, 6);
  embedding.weight("w", {100, 8}).weight("p", {20, 8}).weight("t", {2, 8}).weight("g", {8});
  embedding.node("EmbedLayerNormalization", {"ids", "segments", "w", "p", "t", "g", "g", "mask"},
                 {"y", "lengths"}, {}, kMicrosoft);
  const workload::Model words = imported(embedding.output("y").output("lengths"));
  EXPECT_EQ(workload::parameters(words), (100 + 20 + 2) * 8 + 8);  // gain and offset are one tensor
  EXPECT_EQ(words.layers.back().inputs.size(), 1U);
}

TEST(OnnxFused, WeightsOfFewBits) {
  Model model;
  model.input("x", {1, 5, 64}).weight("w", {48, 2, 16}, kUint8).weight("s", {96});
  model.node("MatMulNBits", {"x", "w", "s"}, {"y"},
             {integer("K", 64), integer("N", 48), integer("bits", 4), integer("block_size", 32)}, kMicrosoft);
  const workload::Model result = imported(model.output("y"));
  EXPECT_EQ(workload::macs(result), 5 * 64 * 48);
  EXPECT_EQ(workload::parameters(result), 64 * 48);
  EXPECT_EQ(workload::weight_bytes(result), 64 * 48 / 2);
}

TEST(OnnxFused, ProductsOfOnnxruntime) {
  Model fused;
  fused.input("a", {2, 8, 4}).input("b", {2, 5, 8});
  fused.node("FusedMatMul", {"a", "b"}, {"y"}, {integer("transA", 1), integer("transB", 1)}, kMicrosoft);
  EXPECT_EQ(gemm(imported(fused.output("y"))), (GemmShape{4, 5, 8, 2, false}));
  Model weights;
  weights.input("a", {1, 3, 8}).weight("b", {5, 8});
  weights.node("FusedMatMul", {"a", "b"}, {"y"}, {integer("transB", 1)}, kMicrosoft);
  EXPECT_EQ(gemm(imported(weights.output("y"))), (GemmShape{3, 5, 8, 1, true}));
  Model quantised;
  quantised.input("a", {4, 8}, kUint8).scalar("s", 0.5F).weight("z", {}, kUint8).weight("b", {5, 8}, kInt8);
  quantised.weight("c", {5}, 6).weight("bz", {}, kInt8);
  quantised.node("QGemm", {"a", "s", "z", "b", "s", "bz", "c", "s", "z"}, {"y"}, {integer("transB", 1)},
                 kMicrosoft);
  const workload::Model result = imported(quantised.output("y"));
  EXPECT_EQ(gemm(result), (GemmShape{4, 5, 8, 1, true}));
  EXPECT_EQ(workload::parameters(result), 45);
  EXPECT_EQ(result.layers[0].precision.outputs, 8);
  Model dynamic;  // as onnxruntime joins DynamicQuantizeLinear, MatMulInteger and the scales
  dynamic.input("x", {1, 4, 8}).weight("w", {8, 6}, kInt8).scalar("s", 0.5F).weight("b", {6});
  dynamic.node("DynamicQuantizeMatMul", {"x", "w", "s", "", "b"}, {"y"}, {}, kMicrosoft);
  EXPECT_EQ(gemm(imported(dynamic.output("y"))), (GemmShape{4, 6, 8, 1, true}));
  Model pair;  // quantised to 16 bits by onnxruntime's own operators
  pair.input("x", {1, 8}).scalar("s", 0.5F).weight("z", {}, 5).weight("w", {8, 3}, 5);
  pair.node("QuantizeLinear", {"x", "s", "z"}, {"q"}, {}, kMicrosoft);
  pair.node("DequantizeLinear", {"q", "s", "z"}, {"d"}, {}, kMicrosoft);
  pair.node("DequantizeLinear", {"w", "s", "z"}, {"v"}, {}, kMicrosoft).node("MatMul", {"d", "v"}, {"y"});
  const workload::Model wide = imported(pair.output("y"));
  EXPECT_EQ(wide.layers[0].precision.inputs, 16);
  EXPECT_EQ(wide.layers[0].precision.weights, 16);
  Model gelu;
  gelu.input("x", {1, 4, 8}).weight("b", {8}).node("BiasGelu", {"x", "b"}, {"y"}, {}, kMicrosoft);
  EXPECT_EQ(workload::parameters(imported(gelu.output("y"))), 8);
}

TEST(OnnxFused, RotaryEmbeddings) {
  Model model;
  model.input("x", {1, 2, 5, 8}).weight("c", {64, 4}).weight("s", {64, 4}).input("p", {1, 5}, kInt64);
  model.node("RotaryEmbedding", {"x", "c", "s", "p"}, {"y"});
  const workload::Model result = imported(model.output("y"), 23);
  EXPECT_THAT(operators(result), ElementsAre("repeat", "rotate"));
  EXPECT_EQ(workload::parameters(result), 0);
  Model fixed;
  fixed.input("x", {1, 5, 16}).weight("c", {1, 5, 4}).weight("s", {1, 5, 4});
  fixed.node("RotaryEmbedding", {"x", "c", "s"}, {"y"}, {integer("num_heads", 2)});
  EXPECT_THAT(operators(imported(fixed.output("y"), 23)), ElementsAre("rotary-embedding"));
}

TEST(OnnxFused, QuantisersOfQonnx) {
  const auto quant = [](Model& model, const char* op, const char* in, const char* out, const char* bits) {
    model.node(op, {in, "s", "zero", bits}, {out}, {integer("signed", 1)}, "qonnx.custom_op.general");
  };
  Model model;
  model.input("x", {1, 16}).weight("w", {16, 8}).weight("v", {8, 4}).scalar("s", 0.5F).scalar("zero", 0);
  model.scalar("three", 3).scalar("five", 4.5F);
  quant(model, "Quant", "x", "xq", "five");
  quant(model, "IntQuant", "w", "wq", "three");
  model.node("MatMul", {"xq", "wq"}, {"h"}).node("Relu", {"h"}, {"r"});
  quant(model, "Quant", "r", "rq", "three");
  model.node("BipolarQuant", {"v", "s"}, {"vq"}, {}, "onnx.brevitas").node("MatMul", {"rq", "vq"}, {"y"});
  const workload::Model result = imported(model.output("y"));
  EXPECT_THAT(operators(result), ElementsAre("gemm", "relu", "gemm"));
  EXPECT_EQ(result.layers[0].precision.inputs, 5);
  EXPECT_EQ(result.layers[0].precision.weights, 3);
  EXPECT_EQ(result.layers[2].precision.inputs, 3);
  EXPECT_EQ(result.layers[2].precision.weights, 1);
  EXPECT_EQ(workload::weight_bytes(result), 16 * 8 * 3 / 8 + 8 * 4 / 8);
  EXPECT_EQ(workload::parameters(result), 16 * 8 + 8 * 4);
  Model finn;
  finn.input("x", {1, 4, 6, 6}).weight("t", {4, 15});
  finn.node("MultiThreshold", {"x", "t"}, {"y"}, {text("out_dtype", "UINT4")}, "finn.custom_op.general");
  const workload::Model steps = imported(finn.output("y"));
  EXPECT_EQ(workload::parameters(steps), 60);
  EXPECT_EQ(steps.tensors.back().bits, 4);
}

TEST(OnnxFused, UnknownOperatorsOnWeightsMakeWeights) {
  Model model;
  model.input("x", {4, 8}).weight("w", {8, 16}).node("Prune", {"w"}, {"p"}, {}, "my.tools");
  model.node("MatMul", {"x", "p"}, {"h"}).node("Twist", {"h"}, {"y"}, {}, "my.tools").output("y");
  const ImportOptions as_vector = {{}, {}, true, 0, 0};
  const workload::Model result = imported(model, 17, as_vector);
  EXPECT_THAT(operators(result), ElementsAre("gemm", "vector"));
  EXPECT_EQ(workload::parameters(result), 128);
  EXPECT_THROW(imported(model), base::InputError);
}

// torch.nn.utils.weight_norm and spectral_norm: the weights follow from what is stored, before the model
// runs.
TEST(OnnxFused, NormsOfWeightsFoldIntoThem) {
  Model weight;
  weight.input("x", {1, 8, 20}).weight("v", {16, 8, 3}).weight("g", {16, 1, 1}).weight("b", {16});
  weight.node("ReduceL2", {"v"}, {"n"}, {integers("axes", {1, 2})}).node("Div", {"v", "n"}, {"d"});
  weight.node("Mul", {"d", "g"}, {"w"}).node("Conv", {"x", "w", "b"}, {"y"});
  const workload::Model scaled = imported(weight.output("y"));
  EXPECT_THAT(operators(scaled), ElementsAre("reshape", "convolution"));  // one axis as rows
  EXPECT_EQ(workload::macs(scaled), 18 * 16 * 8 * 3);
  Model spectral;  // divided by the largest singular value, u W v
  spectral.input("x", {4, 24}).weight("w", {5, 24}).weight("u", {5}).weight("v", {24});
  spectral.node("MatMul", {"w", "v"}, {"wv"}).node("MatMul", {"u", "wv"}, {"sigma"});
  spectral.node("Div", {"w", "sigma"}, {"n"}).node("Gemm", {"x", "n"}, {"y"}, {integer("transB", 1)});
  const workload::Model divided = imported(spectral.output("y"));
  EXPECT_THAT(operators(divided), ElementsAre("gemm"));
  EXPECT_EQ(workload::macs(divided), 4 * 24 * 5);
}

/// The multiply-accumulates and parameters of an Einsum of inputs, and of weights where a name begins with w.
struct Work {
  std::int64_t macs, parameters;
  std::vector<std::int64_t> shape;
};

Work einsum(const char* equation,
            const std::vector<std::pair<std::string, std::vector<std::int64_t>>>& operands) {
  Model model;
  std::vector<std::string> names;
  for (const auto& [name, shape] : operands) {
    names.push_back(name);
    if (name[0] == 'w') {
      model.weight(name, shape);
    } else {
      model.input(name, {shape.begin(), shape.end()});
    }
  }
  model.node("Einsum", names, {"e"}, {text("equation", equation)}).node("Relu", {"e"}, {"y"});
  const workload::Model result = imported(model.output("y"));
  return {workload::macs(result), workload::parameters(result), output(result)};
}

std::int64_t elements(const Work& work) {
  std::int64_t product = 1;
  for (const std::int64_t size : work.shape) {
    product *= size;
  }
  return product;
}

TEST(OnnxFused, EinsteinSumsOfAnyOperands) {
  const Work batch = einsum("...ij,jk->...ik", {{"a", {2, 3, 4, 5}}, {"w", {5, 6}}});
  EXPECT_EQ(batch.macs, 2 * 3 * 4 * 5 * 6);
  EXPECT_EQ(batch.parameters, 30);
  const Work both = einsum("...ij,...jk", {{"a", {2, 1, 4, 5}}, {"b", {3, 5, 6}}});  // repeated along both
  EXPECT_EQ(elements(both), 2 * 3 * 4 * 6);
  EXPECT_EQ(both.macs, 2 * 3 * 4 * 5 * 6);
  const Work three = einsum("ij,jk,kl->il", {{"a", {2, 3}}, {"w1", {3, 4}}, {"w2", {4, 5}}});
  EXPECT_EQ(three.macs, 2 * 3 * 4 + 2 * 4 * 5);  // from left to right
  EXPECT_EQ(three.parameters, 12 + 20);
  const Work bilinear = einsum("bi,oij,bj->bo", {{"a", {2, 3}}, {"w", {5, 3, 4}}, {"c", {2, 4}}});
  EXPECT_EQ(bilinear.macs, 2 * 5 * 3 * 4 + 2 * 5 * 4);
  EXPECT_EQ(bilinear.parameters, 60);
  const Work summed = einsum("btd,dk->bk", {{"a", {2, 3, 6}}, {"w", {6, 4}}});  // sums over t first
  EXPECT_EQ(summed.macs, 2 * 6 * 4);
  EXPECT_EQ(einsum("bii->bi", {{"a", {2, 3, 3}}}).macs, 0);
  EXPECT_EQ(elements(einsum("bii->bi", {{"a", {2, 3, 3}}})), 6);
  EXPECT_EQ(elements(einsum("bij->b", {{"a", {2, 3, 5}}})), 2);
  EXPECT_EQ(einsum("i,j,k->ijk", {{"a", {2}}, {"b", {3}}, {"c", {5}}}).macs, 6 + 30);
  for (const char* wrong : {"ij,jk->iz", "ij,jk,kl->il", "ijk,jk->ik", "ij,jk->ii", "i1,1k->ik", ""}) {
    EXPECT_THROW(einsum(wrong, {{"a", {2, 3}}, {"b", {3, 4}}}), base::InputError) << wrong;
  }
}

}  // namespace
}  // namespace inlay::importers
