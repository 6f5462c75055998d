// Which numbers are learned, which weights are the same, and which inputs are weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/imported_onnx.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::int64_t parameters(const Model& model, const ImportOptions& options = {}) {
  return workload::parameters(imported(model, 17, options));
}

TEST(OnnxWeights, SharedOnesCountOnce) {
  Model heads;  // a matrix and its bias, twice
  heads.input("x", {3, 8}).weight("w", {8, 8}).weight("b", {8});
  heads.node("Gemm", {"x", "w", "b"}, {"a"}).node("Gemm", {"a", "w", "b"}, {"y"}).output("y");
  const workload::Model result = imported(heads);
  EXPECT_EQ(workload::parameters(result), 72);
  EXPECT_EQ(result.layers[1].tied_to, "a");
  EXPECT_EQ(workload::weight_bytes(result), 2 * 72 * 4);  // both load it
  Model other_bias;
  other_bias.input("x", {3, 8}).weight("w", {8, 8}).weight("b", {8}).weight("c", {8});
  other_bias.node("Gemm", {"x", "w", "b"}, {"a"}).node("Gemm", {"a", "w", "c"}, {"y"}).output("y");
  EXPECT_EQ(parameters(other_bias), 64 + 8 + 8);
  Model tables;
  tables.input("a", {12}, kInt64).input("b", {12}, kInt64).weight("t", {30, 8});
  tables.node("Gather", {"t", "a"}, {"e"}).node("Gather", {"t", "b"}, {"f"}).node("Add", {"e", "f"}, {"y"});
  EXPECT_EQ(parameters(tables.output("y")), 240);
  Model filters;  // one filter for two images, one of them transposed twice
  filters.input("x", {1, 4, 8, 8}).weight("w", {4, 4, 3, 3}).weight("b", {4});
  filters.node("Transpose", {"w"}, {"t"}, {integers("perm", {1, 0, 2, 3})});
  filters.node("Conv", {"x", "w", "b"}, {"a"}).node("Conv", {"a", "t", "b"}, {"y"}).output("y");
  EXPECT_EQ(parameters(filters), 144 + 4);
  Model cells;  // one LSTM for two sequences
  cells.input("a", {5, 1, 8}).input("b", {5, 1, 8}).weight("w", {2, 16, 8}).weight("r", {2, 16, 4});
  const onnx_writer::Attribute both = text("direction", "bidirectional");
  cells.node("LSTM", {"a", "w", "r"}, {"c"}, {both}).node("LSTM", {"b", "w", "r"}, {"d"}, {both});
  EXPECT_EQ(parameters(cells.node("Add", {"c", "d"}, {"y"}).output("y")), 2 * 16 * 12);
}

TEST(OnnxWeights, PartsOfATensorAreDifferentWeights) {
  const auto of = [](const std::vector<std::int64_t>& picks) {
    Model model;  // matrices of layers stacked in one tensor
    model.input("x", {4, 8}).weight("w", {6, 8, 8});
    std::string last = "x";
    for (std::size_t i = 0; i < picks.size(); ++i) {
      const std::string n = std::to_string(i);
      model.whole("i" + n, picks[i]).node("Gather", {"w", "i" + n}, {"m" + n});
      model.node("MatMul", {last, "m" + n}, {"y" + n});
      last = "y" + n;
    }
    return parameters(model.output(last));
  };
  EXPECT_EQ(of({0}), 64);
  EXPECT_EQ(of({0, 1}), 128);
  EXPECT_EQ(of({0, 1, 0, -6}), 128);  // -6 is 0
  Model columns;                      // q, k and v of one matrix, of which k is used twice
  columns.input("x", {4, 8}).weight("w", {8, 24}).integers("sizes", {8, 8, 8});
  columns.node("Split", {"w", "sizes"}, {"q", "k", "v"}, {integer("axis", 1)});
  columns.node("MatMul", {"x", "q"}, {"a"})
      .node("MatMul", {"a", "k"}, {"b"})
      .node("MatMul", {"b", "k"}, {"y"});
  EXPECT_EQ(parameters(columns.output("y")), 128);
  Model overlapping;  // rows 0 to 5 and 4 to 9
  overlapping.input("x", {4, 6}).weight("w", {10, 6}).integers("0", {0}).integers("6", {6});
  overlapping.integers("4", {4}).integers("10", {10});
  overlapping.node("Slice", {"w", "0", "6"}, {"a"}).node("Slice", {"w", "4", "10"}, {"b"});
  overlapping.node("MatMul", {"x", "a"}, {"c"}).node("MatMul", {"c", "b"}, {"y"}).output("y");
  EXPECT_EQ(parameters(overlapping), 60);
  Model stepped;  // every second row, transposed
  stepped.input("x", {4, 6}).weight("w", {12, 6}).integers("0", {0}).integers("12", {12}).integers("2", {2});
  stepped.node("Slice", {"w", "0", "12", "0", "2"}, {"a"}).node("Transpose", {"a"}, {"t"});
  stepped.node("MatMul", {"x", "t"}, {"y"}).output("y");
  EXPECT_EQ(parameters(stepped), 36);
}

TEST(OnnxWeights, AreThoseThatStandInTheFile) {
  Model normed;  // weight norm: direction and length
  normed.input("x", {4, 8}).weight("v", {8, 16}).weight("g", {1, 16});
  normed.node("ReduceL2", {"v"}, {"n"}, {integers("axes", {0})}).node("Div", {"g", "n"}, {"s"});
  normed.node("Mul", {"v", "s"}, {"w"}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  EXPECT_EQ(parameters(normed), 8 * 16 + 16);
  Model computed;  // a table of sines
  computed.input("x", {1, 40, 16}).weight("p", {40, 1}).weight("f", {1, 16});
  computed.node("Mul", {"p", "f"}, {"a"})
      .node("Sin", {"a"}, {"s"})
      .node("Add", {"x", "s"}, {"y"})
      .output("y");
  EXPECT_EQ(parameters(computed), 0);
  for (const std::int64_t channels : {8, 1023, 1024, 3000}) {  // whatever their number
    Model scaled;
    std::vector<float> ones(static_cast<std::size_t>(channels), 1.0F);
    scaled.input("x", {1, channels, 4, 4})
        .reals("g", ones, {1, channels, 1, 1})
        .reals("o", ones, {channels, 1, 1});
    scaled.node("Relu", {"x"}, {"r"}).node("Mul", {"r", "g"}, {"m"}).node("Add", {"m", "o"}, {"y"});
    const workload::Model result = imported(scaled.output("y"));
    EXPECT_EQ(workload::parameters(result), 2 * channels);
    EXPECT_EQ(workload::weight_bytes(result), 2 * channels * 4);
  }
  Model rows;  // a number for each row of an image
  rows.input("x", {1, 3, 5, 7})
      .reals("g", {1, 2, 3, 4, 5}, {5, 1})
      .node("Mul", {"x", "g"}, {"y"})
      .output("y");
  EXPECT_EQ(parameters(rows), 5);
  Model plain;  // a scale, a mask and an exponent are not learned
  plain.input("x", {1, 4, 4}).scalar("s", 0.125F).integers("m", {1, 0, 1, 0}).scalar("two", 2);
  plain.node("Cast", {"m"}, {"c"}, {integer("to", 9)}).node("Mul", {"x", "s"}, {"a"});
  plain.node("Where", {"c", "a", "s"}, {"b"}).node("Pow", {"b", "two"}, {"y"}).output("y");
  EXPECT_EQ(parameters(plain), 0);
}

Model without_weights() {
  Model model;  // as torch.onnx.export(export_params=False) writes it
  model.input("input", {1, 3, 8, 8}).input("token", {1, 1, 16}).input("conv.weight", {16, 3, 4, 4});
  model.input("conv.bias", {16}).input("pos", {1, 4, 16}).input("onnx::MatMul_12", {16, 10});
  model.input("fc.bias", {10}).integers("sizes", {1, 16, 4});
  model.node("Conv", {"input", "conv.weight", "conv.bias"}, {"c"}, {integers("strides", {4, 4})});
  model.node("Reshape", {"c", "sizes"}, {"r"}).node("Transpose", {"r"}, {"t"}, {integers("perm", {0, 2, 1})});
  model.node("Add", {"t", "pos"}, {"p"}).node("MatMul", {"p", "onnx::MatMul_12"}, {"m"});
  return model.node("Add", {"m", "fc.bias"}, {"y"}).output("y");
}

TEST(OnnxWeights, OfAFileWithoutThemAreInputs) {
  EXPECT_EQ(parameters(without_weights()), 16 * 48 + 16 + 4 * 16 + 16 * 10 + 10);
  ImportOptions options;
  options.weights = {"!pos"};
  EXPECT_EQ(parameters(without_weights(), options), 16 * 48 + 16 + 16 * 10 + 10);
  options.weights = {"!*", "conv.*"};
  EXPECT_EQ(parameters(without_weights(), options), 16 * 48 + 16);
  options.weights = {"fc.wieght"};
  EXPECT_THROW(imported(without_weights(), 17, options), base::InputError);
  Model products;  // of which nothing says that one operand is a weight
  products.input("a", {4, 8}).input("b", {8, 8}).input("c", {8, 4});
  products.node("MatMul", {"a", "b"}, {"p"}).node("MatMul", {"p", "c"}, {"y"}).output("y");
  EXPECT_EQ(parameters(products), 0);
  options.weights = {"[bc]"};
  EXPECT_EQ(parameters(products, options), 64 + 32);
}

}  // namespace
}  // namespace inlay::importers
