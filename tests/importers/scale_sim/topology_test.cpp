// Topologies of SCALE-Sim: sizes and multiply-accumulates are its own.
#include "inlay/importers/scale_sim/topology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::importers {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kHeader =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n";

workload::Model model_of(const std::string& text) {
  return workload::parse_model(scale_sim::scale_sim_yaml(text, "net.csv", "net.csv"), "net.yaml");
}

std::string refusal(const std::string& text) {
  try {
    scale_sim::scale_sim_yaml(text, "net.csv", "net.csv");
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ScaleSim, ConvolutionForm) {
  // The first layers of its AlexNet-like form; (227 - 11) / 4 divides, (224 - 7) / 2 does not: 110 rows, not
  // 109.
  const workload::Model model =
      model_of(std::string(kHeader) +
               "Conv1, 227, 227, 11, 11, 3, 96, 4,\n\nStem, 224, 224, 7, 7, 3, 64, 2,\n"
               "DP_1,10,12,3,3,16,1,1,\n");
  EXPECT_EQ(workload::macs(model), 96 * 3 * 121 * 55 * 55 + 64 * 3 * 49 * 110 * 110 + 16 * 9 * 8 * 10);
  EXPECT_EQ(model.name, "net");
}

TEST(ScaleSim, GemmForm) {
  const workload::Model model = model_of("Layer,M,N,K,\nqkv_1,128,1536,512,\nattn_out_1,128,512,1536,\n");
  EXPECT_EQ(workload::macs(model), 128 * 1536 * 512 * 2);
  EXPECT_EQ(model.layers.size(), 2U);
  EXPECT_EQ(std::get<workload::GemmShape>(model.layers[0].shape),
            (workload::GemmShape{128, 1536, 512, 1, true}));
}

TEST(ScaleSim, FurtherColumnsAreNoSizes) {
  EXPECT_EQ(workload::macs(
                model_of("Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num "
                         "Filter, Strides,, Target\nConv1,8,8,3,3,3,4,1, NPU\n")),
            4 * 3 * 9 * 36);
  EXPECT_EQ(workload::macs(model_of(std::string(kHeader) + "Conv1,9,8,3,3,3,4,2,1\n")), 4 * 3 * 9 * 4 * 6);
}

TEST(ScaleSim, ColumnsThatChangeTheMeaning) {
  const std::string sizes =
      "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, ";
  const workload::Model batch =
      model_of(sizes + "Stride Height, Stride Width, Batch,\nc1, 8, 8, 3, 3, 2, 6, 1, 1, 4,\n");
  EXPECT_EQ(workload::macs(batch), 36 * 6 * 18);
  EXPECT_THAT(batch.description, HasSubstr("The file's batch is 4: run it with that batch"));
  // Behind one stride a batch is no second stride.
  const workload::Model one = model_of(sizes + "Strides, Batch,\nc1, 9, 9, 3, 3, 2, 6, 1, 2,\n");
  EXPECT_EQ(workload::macs(one), 49 * 6 * 18);
  EXPECT_THAT(refusal(sizes + "Strides, Batch,\nc1, 9, 9, 3, 3, 2, 6, 1, 2,\nc2, 7, 7, 3, 3, 6, 6, 1, 3,\n"),
              AllOf(HasSubstr("net.csv:3:25"), HasSubstr("a batch of 3 follows one of 2")));
  const workload::Model sparse =
      model_of(sizes + "Strides, Sparsity,\nc1, 5, 5, 3, 3, 2, 6, 1, 2:4,\nc2, 3, 3, 3, 3, 6, 2, 1, 4:4,\n");
  EXPECT_THAT(
      sparse.description,
      HasSubstr("1 layers have sparse filters, which are dense here: of their 972 multiply-accumulates "
                "486 would be left"));
  for (const char* wrong : {"5:4", "0:4", "2", "2:", "a:4", "2:4x"}) {
    EXPECT_THAT(refusal(sizes + "Strides, Sparsity,\nc1, 5, 5, 3, 3, 2, 6, 1, " + wrong + ",\n"),
                HasSubstr("Sparsity: N:M"))
        << wrong;
  }
  EXPECT_THAT(refusal(sizes + "Strides, Padding,\nc1, 5, 5, 3, 3, 2, 6, 1, 1,\n"),
              HasSubstr("a column 'Padding' changes what the layers are"));
  EXPECT_THAT(refusal("Layer, M, N, K, Batch,\na, 4, 4, 4, 0,\n"), HasSubstr("Batch"));
  EXPECT_THAT(model_of(sizes + "Strides, Target,\nc1, 5, 5, 3, 3, 2, 6, 1, NPU,\n").description,
              HasSubstr("Columns that change no size: Target"));
}

TEST(ScaleSim, HeadersInAnyCase) {
  EXPECT_EQ(workload::macs(model_of("layer, m, n, k\nq, 4, 8, 16\n")), 4 * 8 * 16);
  EXPECT_EQ(workload::macs(model_of("layer name, ifmap height, ifmap width, filter height, filter width, "
                                    "channels, num filter, strides\nc, 8, 8, 3, 3, 3, 4, 1\n")),
            4 * 3 * 9 * 36);
}

/// SCALE-Sim's count: ceil((ifmap - filter + stride) / stride) rows and columns.
RC_GTEST_PROP(ScaleSim, CountsAsScaleSimDoes, ()) {
  std::string text = kHeader;
  std::int64_t macs = 0;
  for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
    const std::int64_t r = *rc::gen::inRange(1, 8);
    const std::int64_t s = *rc::gen::inRange(1, 8);
    const std::int64_t h = r + *rc::gen::inRange(0, 40);
    const std::int64_t w = s + *rc::gen::inRange(0, 40);
    const std::int64_t c = *rc::gen::inRange(1, 20);
    const std::int64_t k = *rc::gen::inRange(1, 20);
    const std::int64_t stride = *rc::gen::inRange(1, 6);
    text += "L" + std::to_string(i);
    for (const std::int64_t size : {h, w, r, s, c, k, stride}) {
      text += "," + std::to_string(size);
    }
    text += ",\n";
    macs +=
        k * c * r * s * ((h - r + stride + stride - 1) / stride) * ((w - s + stride + stride - 1) / stride);
  }
  RC_ASSERT(workload::macs(model_of(text)) == macs);
}

TEST(ScaleSim, ErrorsSayWhere) {
  EXPECT_THAT(refusal("Conv1,8,8,3,3,3,4,1\nConv2,8,8,3,3,3,4,1\n"),
              AllOf(HasSubstr("net.csv:1:"), HasSubstr("header")));
  EXPECT_THAT(refusal(std::string(kHeader) + "Conv1,8,eight,3,3,3,4,1,\n"),
              AllOf(HasSubstr("net.csv:2:9"), HasSubstr("IFMAP Width"), HasSubstr("'eight'")));
  EXPECT_THAT(refusal(std::string(kHeader) + "Conv1,8,8,3,3,3,4\n"), HasSubstr("Strides"));
  EXPECT_THAT(refusal(std::string(kHeader) + "Conv1,8,8,9,3,3,4,1\n"), HasSubstr("larger than its input"));
  EXPECT_THAT(refusal("Layer,M,N,K\na,1,8\n"),
              AllOf(HasSubstr("net.csv:2:6"), HasSubstr("K: a whole number")));
  EXPECT_THAT(refusal("Layer,M,N,K,\na,1,0,4,\n"), HasSubstr("N: a whole number of 1 to"));
  EXPECT_THAT(refusal(""), HasSubstr("a header and at least one layer"));
}

}  // namespace
}  // namespace inlay::importers
