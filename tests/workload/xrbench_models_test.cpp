// The networks of XRBench against its own layer lists (MLSys 2023, commit 8915666), read with strides, groups
// and sizes of dense layers put right: multiply-accumulates and matrix elements of those lists, and in closed
// form what the model files say that they change.
#include <gtest/gtest.h>

#include <utility>

#include "inlay/workload/model_file.hpp"

namespace inlay::workload {
namespace {

/// Elements of all filters and matrices, without biases and norms, which XRBench does not count.
std::int64_t matrix_elements(const Model& model) {
  std::int64_t total = 0;
  for (const Layer& layer : model.layers) {
    if (const auto* conv = std::get_if<ConvolutionShape>(&layer.shape)) {
      total +=
          conv->out_channels * conv->in_channels / conv->groups * conv->kernel_height * conv->kernel_width;
    } else if (const auto* gemm = std::get_if<GemmShape>(&layer.shape); gemm != nullptr && gemm->weights) {
      total += gemm->n * gemm->k;
    }
  }
  return total;
}

TEST(XrBench, Emformer) {
  const Model model = load_model("emformer");
  const std::int64_t products = std::int64_t{24} * 2 * 128 * 128 * 512;  // scores and values, left out there
  EXPECT_EQ(macs(model), 9'663'676'416 + products);
  EXPECT_EQ(matrix_elements(model), 75'497'472);
  EXPECT_EQ(parameters(model), 75'497'472 + 24 * (9 * 512 + 3 * 2 * 512));  // biases, three norms a layer
}

TEST(XrBench, EyeCodHasThreeOutputsForAThousand) {
  const Model model = load_model("eyecod");
  EXPECT_EQ(macs(model), 139'977'760 - 997 * 1984);
  EXPECT_EQ(matrix_elements(model), 5'525'424 - 997 * 1984);
}

TEST(XrBench, MidasHasFiveConvolutionsMore) {
  const Model model = load_model("midas-small");
  const std::int64_t stem = 3 * 32 * 9;
  EXPECT_EQ(matrix_elements(model), 16'493'472 + stem + 144 * 9 + 192 * 25 + 288 * 9 + 816 * 25);
  EXPECT_EQ(macs(model), 3'426'614'784 + 96 * 128 * stem + 48 * 64 * 144 * 9 + 24 * 32 * 192 * 25 +
                             12 * 16 * 288 * 9 + 6 * 8 * 816 * 25);
}

TEST(XrBench, SparseToDense) {
  const Model model = load_model("sparse-to-dense");
  EXPECT_EQ(macs(model), 14'709'002'240);
  EXPECT_EQ(matrix_elements(model), 13'673'104);
}

TEST(XrBench, D2Go) {
  const Model model = load_model("d2go");
  EXPECT_EQ(macs(model), 441'239'672);
  EXPECT_EQ(matrix_elements(model), 5'270'832);
  // More regions repeat what runs for one: the layers from the expansion after the alignment on.
  const auto with_regions = [](std::int64_t regions) {
    return macs(load_model("d2go", {{"regions", regions}}));
  };
  EXPECT_EQ(with_regions(7) - with_regions(1), 6 * (with_regions(2) - with_regions(1)));
}

TEST(XrBench, HandShapeAndPoseHasItsVertices) {
  const Model model = load_model("hand-shape-pose");
  struct Graph {
    std::int64_t vertices, weights;
  };
  std::int64_t more = 0;
  for (const auto& [vertices, weights] :
       {Graph{80, 192 * 64}, Graph{320, 192 * 32}, Graph{1280, 96 * 32}, Graph{1280, 96 * 3},
        Graph{8, 9 * 32 + 96 * 32 + 96 * 64 + 192 * 64}}) {
    more += (vertices - 1) * weights;
  }
  EXPECT_EQ(macs(model), 4'051'489'344 + more);
  EXPECT_EQ(matrix_elements(model), 19'299'072);
}

TEST(XrBench, HrVitHasItsAttention) {
  const Model model = load_model("hrvit-b1");
  struct Branch {
    std::int64_t blocks, tokens, keys, channels, a, b;
  };
  std::int64_t more = 0;
  for (const auto& [blocks, tokens, keys, channels, a, b] :
       {Branch{6, 56 * 56, 1 * 56, 32, 8, 4}, Branch{5, 28 * 28, 2 * 28, 64, 8, 8},
        Branch{20, 14 * 14, 7 * 14, 128, 16, 8}, Branch{4, 7 * 7, 7 * 7, 256, 16, 16}}) {
    const std::int64_t products = 2 * tokens * keys * channels;
    const std::int64_t kronecker = tokens * channels * (a + b) - tokens * (a * a + b * b);
    more += blocks * (products + kronecker);
  }
  EXPECT_EQ(macs(model), 2'441'338'560 + more);
  EXPECT_EQ(matrix_elements(model), 18'783'360);
  EXPECT_NEAR(static_cast<double>(macs(model)) * 1e-9, 2.7, 0.05);        // the publication's GFLOPs
  EXPECT_NEAR(static_cast<double>(parameters(model)) * 1e-6, 19.7, 1.0);  // and parameters
}

TEST(XrBench, PlaneRcnnIsPutRight) {
  const Model model = load_model("plane-rcnn");
  std::int64_t change =
      -std::int64_t{128} * 256 * (1600 - 400);               // stride before the 3x3 convolution of stage 3
  change -= 2 * 128 * 256 * 9 * (15 * 30 - 15 * 20);         // depth decoder
  change -= 1024 * 320 * 16 * (4 - 1);                       // one output for each region of 4x4
  change += 256 * 256 * 4 * (16 - 9) + 8 * 256 * (64 - 49);  // masks of 8x8 from 4x4
  change -= 64 * 64 * 9 * (3072 - 768) + 128 * 128 * 9 * (768 - 192);  // strides of the refinement
  EXPECT_EQ(macs(model), 7'760'309'248 + change);
  EXPECT_EQ(matrix_elements(model), 59'538'608);
}

TEST(XrBench, Res8Narrow) {
  const Model model = load_model("res8-narrow");
  EXPECT_EQ(macs(model), 6'752'676);
  EXPECT_EQ(matrix_elements(model), 19'893);
  EXPECT_EQ(parameters(model), 19'893 + 12);  // the publication's 19.9 thousand; nothing else has a bias
}

TEST(XrBench, EdTcnHasItsClassifier) {
  const Model model = load_model("ed-tcn");
  EXPECT_EQ(macs(model), 354'457'600 + 644 * 64 * 11);
  EXPECT_EQ(matrix_elements(model), 742'400 + 64 * 11);
  EXPECT_EQ(parameters(model), 742'400 + 64 * 11 + 64 + 96 + 96 + 64 + 11);
}

TEST(XrBench, RitnetHasItsJoinedMaps) {
  const Model model = load_model("ritnet");
  EXPECT_EQ(parameters(model), 248'900);  // the publication's table 1
  // Per pixel of a map, in 32 x 32 matrices: a dense block over `in` of them takes 9 for the first
  // convolution, in + 1 and in + 2 for the joins, and 9 for the convolution behind each; one on the way up 2
  // and 3, and 18.
  const auto dense = [](std::int64_t pixels, std::int64_t channels) {
    return pixels * 32 * (channels * 9 + channels + 32 + channels + 64 + 2 * 32 * 9);
  };
  const auto up = [](std::int64_t pixels) { return pixels * 32 * (64 + 96 + 2 * 32 * 9); };
  for (const auto& [height, width] : {std::pair<std::int64_t, std::int64_t>{160, 100}, {640, 400}}) {
    std::int64_t expected = dense(height * width, 1) + height * width * 32 * 4;
    for (std::int64_t level = 1; level <= 4; ++level) {
      expected += dense((height >> level) * (width >> level), 32);
      expected += up((height >> (level - 1)) * (width >> (level - 1)));
    }
    EXPECT_EQ(macs(load_model("ritnet", {{"height", height}, {"width", width}})), expected) << height;
  }
}

}  // namespace
}  // namespace inlay::workload
