#include "inlay/workload/fusion.hpp"

#include <gtest/gtest.h>

#include "inlay/workload/model_file.hpp"

namespace inlay::workload {
namespace {

std::vector<std::string> names(const Model& model) {
  std::vector<std::string> result;
  for (const Layer& layer : model.layers) {
    result.push_back(layer.name);
  }
  return result;
}

Model model_of(const std::string& layers, const std::string& head = "") {
  return parse_model("name: m\n" + head + "inputs: {x: [8, 6, 6]}\nlayers:\n" + layers, "m.yaml");
}

constexpr const char* kBlock =
    "- {name: conv, op: convolution, channels: 8, kernel: 3, padding: 1}\n"
    "- {name: norm, op: batch-norm}\n"
    "- {name: act, op: relu}\n"
    "- {name: sum, op: add, inputs: [act, x]}\n"
    "- {name: last, op: gelu}\n";

TEST(Fusion, JoinsBatchNormAndActivationsToTheirProducers) {
  const Model model = model_of(kBlock);
  EXPECT_EQ(names(model), (std::vector<std::string>{"conv", "sum"}));
  const Layer& conv = model.layers[0];
  EXPECT_EQ(conv.fused, (std::vector<std::string>{"batch-norm", "relu"}));
  EXPECT_EQ(conv.fused_operations, 8 * 6 * 6 * (1 + 1));
  EXPECT_EQ(conv.parameters, 8 * 8 * 9 + 8 + 2 * 8);
  EXPECT_EQ(conv.weight_bytes, 8 * 8 * 9 + 8 + 2 * 8);
  EXPECT_EQ(model.tensors[static_cast<std::size_t>(conv.outputs.at(0))].name, "act");
  const auto& sum = std::get<VectorShape>(model.layers[1].shape);
  EXPECT_EQ(sum.operations, 8 * 6 * 6 * (1 + 7));
  EXPECT_EQ(sum.read_elements, 2 * 8 * 6 * 6);
  EXPECT_EQ(sum.written_elements, 8 * 6 * 6);
  EXPECT_EQ(model.layers[1].fused_operations, 0);
  EXPECT_TRUE(model.tensors.back().is_output);
  EXPECT_EQ(model.tensors.size(), 3U);
}

TEST(Fusion, IsSwitchedOffByTheFile) {
  EXPECT_EQ(names(model_of(kBlock, "fuse: false\n")).size(), 5U);
}

TEST(Fusion, ChangesNeitherMacsNorParametersNorOperations) {
  const auto operations = [](const Model& model) {
    std::int64_t sum = 0;
    for (const Layer& layer : model.layers) {
      const auto* vector = std::get_if<VectorShape>(&layer.shape);
      sum += layer.fused_operations + (vector == nullptr ? 0 : vector->operations);
    }
    return sum;
  };
  const Model apart = model_of(kBlock, "fuse: false\n");
  const Model joined = model_of(kBlock);
  EXPECT_EQ(macs(apart), macs(joined));
  EXPECT_EQ(parameters(apart), parameters(joined));
  EXPECT_EQ(weight_bytes(apart), weight_bytes(joined));
  EXPECT_EQ(operations(apart), operations(joined));
}

TEST(Fusion, LeavesWhatSomebodyElseReads) {
  const Model model = model_of(
      "- {name: conv, op: convolution, channels: 8, kernel: 1}\n"
      "- {name: act, op: relu}\n"
      "- {name: sum, op: add, inputs: [act, conv]}\n");
  EXPECT_EQ(names(model), (std::vector<std::string>{"conv", "act", "sum"}));
}

TEST(Fusion, LeavesOutputsAndInputsOfTheModelAndRows) {
  EXPECT_EQ(names(model_of("- {name: conv, op: convolution, channels: 8, kernel: 1}\n"
                           "- {name: act, op: relu}\n",
                           "outputs: [conv, act]\n"))
                .size(),
            2U);
  EXPECT_EQ(names(model_of("- {name: act, op: relu}\n")).size(), 1U);
  EXPECT_EQ(names(model_of("- {name: conv, op: convolution, channels: 8, kernel: 1}\n"
                           "- {name: soft, op: softmax}\n"))
                .size(),
            2U);
}

TEST(Fusion, LeavesTheReaderOfOnePartOfASplit) {
  const Model model = parse_model(
      "name: m\ninputs: {x: [4, 8]}\noutputs: [act, b]\nlayers:\n"
      "- {name: both, op: gemm, features: 8, split: {a: 4, b: 4}}\n"
      "- {name: act, op: relu, input: a}\n",
      "m.yaml");
  EXPECT_EQ(model.layers.size(), 2U);
}

}  // namespace
}  // namespace inlay::workload
