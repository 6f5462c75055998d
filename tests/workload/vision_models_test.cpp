// The vision models and the recommender against published figures, and against closed forms written down here
// on their own. Multiply-accumulates and parameters of torchvision's models: its pages, and "_ops" and
// "num_params" of the weights in torchvision/models.
#include <gtest/gtest.h>

#include <vector>

#include "inlay/workload/model_file.hpp"

namespace inlay::workload {
namespace {

struct Totals {
  std::int64_t macs = 0;
  std::int64_t parameters = 0;

  /// A convolution without bias behind which a norm of two numbers per channel stands.
  void convolution(std::int64_t pixels, std::int64_t in, std::int64_t out, std::int64_t taps) {
    macs += pixels * in * out * taps;
    parameters += in * out * taps + 2 * out;
  }
  void linear(std::int64_t rows, std::int64_t in, std::int64_t out, bool bias = true) {
    macs += rows * in * out;
    parameters += in * out + (bias ? out : 0);
  }
  void norm(std::int64_t width) { parameters += 2 * width; }
};

void expect_totals(const Model& model, const Totals& expected) {
  EXPECT_EQ(macs(model), expected.macs) << model.name;
  EXPECT_EQ(parameters(model), expected.parameters) << model.name;
}

struct Stage {
  std::int64_t expansion, channels, blocks, stride, kernel;
};

/// Table 2 of MobileNetV2's publication, or table 1 of EfficientNet's, which squeezes and excites as well.
Totals inverted_residuals(std::int64_t image, const std::vector<Stage>& stages, bool excited) {
  Totals sum;
  std::int64_t side = image / 2;
  std::int64_t in = 32;
  sum.convolution(side * side, 3, in, 9);
  for (const auto& [expansion, channels, blocks, stride, kernel] : stages) {
    for (std::int64_t block = 0; block < blocks; ++block) {
      const std::int64_t middle = expansion * in;
      if (expansion > 1) {
        sum.convolution(side * side, in, middle, 1);
      }
      side /= block == 0 ? stride : 1;
      sum.convolution(side * side, 1, middle, kernel * kernel);
      if (excited) {
        sum.linear(1, middle, in / 4);
        sum.linear(1, in / 4, middle);
      }
      sum.convolution(side * side, middle, channels, 1);
      in = channels;
    }
  }
  sum.convolution(side * side, in, 1280, 1);
  sum.linear(1, 1280, 1000);
  return sum;
}

TEST(VisionModels, MobileNetV2) {
  const std::vector<Stage> stages = {{1, 16, 1, 1, 3}, {6, 24, 2, 2, 3},  {6, 32, 3, 2, 3}, {6, 64, 4, 2, 3},
                                     {6, 96, 3, 1, 3}, {6, 160, 3, 2, 3}, {6, 320, 1, 1, 3}};
  const Model model = load_model("mobilenet-v2");
  expect_totals(model, inverted_residuals(224, stages, false));
  expect_totals(load_model("mobilenet-v2", {{"image", 96}}), inverted_residuals(96, stages, false));
  EXPECT_EQ(parameters(model), 3'504'872);
  EXPECT_NEAR(static_cast<double>(macs(model)) * 1e-9, 0.301, 0.0005);
}

TEST(VisionModels, EfficientNetB0) {
  const std::vector<Stage> stages = {{1, 16, 1, 1, 3},  {6, 24, 2, 2, 3},  {6, 40, 2, 2, 5}, {6, 80, 3, 2, 3},
                                     {6, 112, 3, 1, 5}, {6, 192, 4, 2, 5}, {6, 320, 1, 1, 3}};
  const Model model = load_model("efficientnet-b0");
  expect_totals(model, inverted_residuals(224, stages, true));
  EXPECT_EQ(parameters(model), 5'288'548);
  EXPECT_NEAR(static_cast<double>(macs(model)) * 1e-9, 0.386, 0.0005);
}

/// A transformer's layer: two norms, attention within `window` tokens, and a feed-forward layer of four times
/// the width.
void transformer(Totals& sum, std::int64_t tokens, std::int64_t window, std::int64_t width) {
  sum.norm(width);
  sum.linear(tokens, width, 3 * width);
  sum.macs += 2 * tokens * window * width;
  sum.linear(tokens, width, width);
  sum.norm(width);
  sum.linear(tokens, width, 4 * width);
  sum.linear(tokens, 4 * width, width);
}

TEST(VisionModels, VitB16) {
  for (const std::int64_t image : {224, 384}) {
    const std::int64_t patches = (image / 16) * (image / 16);
    Totals sum;
    sum.linear(patches, 3 * 16 * 16, 768);
    sum.parameters += 768 + (patches + 1) * 768;  // class token, positions
    for (int layer = 0; layer < 12; ++layer) {
      transformer(sum, patches + 1, patches + 1, 768);
    }
    sum.norm(768);
    sum.linear(1, 768, 1000);
    expect_totals(load_model("vit-b16", {{"image", image}}), sum);
  }
  const Model model = load_model("vit-b16");
  EXPECT_EQ(parameters(model), 86'567'656);
  EXPECT_NEAR(static_cast<double>(macs(model)) * 1e-9, 17.564, 0.001);
}

TEST(VisionModels, SwinT) {
  struct Level {
    std::int64_t depth, heads;
  };
  Totals sum;
  std::int64_t tokens = 56 * 56;
  std::int64_t width = 96;
  sum.linear(tokens, 3 * 4 * 4, width);
  sum.norm(width);
  for (const auto& [depth, heads] : {Level{2, 3}, Level{2, 6}, Level{6, 12}, Level{2, 24}}) {
    if (width > 96 || heads > 3) {
      tokens /= 4;
      sum.norm(4 * width);
      sum.linear(tokens, 4 * width, 2 * width, false);
      width *= 2;
    }
    for (std::int64_t block = 0; block < depth; ++block) {
      transformer(sum, tokens, 49, width);
      sum.parameters += 13 * 13 * heads;  // positions relative to each other
    }
  }
  sum.norm(width);
  sum.linear(1, width, 1000);
  const Model model = load_model("swin-t");
  expect_totals(model, sum);
  EXPECT_EQ(parameters(model), 28'288'354);
  EXPECT_NEAR(static_cast<double>(macs(model)) * 1e-9, 4.491, 0.0005);
}

/// Of a U-Net for latent diffusion, with what it is conditioned on.
struct Diffusion {
  Totals sum;
  std::int64_t context = 77;
  std::int64_t context_width = 2048;

  void convolution(std::int64_t pixels, std::int64_t in, std::int64_t out, std::int64_t taps) {
    sum.convolution(pixels, in, out, taps);
    sum.parameters -= out;  // a bias, and no norm
  }
  void residual(std::int64_t pixels, std::int64_t in, std::int64_t out) {
    sum.norm(in);
    convolution(pixels, in, out, 9);
    sum.linear(1, 1280, out);
    sum.norm(out);
    convolution(pixels, out, out, 9);
    if (in != out) {
      convolution(pixels, in, out, 1);
    }
  }
  void attention(std::int64_t pixels, std::int64_t width, std::int64_t keys, std::int64_t key_width) {
    sum.norm(width);
    sum.linear(pixels, width, width, false);
    sum.linear(keys, key_width, 2 * width, false);
    sum.macs += 2 * pixels * keys * width;
    sum.linear(pixels, width, width);
  }
  void transformers(std::int64_t pixels, std::int64_t width, std::int64_t depth) {
    sum.norm(width);
    sum.linear(pixels, width, width);
    for (std::int64_t layer = 0; layer < depth; ++layer) {
      attention(pixels, width, pixels, width);
      attention(pixels, width, context, context_width);
      sum.norm(width);
      sum.linear(pixels, width, 8 * width);  // half of it is the gate
      sum.linear(pixels, 4 * width, width);
    }
    sum.linear(pixels, width, width);
  }
};

/// A level of the U-Net: channels, and layers of each transformer behind a residual block (0: none).
struct Level {
  std::int64_t channels, depth;
};

/// Two residual blocks on each level on the way down, three on the way up, two and a transformer of the
/// lowest level's width below.
Totals diffusion(std::int64_t pixels, const std::vector<Level>& levels, std::int64_t middle_depth,
                 std::int64_t context_width, std::int64_t added) {
  Diffusion net;
  net.context_width = context_width;
  for (const std::int64_t width : {std::int64_t{320}, added}) {
    if (width > 0) {
      net.sum.linear(1, width, 1280);
      net.sum.linear(1, 1280, 1280);
    }
  }
  net.convolution(pixels, 4, 320, 9);
  std::vector<std::int64_t> kept = {320};  // channels
  std::int64_t in = 320;
  const auto block = [&net, &in](std::int64_t here, std::int64_t from, const Level& level) {
    net.residual(here, from, level.channels);
    if (level.depth > 0) {
      net.transformers(here, level.channels, level.depth);
    }
    in = level.channels;
  };
  for (std::size_t i = 0; i < levels.size(); ++i) {
    for (int times = 0; times < 2; ++times) {
      block(pixels >> (2 * i), in, levels[i]);
      kept.push_back(in);
    }
    if (i + 1 < levels.size()) {
      net.convolution(pixels >> (2 * i + 2), in, in, 9);
      kept.push_back(in);
    }
  }
  const std::int64_t lowest = pixels >> (2 * levels.size() - 2);
  block(lowest, in, {in, middle_depth});
  block(lowest, in, {in, 0});
  for (std::size_t i = levels.size(); i-- > 0;) {
    for (int times = 0; times < 3; ++times) {
      block(pixels >> (2 * i), in + kept.back(), levels[i]);
      kept.pop_back();
    }
    if (i > 0) {
      net.convolution(pixels >> (2 * i - 2), in, in, 9);
    }
  }
  net.sum.norm(320);
  net.convolution(pixels, 320, 4, 9);
  return net.sum;
}

// Numbers in the tensors of the published checkpoints.
TEST(VisionModels, SdxlUnet) {
  for (const std::int64_t image : {1024, 512}) {
    expect_totals(load_model("sdxl-unet", {{"image", image}}),
                  diffusion(image * image / 64, {{320, 0}, {640, 2}, {1280, 10}}, 10, 2048, 2816));
  }
  EXPECT_EQ(parameters(load_model("sdxl-unet")), 2'567'463'684);
}

TEST(VisionModels, StableDiffusionUnet) {
  for (const std::int64_t image : {512, 256}) {
    expect_totals(load_model("sd15-unet", {{"image", image}}),
                  diffusion(image * image / 64, {{320, 1}, {640, 1}, {1280, 1}, {1280, 0}}, 1, 768, 0));
  }
  EXPECT_EQ(parameters(load_model("sd15-unet")), 859'520'964);
}

// Tables, layers and their widths: github.com/mlcommons/inference,
// recommendation/dlrm/pytorch/python/main.py.
TEST(Recommendation, Dlrm) {
  const std::int64_t rows = 187'767'399;
  Totals sum;
  sum.parameters = rows * 128;
  std::int64_t in = 13;
  for (const std::int64_t out : {512, 256, 128}) {
    sum.linear(1, in, out);
    in = out;
  }
  sum.macs += 27 * 27 * 128;
  in = 128 + 27 * 26 / 2;
  EXPECT_EQ(in, 479);
  for (const std::int64_t out : {1024, 1024, 512, 256, 1}) {
    sum.linear(1, in, out);
    in = out;
  }
  const Model model = load_model("dlrm");
  expect_totals(model, sum);
  std::int64_t gathered = 0;
  for (const Layer& layer : model.layers) {
    gathered += layer.gathered_bytes;
  }
  EXPECT_EQ(gathered, 26 * 128);
}

}  // namespace
}  // namespace inlay::workload
