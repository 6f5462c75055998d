// The shipped models against published figures, and against closed forms written down here on their own.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace inlay::workload
