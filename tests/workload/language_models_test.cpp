// The language models against published figures, and against closed forms written down here on their own: for
// a pass over s new tokens behind a cache of c.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "inlay/workload/model_file.hpp"

namespace inlay::workload {
namespace {

/// A model without its mixture: every token passes one feed-forward network of three matrices.
struct Llama {
  const char* name;
  std::int64_t width, depth, heads, kv_heads, hidden, words;
  std::int64_t parameters;  // of the published checkpoint
};

class LlamaModels : public testing::TestWithParam<Llama> {
 protected:
  std::int64_t kv_width() const { return GetParam().width / GetParam().heads * GetParam().kv_heads; }
  /// Weights of a block that are multiplied with every token.
  std::int64_t block() const {
    const Llama& llama = GetParam();
    return llama.width * (2 * llama.width + 2 * kv_width()) + 3 * llama.width * llama.hidden;
  }
};

TEST_P(LlamaModels, ParametersAsPublished) {
  const Llama& llama = GetParam();
  // Embedding and head are not tied; two norms in each block and one behind them.
  EXPECT_EQ(2 * llama.words * llama.width + llama.depth * (block() + 2 * llama.width) + llama.width,
            llama.parameters);
  EXPECT_EQ(parameters(load_model(llama.name)), llama.parameters);
  EXPECT_EQ(parameters(load_model(llama.name + std::string("-decode"))), llama.parameters);
}

TEST_P(LlamaModels, MacsFollowTheClosedForm) {
  const Llama& llama = GetParam();
  struct Pass {
    std::int64_t s, c;
  };
  for (const auto& [s, c] : {Pass{512, 0}, Pass{1, 512}, Pass{128, 384}, Pass{1, 0}}) {
    // Each new token meets all tokens twice (score and value) in every head; one word is asked for.
    const std::int64_t attention = 2 * s * (s + c) * llama.width;
    const std::int64_t expected = llama.depth * (s * block() + attention) + llama.words * llama.width;
    EXPECT_EQ(macs(load_model(llama.name, {{"sequence", s}, {"kv", c}})), expected) << s << " " << c;
    EXPECT_EQ(macs(load_model(llama.name + std::string("-decode"), {{"sequence", s}, {"kv", c}})), expected);
  }
}

/// Bytes of the tensors that lie in memory before and after a pass: caches in, new keys and values out.
struct CacheBytes {
  std::int64_t read = 0;
  std::int64_t appended = 0;
};

CacheBytes cache_bytes(const Model& model) {
  CacheBytes bytes;
  for (const Tensor& tensor : model.tensors) {
    if (tensor.producer < 0 && tensor.name.find("cache") != std::string::npos) {
      EXPECT_EQ(tensor.users.size(), 1U) << tensor.name;
      bytes.read += tensor.bytes;
    } else if (tensor.is_output && tensor.producer + 1 < static_cast<int>(model.layers.size())) {
      bytes.appended += tensor.bytes;
    }
  }
  return bytes;
}

TEST_P(LlamaModels, CachesAreReadAndAppendedToOncePerPass) {
  const Llama& llama = GetParam();
  const std::int64_t token = 2 * llama.depth * kv_width();  // keys and values, one byte each
  const CacheBytes decode = cache_bytes(load_model(llama.name + std::string("-decode"), {{"kv", 300}}));
  EXPECT_EQ(decode.read, 300 * token);
  EXPECT_EQ(decode.appended, token);
  const CacheBytes prefill = cache_bytes(load_model(llama.name, {{"sequence", 200}}));
  EXPECT_EQ(prefill.read, 0);
  EXPECT_EQ(prefill.appended, 200 * token);
}

TEST_P(LlamaModels, HeadsShareTheirKeys) {
  const Llama& llama = GetParam();
  const std::int64_t shared = llama.heads / llama.kv_heads;
  const std::int64_t size = llama.width / llama.heads;
  int products = 0;
  for (const Layer& layer : load_model(llama.name + std::string("-decode"), {{"kv", 99}}).layers) {
    if (layer.op == "matrix-product") {
      const bool score = layer.name.ends_with("score");
      const GemmShape expected = score ? GemmShape{shared, 100, size, llama.kv_heads, false}
                                       : GemmShape{shared, size, 100, llama.kv_heads, false};
      EXPECT_EQ(std::get<GemmShape>(layer.shape), expected) << layer.name;
      ++products;
    }
  }
  EXPECT_EQ(products, 2 * llama.depth);
}

// A token loads every weight once, save the embedding, of which it reads a row.
TEST_P(LlamaModels, ATokenLoadsEveryWeight) {
  const Llama& llama = GetParam();
  const Model model = load_model(llama.name + std::string("-decode"));
  EXPECT_EQ(weight_bytes(model), llama.parameters - llama.words * llama.width);
  EXPECT_EQ(model.layers.front().gathered_bytes, llama.width);
}

INSTANTIATE_TEST_SUITE_P(All, LlamaModels,
                         testing::Values(Llama{"llama-3.1-8b", 4096, 32, 32, 8, 14336, 128256, 8'030'261'248},
                                         Llama{"llama-2-70b", 8192, 80, 64, 8, 28672, 32000,
                                               68'976'648'192}));

// Mixtral of Experts, table 1: width 4096, 32 blocks, 8 of 32 heads for keys and values, 8 experts of width
// 14336, 32000 words; section 2: "47B parameters, but only uses 13B active parameters"; number of the
// published checkpoint.
constexpr std::int64_t kExpert = std::int64_t{3} * 4096 * 14336;
constexpr std::int64_t kAttention = std::int64_t{4096} * (2 * 4096 + 2 * 1024);
constexpr std::int64_t kMixtral = 46'702'792'704;

TEST(Mixtral, ParametersAsPublishedHoweverManyExpertsAreUsed) {
  EXPECT_EQ(2 * 32000 * 4096 + 32 * (kAttention + 8 * kExpert + 8 * 4096 + 2 * 4096) + 4096, kMixtral);
  EXPECT_EQ(parameters(load_model("mixtral-8x7b")), kMixtral);
  EXPECT_EQ(parameters(load_model("mixtral-8x7b-decode")), kMixtral);
  EXPECT_EQ(parameters(load_model("mixtral-8x7b-decode", {{"texts", 2}})), kMixtral);
  EXPECT_EQ(parameters(load_model("mixtral-8x7b-decode", {{"texts", 3}})), kMixtral);
}

TEST(Mixtral, MacsFollowTheClosedForm) {
  for (const auto& [s, texts, c] : std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>>{
           {512, 1, 0}, {128, 2, 64}, {1, 1, 512}, {1, 3, 100}, {1, 16, 512}}) {
    const std::int64_t tokens = s * texts;
    const std::int64_t block = tokens * (kAttention + 8 * 4096 + 2 * kExpert) + 2 * tokens * (s + c) * 4096;
    EXPECT_EQ(macs(load_model("mixtral-8x7b", {{"sequence", s}, {"texts", texts}, {"kv", c}})),
              32 * block + texts * 32000 * 4096)
        << s << " " << texts << " " << c;
  }
}

// Sum over what is loaded: only the experts that are used.
TEST(Mixtral, IdleExpertsAreNotLoaded) {
  const std::int64_t without_experts = kMixtral - 32 * 8 * kExpert - 32000 * 4096;
  for (const auto& [texts, used] :
       {std::pair(1, 2), std::pair(2, 4), std::pair(3, 6), std::pair(4, 8), std::pair(16, 8)}) {
    EXPECT_EQ(weight_bytes(load_model("mixtral-8x7b-decode", {{"texts", texts}})),
              without_experts + std::int64_t{32} * used * kExpert)
        << texts;
  }
  // The active parameters of a token: all but six experts of each block, 12.9 B.
  EXPECT_NEAR(static_cast<double>(kMixtral - 32 * 6 * kExpert) * 1e-9, 12.9, 0.05);
}

TEST(Mixtral, TokensAreSharedOutEvenly) {
  int experts = 0;
  for (const Layer& layer : load_model("mixtral-8x7b").layers) {
    if (layer.name.ends_with(".w2")) {
      EXPECT_EQ(std::get<GemmShape>(layer.shape), (GemmShape{512 * 2 / 8, 4096, 14336, 1, true}));
      ++experts;
    }
  }
  EXPECT_EQ(experts, 32 * 8);
}

TEST(Mixtral, TextsHaveCachesOfTheirOwn) {
  const CacheBytes bytes = cache_bytes(load_model("mixtral-8x7b-decode", {{"texts", 4}, {"kv", 300}}));
  EXPECT_EQ(bytes.read, std::int64_t{4} * 300 * 2 * 32 * 1024);
  EXPECT_EQ(bytes.appended, std::int64_t{4} * 2 * 32 * 1024);
}

// Number of elements of the published checkpoint (openai/whisper-large-v3), head and embedding being one and
// the encoder's fixed positions included. Width 1280, 32 blocks on both sides, 51866 words, 448 positions.
constexpr std::int64_t kW = 1280;
constexpr std::int64_t kWords = 51866;

TEST(Whisper, ParametersAsPublished) {
  EXPECT_EQ(parameters(load_model("whisper-large-v3")), 1'543'490'560);
  const std::int64_t attention = 4 * kW * kW + 3 * kW;  // keys have no bias
  const std::int64_t feed_forward = 8 * kW * kW + 5 * kW;
  const std::int64_t convolutions = 3 * 128 * kW + kW + 3 * kW * kW + kW;
  const std::int64_t encoder = convolutions + 1500 * kW + 32 * (attention + feed_forward + 4 * kW) + 2 * kW;
  const std::int64_t decoder = kWords * kW + 448 * kW + 32 * (2 * attention + feed_forward + 6 * kW) + 2 * kW;
  EXPECT_EQ(encoder + decoder, 1'543'490'560);
  // A later pass has neither the encoder nor the matrices that make keys and values of its result.
  EXPECT_EQ(parameters(load_model("whisper-large-v3-decode")), decoder - 32 * (2 * kW * kW + kW));
}

TEST(Whisper, MacsFollowTheClosedForm) {
  const std::int64_t sound = 1500;
  const std::int64_t encoder =
      2 * sound * 3 * 128 * kW + sound * 3 * kW * kW + 32 * (sound * 12 * kW * kW + 2 * sound * sound * kW);
  for (const std::int64_t s : {1, 4, 64}) {
    const std::int64_t own = s * 4 * kW * kW + 2 * s * s * kW;
    const std::int64_t cross = s * 2 * kW * kW + sound * 2 * kW * kW + 2 * s * sound * kW;
    EXPECT_EQ(macs(load_model("whisper-large-v3", {{"sequence", s}})),
              encoder + 32 * (own + cross + s * 8 * kW * kW) + kWords * kW);
  }
  for (const std::int64_t c : {1, 64, 447}) {
    const std::int64_t block = (4 + 2 + 8) * kW * kW + 2 * (c + 1) * kW + 2 * sound * kW;
    EXPECT_EQ(macs(load_model("whisper-large-v3-decode", {{"kv", c}})), 32 * block + kWords * kW);
  }
}

TEST(Whisper, TheFirstPassLeavesWhatLaterOnesRead) {
  std::int64_t kept = 0;
  for (const Tensor& tensor : load_model("whisper-large-v3").tensors) {
    kept += tensor.is_output && tensor.name.ends_with("cross_attn.key") ? tensor.bytes : 0;
    kept += tensor.is_output && tensor.name.ends_with("cross_attn.value") ? tensor.bytes : 0;
  }
  std::int64_t read = 0;
  for (const Tensor& tensor : load_model("whisper-large-v3-decode").tensors) {
    read += tensor.producer < 0 && tensor.name.find(".sound_") != std::string::npos ? tensor.bytes : 0;
  }
  EXPECT_EQ(kept, std::int64_t{2} * 32 * 1500 * 1280);
  EXPECT_EQ(read, kept);
}

// A pass over all tokens at once, and the last of them alone behind a cache of the others, learn the same
// numbers; the passes over each token of a text add up to the triangle that the whole pass counts in full.
TEST(Gpt2Decode, IsGpt2WithACache) {
  for (const std::string name : {"gpt2-small", "gpt2-medium", "gpt2-large"}) {
    const Model whole = load_model(name);
    EXPECT_EQ(parameters(load_model(name + "-decode")), parameters(whole)) << name;
    EXPECT_EQ(macs(load_model(name + "-decode", {{"sequence", 128}, {"kv", 0}})), macs(whole)) << name;
    const std::int64_t width = whole.settings.at("width");
    const std::int64_t depth = whole.settings.at("depth");
    const auto token = [&](std::int64_t before) {
      return macs(load_model(name + "-decode", {{"kv", before}}));
    };
    EXPECT_EQ(token(100) - token(99), 2 * depth * width) << name;
    EXPECT_EQ(token(0), macs(load_model(name, {{"sequence", 1}}))) << name;
  }
}

}  // namespace
}  // namespace inlay::workload
