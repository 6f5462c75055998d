// The shipped models against published figures, and against closed forms written down here on their own.
#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "inlay/workload/model_file.hpp"

namespace inlay::workload {
namespace {

// Parameters and "_ops" (in units of 10^9 multiply-accumulates, convolutions and linear layers only, 224 x
// 224): torchvision/models/resnet.py, ResNet18_Weights and ResNet50_Weights. Parameters include gain and
// offset of batch norm, not its running statistics.
TEST(PublishedModels, ResNet18) {
  const Model model = load_model("resnet-18");
  EXPECT_EQ(parameters(model), 11'689'512);
  EXPECT_NEAR(static_cast<double>(macs(model)) * 1e-9, 1.814, 0.0005);
}

TEST(PublishedModels, ResNet50) {
  const Model model = load_model("resnet-50");
  EXPECT_EQ(parameters(model), 25'557'032);
  EXPECT_NEAR(static_cast<double>(macs(model)) * 1e-9, 4.089, 0.0005);
}

struct Gpt2 {
  const char* name;
  std::int64_t width;
  std::int64_t depth;
  std::int64_t heads;
  // Number of elements of the published checkpoints (github.com/openai/gpt-2) without duplicates: the head
  // shares the token embedding. Also what Keras' model cards print (keras-hub, gpt2_presets.py).
  std::int64_t parameters;
};

class Gpt2Models : public testing::TestWithParam<Gpt2> {};

TEST_P(Gpt2Models, ParametersAsPublished) {
  EXPECT_EQ(parameters(load_model(GetParam().name)), GetParam().parameters);
}

TEST_P(Gpt2Models, MacsFollowTheClosedForm) {
  const auto [name, width, depth, heads, unused] = GetParam();
  for (const std::int64_t sequence : {1, 128, 1024}) {
    // Per block and token: 3w^2 (q, k, v) + w^2 (projection) + 8w^2 (two feed-forward layers); w for each
    // pair of tokens in the score product and again in the value product; one row of the vocabulary per word
    // in the head.
    const std::int64_t block = 12 * width * width * sequence + 2 * sequence * sequence * width;
    const std::int64_t head = sequence * width * 50257;
    const Model model = load_model(name, {{"sequence", sequence}});
    EXPECT_EQ(macs(model), depth * block + head) << name << " " << sequence;
  }
}

TEST_P(Gpt2Models, AttentionHasItsTrueShapes) {
  const auto [name, width, depth, heads, unused] = GetParam();
  int scores = 0;
  for (const Layer& layer : load_model(name).layers) {
    if (layer.op == "matrix-product") {
      const bool score = layer.name.find("score") != std::string::npos;
      const GemmShape expected = score ? GemmShape{128, 128, width / heads, heads, false}
                                       : GemmShape{128, width / heads, 128, heads, false};
      EXPECT_EQ(std::get<GemmShape>(layer.shape), expected) << layer.name;
      scores += score ? 1 : 0;
    }
  }
  EXPECT_EQ(scores, depth);
}

INSTANTIATE_TEST_SUITE_P(All, Gpt2Models,
                         testing::Values(Gpt2{"gpt2-small", 768, 12, 12, 124'439'808},
                                         Gpt2{"gpt2-medium", 1024, 24, 16, 354'823'168},
                                         Gpt2{"gpt2-large", 1280, 36, 20, 774'030'080}));

// Parameters of the checkpoints with pooler and without heads, as transformers' BertModel counts them
// (uncased). MACs per block and token as of GPT-2; the pooler is one row of w x w.
TEST(PublishedModels, Bert) {
  for (const auto& [name, width, depth, published] :
       {std::tuple("bert-base", 768, 12, 109'482'240), std::tuple("bert-large", 1024, 24, 335'141'888)}) {
    EXPECT_EQ(parameters(load_model(name)), published);
    for (const std::int64_t sequence : {1, 128, 512}) {
      const std::int64_t w = width;
      const std::int64_t block = 12 * w * w * sequence + 2 * sequence * sequence * w;
      EXPECT_EQ(macs(load_model(name, {{"sequence", sequence}})), depth * block + w * w) << name << sequence;
    }
  }
}

// Table 1 of the paper prints 1.5 billion operations; parameters as of Caffe's bvlc_googlenet without the
// classifiers for training. MACs by the table's columns: per module at p pixels and c channels in, p * (c *
// (one + reduce3 + reduce5 + pool) + 9 * reduce3 * three + 25 * reduce5 * five).
TEST(PublishedModels, GoogLeNet) {
  const Model model = load_model("googlenet");
  EXPECT_EQ(parameters(model), 6'998'552);
  struct Module {
    std::int64_t pixels, in, one, reduce3, three, reduce5, five, pool;
  };
  const std::vector<Module> modules = {
      {784, 192, 64, 96, 128, 16, 32, 32},     {784, 256, 128, 128, 192, 32, 96, 64},
      {196, 480, 192, 96, 208, 16, 48, 64},    {196, 512, 160, 112, 224, 24, 64, 64},
      {196, 512, 128, 128, 256, 24, 64, 64},   {196, 512, 112, 144, 288, 32, 64, 64},
      {196, 528, 256, 160, 320, 32, 128, 128}, {49, 832, 256, 160, 320, 32, 128, 128},
      {49, 832, 384, 192, 384, 48, 128, 128}};
  std::int64_t expected = 112 * 112 * 64 * 3 * 49 + 56 * 56 * 64 * (64 + 9 * 192) + 1024 * 1000;
  for (const auto& [pixels, in, one, reduce3, three, reduce5, five, pool] : modules) {
    expected += pixels * (in * (one + reduce3 + reduce5 + pool) + 9 * reduce3 * three + 25 * reduce5 * five);
  }
  EXPECT_EQ(macs(model), expected);
}

// Figure 1 of the paper with padding: at level l, (512 / 2^l)^2 pixels and c = 64 * 2^l channels.
TEST(PublishedModels, UNet) {
  std::int64_t expected = 0;
  for (std::int64_t level = 0; level <= 4; ++level) {
    const std::int64_t pixels = (512 >> level) * (512 >> level);
    const std::int64_t c = 64 << level;
    const std::int64_t in = level == 0 ? 1 : c / 2;
    expected += pixels * 9 * (in * c + c * c);  // contracting
    if (level < 4) {
      expected +=
          pixels * 9 * (2 * c * c + c * c) + pixels * 2 * c * c;  // expanding, and the up-convolution to it
    }
  }
  expected += 512 * 512 * 64 * 2;
  EXPECT_EQ(macs(load_model("unet")), expected);
}

}  // namespace
}  // namespace inlay::workload
