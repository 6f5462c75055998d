// Problems of Timeloop: what they compute follows from their data spaces, whatever the names.
#include "inlay/importers/timeloop/problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/importers/importer.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::importers {
namespace {

using ::testing::HasSubstr;

workload::Model model_of(const std::string& text) {
  return workload::parse_model(timeloop::timeloop_yaml(text, "p.yaml", "p.yaml"), "model.yaml");
}

std::string refusal(const std::string& text) {
  try {
    timeloop::timeloop_yaml(text, "p.yaml", "p.yaml");
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "accepted";
}

const std::string kConvolution = R"(problem:
  version: 0.4
  shape:
    name: conv
    dimensions: [C, M, R, S, N, P, Q]
    coefficients:
    - {name: Wstride, default: 1}
    - {name: Hstride, default: 1}
    - {name: Wdilation, default: 1}
    - {name: Hdilation, default: 1}
    data-spaces:
    - name: Weights
      projection: [[[C]], [[M]], [[R]], [[S]]]
    - name: Inputs
      projection:
      - [[N]]
      - [[C]]
      - [[R, Wdilation], [P, Wstride]]
      - [[S, Hdilation], [Q, Hstride]]
    - name: Outputs
      projection: [[[N]], [[M]], [[Q]], [[P]]]
      read-write: true
  instance: {C: 3, M: 64, R: 7, S: 5, N: 4, P: 112, Q: 96, Wstride: 2, Hstride: 3, densities: {Weights: 0.5}}
)";

TEST(TimeloopProblem, Convolutions) {
  const workload::Model model = model_of(kConvolution);
  const auto& shape = std::get<workload::ConvolutionShape>(model.layers.at(0).shape);
  EXPECT_EQ(workload::macs(model), std::int64_t{3} * 64 * 7 * 5 * 112 * 96);
  EXPECT_EQ(workload::parameters(model), 3 * 64 * 7 * 5);
  EXPECT_EQ(shape.out_height, 96);
  EXPECT_EQ(shape.stride_y, 3);
  EXPECT_EQ(shape.kernel_width, 7);
  EXPECT_THAT(model.tensors[0].dimensions, ::testing::ElementsAre(3, 95 * 3 + 4 + 1, 111 * 2 + 6 + 1));
  EXPECT_THAT(model.description, HasSubstr("The file's batch is 4"));
}

TEST(TimeloopProblem, DepthwiseAndGroupedOnes) {
  const workload::Model model = model_of(R"(problem:
  shape:
    name: depthwise
    dimensions: [R, S, P, Q, C]
    data_spaces:
    - {name: Weights, projection: [[[C]], [[R]], [[S]]]}
    - {name: Inputs, projection: [[[C]], [[R], [P]], [[S], [Q]]]}
    - {name: Outputs, projection: [[[C]], [[Q]], [[P]]], read_write: true}
  instance: {R: 3, S: 3, P: 14, Q: 14, C: 32}
)");
  EXPECT_EQ(workload::macs(model), 9 * 14 * 14 * 32);
  EXPECT_EQ(std::get<workload::ConvolutionShape>(model.layers.at(0).shape).groups, 32);
}

TEST(TimeloopProblem, ProductsOfMatrices) {
  const std::string gemm = R"(problem:
  shape:
    name: gemm
    dimensions: [M, N, K]
    data-spaces:
    - {name: A, projection: [M, K]}
    - {name: B, projection: [N, K]}
    - {name: Z, projection: [M, N], read-write: True}
  instance: {M: 128, N: 64, K: 256}
)";
  const workload::Model model = model_of(gemm);
  EXPECT_EQ(std::get<workload::GemmShape>(model.layers.at(0).shape),
            (workload::GemmShape{128, 64, 256, 1, true}));
  std::string batched = gemm;  // a matrix of weights for each of H
  for (const auto& [from, to] : {std::pair("[M, N, K]", "[M, N, K, H]"), std::pair("[M, K]", "[M, K, H]"),
                                 std::pair("[N, K]", "[N, K, H]"), std::pair("[M, N],", "[M, N, H],"),
                                 std::pair("K: 256", "K: 256, H: 3")}) {
    batched.replace(batched.find(from), std::string(from).size(), to);
  }
  EXPECT_EQ(workload::macs(model_of(batched)), 128 * 64 * 256 * 3);
  EXPECT_EQ(workload::parameters(model_of(batched)), 64 * 256 * 3);
}

TEST(TimeloopProblem, OthersAreRefusedByName) {
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = kConvolution;
    text.replace(text.find(from), from.size(), to);
    return refusal(text);
  };
  EXPECT_THAT(changed("C: 3,", ""), HasSubstr("the instance does not say the size of 'C'"));
  EXPECT_THAT(changed("C: 3,", "C: 0,"), HasSubstr("p.yaml:23:17: problem.instance.C"));
  EXPECT_THAT(changed("[[C]], [[M]], [[R]], [[S]]", "[[C]], [[W]], [[R]], [[S]]"),
              HasSubstr("'W' is no dimension of the problem"));
  EXPECT_THAT(changed("read-write: true", "read-write: false"),
              HasSubstr("it has 3 data spaces that are read"));
  EXPECT_THAT(changed("[[N]], [[M]], [[Q]], [[P]]", "[[M]], [[Q]], [[P]]"),
              HasSubstr("'N' is in one data space alone"));
  EXPECT_THAT(changed("[Q, Hstride]", "[Q, Hstep]"), HasSubstr("the coefficient 'Hstep' has no value"));
  EXPECT_THAT(refusal("problem: {shape: {dimensions: 3}}"), HasSubstr("p.yaml:1"));
}

TEST(TimeloopProblem, FilesAreKnownByWhatStandsInThem) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "inlay_timeloop";
  std::filesystem::create_directories(folder);
  base::write_file(folder / "p.yaml", kConvolution);
  base::write_file(folder / "own.yaml", "name: m\ninputs: {x: [8]}\nlayers: [{name: a, op: relu}]\n");
  EXPECT_TRUE(can_import(folder / "p.yaml"));
  EXPECT_FALSE(can_import(folder / "own.yaml"));
  EXPECT_THAT(import_files(folder / "p.yaml").at(0).text, HasSubstr("op: convolution"));
  EXPECT_THROW(import_files(folder / "own.yaml"), base::InputError);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace inlay::importers
