// The ONNX files of other projects: everything that is a model is imported, and its totals are those that
// were published or that follow from the layers' sizes as written down here.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "inlay/importers/importer.hpp"
#include "inlay/workload/model_file.hpp"
#include "support/reference_data.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;

/// Multiply-accumulates of K filters of C x R x S at Y x X places.
constexpr std::int64_t conv(std::int64_t k, std::int64_t c, std::int64_t r, std::int64_t s, std::int64_t y,
                            std::int64_t x) {
  return k * c * r * s * y * x;
}

/// Sums over layers with a bias.
struct Totals {
  std::int64_t macs = 0;
  std::int64_t parameters = 0;
  void add(std::int64_t k, std::int64_t c, std::int64_t r, std::int64_t size) {
    macs += conv(k, c, r, r, size, size);
    parameters += k * c * r * r + k;
  }
};

/// GoogLeNet by table 1 of Szegedy et al., CVPR 2015: per module size, inputs, 1x1, 3x3 reduce, 3x3, 5x5
/// reduce, 5x5, pool projection. Each convolution has a bias. The file's poolings do not pad, so that sizes
/// are 55, 27, 13 and 6 where the paper has 56, 28, 14 and 7.
Totals googlenet() {
  constexpr std::int64_t kModules[9][8] = {
      {27, 192, 64, 96, 128, 16, 32, 32},     {27, 256, 128, 128, 192, 32, 96, 64},
      {13, 480, 192, 96, 208, 16, 48, 64},    {13, 512, 160, 112, 224, 24, 64, 64},
      {13, 512, 128, 128, 256, 24, 64, 64},   {13, 512, 112, 144, 288, 32, 64, 64},
      {13, 528, 256, 160, 320, 32, 128, 128}, {6, 832, 256, 160, 320, 32, 128, 128},
      {6, 832, 384, 192, 384, 48, 128, 128}};
  Totals totals;
  totals.add(64, 3, 7, 112);
  totals.add(64, 64, 1, 55);
  totals.add(192, 64, 3, 55);
  for (const auto& [size, in, one, reduce3, three, reduce5, five, pool] : kModules) {
    totals.add(one, in, 1, size);
    totals.add(reduce3, in, 1, size);
    totals.add(three, reduce3, 3, size);
    totals.add(reduce5, in, 1, size);
    totals.add(five, reduce5, 5, size);
    totals.add(pool, in, 1, size);
  }
  totals.add(1000, 1024, 1, 1);
  return totals;
}

/// SqueezeNet 1.1: fire modules of squeeze, expand and inputs at a size (Iandola et al., arXiv 1602.07360).
Totals squeezenet() {
  constexpr std::int64_t kFires[8][4] = {{55, 64, 16, 64},   {55, 128, 16, 64},  {27, 128, 32, 128},
                                         {27, 256, 32, 128}, {13, 256, 48, 192}, {13, 384, 48, 192},
                                         {13, 384, 64, 256}, {13, 512, 64, 256}};
  Totals totals;
  totals.add(64, 3, 3, 111);
  for (const auto& [size, in, squeeze, expand] : kFires) {
    totals.add(squeeze, in, 1, size);
    totals.add(expand, squeeze, 1, size);
    totals.add(expand, squeeze, 3, size);
  }
  totals.add(1000, 512, 1, 13);
  return totals;
}

/// ZFNet-512 (Zeiler and Fergus, ECCV 2014, with 512 filters in the last three convolutions), as Caffe2 has
/// it.
Totals zfnet() {
  Totals totals;
  totals.add(96, 3, 7, 109);
  totals.add(256, 96, 5, 25);
  totals.add(512, 256, 3, 12);
  totals.add(512, 512, 3, 12);
  totals.add(512, 512, 3, 12);
  totals.add(4096, 512 * 6 * 6, 1, 1);
  totals.add(1024, 4096, 1, 1);
  totals.add(1000, 1024, 1, 1);
  return totals;
}

/// MobileNet of a quarter of the width on 96 x 96 (Howard et al., arXiv 1704.04861, table 1; MLPerf Tiny's
/// visual wake words): a depthwise and a pointwise convolution each, with biases.
Totals mobilenet() {
  constexpr std::int64_t kPairs[13][3] = {
      {48, 8, 16},   {24, 16, 32},  {24, 32, 32},  {12, 32, 64},  {12, 64, 64},  {6, 64, 128}, {6, 128, 128},
      {6, 128, 128}, {6, 128, 128}, {6, 128, 128}, {6, 128, 128}, {3, 128, 256}, {3, 256, 256}};
  Totals totals;
  totals.add(8, 3, 3, 48);
  for (const auto& [size, in, out] : kPairs) {
    totals.add(in, 1, 3, size);
    totals.add(out, in, 1, size);
  }
  totals.add(2, 256, 1, 1);
  return totals;
}

/// The bottleneck of ResNet-50 at 112 x 112, with biases.
Totals bottleneck() {
  Totals totals;
  totals.add(64, 256, 1, 112);
  totals.add(64, 64, 3, 112);
  totals.add(256, 64, 1, 112);
  return totals;
}

/// ViT-B/16 (Dosovitskiy et al., ICLR 2021, table 1): 12 blocks of 768 features and 12 heads, 196 patches and
/// a class token.
std::int64_t vit_macs() {
  constexpr std::int64_t kTokens = 197;
  constexpr std::int64_t kWidth = 768;
  const std::int64_t block = kTokens * kWidth * 12 * kWidth + 2 * kTokens * kTokens * kWidth;
  return 12 * block + kWidth * kWidth * 196 + kWidth * 1000;
}

/// FSRCNN as the file has it, without biases: 1 -> 56 (5x5) -> 12 -> four 3x3 -> 56 -> 16 (3x3), at 540 x
/// 960. Two of the four have one tensor of weights.
std::int64_t fsrcnn_products() {
  return 56 * 25 + 12 * 56 + 4 * 12 * 12 * 9 + 56 * 12 + 16 * 56 * 9;
}

/// BN-Inception (Ioffe and Szegedy, ICML 2015, table 5): size of the output, inputs, 1x1, 3x3 reduce, 3x3,
/// double 3x3 reduce, double 3x3, pool projection, stride. Gain and offset for each channel in the place of
/// biases.
Totals inception_v2() {
  constexpr std::int64_t kModules[10][9] = {
      {28, 192, 64, 64, 64, 64, 96, 32, 1},       {28, 256, 64, 64, 96, 64, 96, 64, 1},
      {14, 320, 0, 128, 160, 64, 96, 0, 2},       {14, 576, 224, 64, 96, 96, 128, 128, 1},
      {14, 576, 192, 96, 128, 96, 128, 128, 1},   {14, 576, 160, 128, 160, 128, 160, 96, 1},
      {14, 576, 96, 128, 192, 160, 192, 96, 1},   {7, 576, 0, 128, 192, 192, 256, 0, 2},
      {7, 1024, 352, 192, 320, 160, 224, 128, 1}, {7, 1024, 352, 192, 320, 192, 224, 128, 1}};
  Totals totals;
  const auto add = [&totals](std::int64_t k, std::int64_t c, std::int64_t r, std::int64_t size) {
    totals.add(k, c, r, size);
    totals.parameters += k;
  };
  add(64, 3, 7, 112);
  add(64, 64, 1, 56);
  add(192, 64, 3, 56);
  for (const auto& [size, in, one, reduce3, three, reduce33, double3, pool, stride] : kModules) {
    if (one > 0) {
      add(one, in, 1, size);
      add(pool, in, 1, size);
    }
    add(reduce3, in, 1, size * stride);
    add(three, reduce3, 3, size);
    add(reduce33, in, 1, size * stride);
    add(double3, reduce33, 3, size * stride);
    add(double3, double3, 3, size);
  }
  totals.add(1000, 1024, 1, 1);
  return totals;
}

struct Expected {
  std::int64_t macs;
  std::int64_t parameters;
  ImportOptions options = {};
};

Expected of(const Totals& totals) {
  return {totals.macs, totals.parameters, {}};
}

const std::map<std::string, Expected>& expectations() {
  const ImportOptions sample = {{{"batch_size", 1}}, {}, false, 0, 0};
  static const std::map<std::string, Expected> kExpectations = {
      // Grouped AlexNet on 224 x 224: 54 x 54 behind the first convolution; parameters as Caffe's model has.
      {"onnx_light_bvlc_alexnet",
       {conv(96, 3, 11, 11, 54, 54) + conv(256, 48, 5, 5, 26, 26) + conv(384, 256, 3, 3, 12, 12) +
            conv(384, 192, 3, 3, 12, 12) + conv(256, 192, 3, 3, 12, 12) + 9216 * 4096 + 4096 * 4096 +
            4096 * 1000,
        60'965'224}},
      {"onnx_light_inception_v1", of(googlenet())},
      {"onnx_light_resnet50", {4'089'184'256, 25'557'032}},  // torchvision's table
      {"onnx_light_squeezenet", of(squeezenet())},
      {"onnx_light_vgg19", {19'632'062'464, 143'667'240}},  // torchvision's table
      {"onnx_light_zfnet512", of(zfnet())},
      {"onnx_op_AvgPool2d_stride", {0, 0}},
      {"onnx_op_Conv2d_depthwise_strided", {conv(4, 1, 3, 3, 2, 2), 4 * 9 + 4}},
      {"onnx_op_Conv2d_groups", {conv(6, 2, 3, 2, 4, 4), 6 * 2 * 3 * 2 + 6}},
      // 20 rows, each by one of three taps (stride 3), and 12 columns, in turn by two taps and by one (stride
      // 2).
      {"onnx_op_ConvTranspose2d", {3 * 4 * 20 * (6 * 2 + 6), 3 * 4 * 9 + 4}},
      {"onnx_op_Embedding", {0, 4 * 3}},
      {"onnx_op_Linear", {4 * 10 * 8, 10 * 8 + 8}},
      {"onnx_op_lstm_defaults", {3 * 4 * 3 * (2 + 3), 4 * 3 * (2 + 3)}},  // one step of three sequences
      {"onnx_op_operator_conv", {conv(13, 16, 3, 3, 48, 38), 13 * 16 * 9}},
      {"onnx_op_qlinearconv", {7 * 7, 1}},
      {"onnx_op_roialign_aligned_true", {0, 0}},
      {"stream_2_conv", {2 * conv(8, 8, 3, 3, 56, 56), 2 * 8 * 8 * 9}},
      {"stream_4_convs",
       {conv(8, 3, 3, 3, 56, 56) + 3 * conv(8, 8, 3, 3, 56, 56), 8 * 3 * 9 + 3 * 8 * 8 * 9}},
      {"stream_fsrcnn", {fsrcnn_products() * 540 * 960, fsrcnn_products() - 12 * 12 * 9}},
      {"stream_one_bottleneck_with_bias", of(bottleneck())},
      {"stream_inception_v2", of(inception_v2())},
      {"stream_resnet18",
       {1'814'073'344, 11'689'512 - 4'800}},  // torchvision's; folding leaves one number of two
      {"stream_swiglu_256_4096_14336",
       {std::int64_t{3} * 256 * 4096 * 14336, std::int64_t{3} * 4096 * 14336}},
      {"stream_attention_head",
       {3 * 128 * 512 * 64 + 2 * 128 * 128 * 64, 3 * 512 * 64, {{}, {"wQ", "wK", "wV"}, false, 0, 0}}},
      {"zigzag_mlperf_tiny_mobilenet_v1", of(mobilenet())},
      {"zigzag_mlperf_tiny_resnet8", {12'501'632, 77'706}},
      {"zigzag_mobilenetv2", {300'774'272, 3'504'872 - 17'056}},
      {"zigzag_mobilenetv2_fp32_inferred", {300'774'272, 3'504'872 - 17'056, sample}},
      {"onnx_light_densenet121", {2'834'161'664, 7'978'856}},          // torchvision's; poolings as in Caffe2
      {"torchvision_resnet50", {4'089'184'256, 25'557'032 - 49'088}},  // equal biases are one tensor
      {"torchvision_vit_b_16", {vit_macs(), 86'567'656 - 72'192}},
      {"stream_two_bottleneck_no_bias", {2 * bottleneck().macs, 69'632}},  // one set of weights
      {"zigzag_resnet18_first_layer", {conv(64, 3, 7, 7, 112, 112), 64 * 3 * 49 + 64}},
  };
  return kExpectations;
}

fs::path models() {
  return testing::reference_data() / "models";
}

using OnnxFilesReference = testing::ReferenceTest;

TEST_F(OnnxFilesReference, AllHaveTheirPublishedTotals) {
  for (const auto& [name, expected] : expectations()) {
    const std::string text = import_model(models() / (name + ".onnx"), expected.options);
    const workload::Model model = workload::parse_model(text, name + ".yaml");
    EXPECT_EQ(workload::macs(model), expected.macs) << name;
    EXPECT_EQ(workload::parameters(model), expected.parameters) << name;
    EXPECT_EQ(text, import_model(models() / (name + ".onnx"), expected.options)) << name;
  }
}

TEST_F(OnnxFilesReference, OthersAreRead) {
  const std::set<std::string> refused = {"stream_custom_ssm",      // makes batches of its own
                                         "onnx_op_PixelShuffle"};  // computes nothing
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(models())) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() != ".onnx") {
      continue;
    }
    ++files;
    if (expectations().count(name) + refused.count(name) == 0) {
      EXPECT_NO_THROW(import_model(entry.path())) << name;
    }
  }
  EXPECT_GE(files, expectations().size());
}

}  // namespace
}  // namespace inlay::importers
