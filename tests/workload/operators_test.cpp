// Shapes, weights and bytes of each operator against values worked out by hand.
#include "inlay/workload/operators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "inlay/base/error.hpp"
#include "inlay/workload/description.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::workload {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Model one_layer(const std::string& input, const std::string& layer, const std::string& head = "") {
  return parse_model(
      "name: m\n" + head + "inputs: {x: " + input + "}\nlayers:\n- {name: a, op: " + layer + "}\n", "m.yaml");
}

const Tensor& output_of(const Model& model) {
  return model.tensors.back();
}

std::int64_t operations_of(const Model& model) {
  return std::get<VectorShape>(model.layers[0].shape).operations;
}

TEST(Operators, ConvolutionWithEverything) {
  const Model model = one_layer(
      "[8, 20, 30]",
      "convolution, channels: 12, kernel: [3, 5], stride: [2, 3], dilation: [2, 1], padding: [1, 2], "
      "groups: 4, batch_norm: folded");
  // Rows: (20 + 2 - 2*2 - 1) / 2 + 1 = 9; columns: (30 + 4 - 4 - 1) / 3 + 1 = 10.
  const ConvolutionShape expected{4, 12, 8, 9, 10, 3, 5, 2, 3, 2, 1, 1, 2, 20, 30};
  EXPECT_EQ(std::get<ConvolutionShape>(model.layers[0].shape), expected);
  EXPECT_THAT(output_of(model).dimensions, ElementsAre(12, 9, 10));
  EXPECT_EQ(macs(model), 12 * 2 * 9 * 10 * 3 * 5);
  EXPECT_EQ(parameters(model), 12 * 2 * 15 + 2 * 12);         // gain and offset
  EXPECT_EQ(model.layers[0].weight_bytes, 12 * 2 * 15 + 12);  // one bias per channel is left
  EXPECT_EQ(describe(model.layers[0].shape),
            "8x21x32 -> 12x9x10, kernel 3x5, stride 2x3, dilation 2x1, 4 groups");
}

TEST(Operators, ConvolutionBias) {
  const auto learned = [](const std::string& keys) {
    return parameters(one_layer("[2, 4, 4]", "convolution, channels: 3, kernel: 1" + keys)) - 6;
  };
  EXPECT_EQ(learned(""), 3);
  EXPECT_EQ(learned(", bias: false"), 0);
  EXPECT_EQ(learned(", batch_norm: none"), 3);
  EXPECT_EQ(learned(", batch_norm: folded"), 6);
  EXPECT_EQ(learned(", batch_norm: folded, bias: true"), 9);
}

TEST(Operators, PaddingOfFourSides) {
  const Model model = one_layer("[1, 6, 6]", "max-pool, kernel: 3, stride: 1, padding: [0, 1, 2, 4]");
  EXPECT_THAT(output_of(model).dimensions, ElementsAre(1, 6 + 0 + 2 - 2, 6 + 1 + 4 - 2));
}

TEST(Operators, GemmTakesTheLastDimension) {
  const Model model = one_layer("[5, 7, 6]", "gemm, features: 4");
  EXPECT_EQ(std::get<GemmShape>(model.layers[0].shape), (GemmShape{35, 4, 6, 1, true}));
  EXPECT_THAT(output_of(model).dimensions, ElementsAre(5, 7, 4));
  EXPECT_EQ(parameters(model), 6 * 4 + 4);
  EXPECT_EQ(model.layers[0].weight_bytes, 28);
  EXPECT_EQ(describe(model.layers[0].shape), "35x6 * 6x4");
}

TEST(Operators, MatrixProductsOfAttention) {
  const auto product = [](const std::string& a, const std::string& b, const std::string& keys) {
    return parse_model("name: m\ninputs: {a: " + a + ", b: " + b +
                           "}\nlayers:\n- {name: p, op: matrix-product, inputs: [a, b]" + keys + "}\n",
                       "m.yaml");
  };
  const Model scores = product("[5, 12]", "[9, 12]", ", heads: 3, transpose: true");
  EXPECT_EQ(std::get<GemmShape>(scores.layers[0].shape), (GemmShape{5, 9, 4, 3, false}));
  EXPECT_THAT(output_of(scores).dimensions, ElementsAre(3, 5, 9));
  EXPECT_EQ(describe(scores.layers[0].shape), "3 times 5x4 * 4x9");
  const Model values = product("[3, 5, 9]", "[9, 12]", ", heads: 3, merge: true");
  EXPECT_EQ(std::get<GemmShape>(values.layers[0].shape), (GemmShape{5, 4, 9, 3, false}));
  EXPECT_THAT(output_of(values).dimensions, ElementsAre(5, 12));
  EXPECT_EQ(parameters(values) + weight_bytes(values), 0);
  const Model plain = product("[5, 6]", "[6, 7]", "");
  EXPECT_EQ(std::get<GemmShape>(plain.layers[0].shape), (GemmShape{5, 7, 6, 1, false}));
  EXPECT_THAT(output_of(plain).dimensions, ElementsAre(5, 7));
}

TEST(Operators, ElementWise) {
  EXPECT_EQ(operations_of(one_layer("[4, 5]", "relu")), 20);
  EXPECT_EQ(operations_of(one_layer("[4, 5]", "gelu")), 140);
  EXPECT_EQ(operations_of(one_layer("[4, 5]", "softmax")), 120);
  EXPECT_EQ(operations_of(one_layer("[4, 5]", "add, inputs: [x, x, x]")), 40);
}

TEST(Operators, NormsHaveLearnedNumbers) {
  EXPECT_EQ(parameters(one_layer("[4, 5]", "layer-norm")), 10);
  EXPECT_EQ(weight_bytes(one_layer("[4, 5]", "layer-norm")), 10);
  EXPECT_EQ(parameters(one_layer("[4, 5]", "rms-norm")), 5);
  EXPECT_EQ(parameters(one_layer("[4, 5, 6]", "batch-norm")), 8);
  EXPECT_EQ(operations_of(one_layer("[4, 5]", "layer-norm")), 100);
}

TEST(Operators, LearnedTokensStandBeforeTheOthers) {
  const Model model = one_layer("[6, 8]", "learned-tokens, rows: 2");
  EXPECT_THAT(output_of(model).dimensions, ElementsAre(8, 8));
  EXPECT_EQ(parameters(model), 16);
  EXPECT_EQ(weight_bytes(model), 16);
  EXPECT_EQ(std::get<VectorShape>(model.layers[0].shape), (VectorShape{16, 16, 16}));
}

TEST(Operators, PositionBiasLearnsATable) {
  const Model model =
      one_layer("[12, 49, 49]", "position-bias, rows: 13 * 13, columns: 3", "weight_bits: 16\n");
  EXPECT_THAT(output_of(model).dimensions, ElementsAre(12, 49, 49));
  EXPECT_EQ(parameters(model), 169 * 3);
  EXPECT_EQ(weight_bytes(model), 169 * 3 * 2);
  EXPECT_EQ(operations_of(model), 12 * 49 * 49);
}

TEST(Operators, NormsWithoutLearnedNumbers) {
  EXPECT_EQ(parameters(one_layer("[4, 5, 6]", "batch-norm-plain")), 0);
  EXPECT_EQ(operations_of(one_layer("[4, 5, 6]", "batch-norm-plain")), 120);
  EXPECT_EQ(operations_of(one_layer("[4, 5, 6]", "max-norm")), 240);
}

TEST(Operators, Pools) {
  const Model pool = one_layer("[2, 8, 9]", "max-pool, kernel: 2");
  EXPECT_THAT(output_of(pool).dimensions, ElementsAre(2, 4, 4));
  EXPECT_EQ(operations_of(pool), 2 * 4 * 4 * 4);
  const Model global = one_layer("[2, 8, 9]", "global-average-pool");
  EXPECT_THAT(output_of(global).dimensions, ElementsAre(2));
  EXPECT_EQ(operations_of(global), 144);
}

TEST(Operators, TablesAreGathered) {
  const Model model = one_layer("[6]", "embedding, rows: 100, width: 8", "weight_bits: 16\n");
  EXPECT_THAT(output_of(model).dimensions, ElementsAre(6, 8));
  EXPECT_EQ(parameters(model), 800);
  EXPECT_EQ(model.layers[0].weight_bytes, 0);
  EXPECT_EQ(model.layers[0].gathered_bytes, 6 * 8 * 2);
  const Model positions = one_layer("[6, 8]", "position-embedding, rows: 10");
  EXPECT_EQ(parameters(positions), 80);
  EXPECT_EQ(positions.layers[0].gathered_bytes, 48);
}

TEST(Operators, JoinAndReshape) {
  const Model join = parse_model(
      "name: m\ninputs: {a: [2, 3], b: [2, 4]}\nlayers:\n- {name: j, op: concat, inputs: [a, b], axis: 1}\n",
      "m.yaml");
  EXPECT_THAT(output_of(join).dimensions, ElementsAre(2, 7));
  EXPECT_EQ(operations_of(join), 0);
  EXPECT_THAT(output_of(one_layer("[2, 6]", "reshape, shape: [3, 4]")).dimensions, ElementsAre(3, 4));
}

TEST(Operators, SharedHeadsAreOneProductPerGroup) {
  const Model model = parse_model(
      "name: m\ninputs: {q: [5, 24], k: [9, 8]}\nlayers:\n"
      "- {name: p, op: matrix-product, inputs: [q, k], heads: 6, kv_heads: 2, transpose: true}\n",
      "m.yaml");
  // Six heads of 4 columns; each of the two matrices of keys serves three heads: 2 products of 15 x 4 by 4
  // x 9.
  EXPECT_EQ(std::get<GemmShape>(model.layers[0].shape), (GemmShape{15, 9, 4, 2, false}));
  EXPECT_THAT(output_of(model).dimensions, ElementsAre(6, 5, 9));
  EXPECT_EQ(macs(model), 6 * 5 * 4 * 9);
}

TEST(Operators, ProductsOfWindows) {
  const Model model = parse_model(
      "name: m\ninputs: {q: [8, 12], k: [8, 12], v: [8, 12]}\nlayers:\n"
      "- {name: s, op: matrix-product, inputs: [q, k], heads: 3, windows: 2, transpose: true}\n"
      "- {name: p, op: matrix-product, inputs: [s, v], heads: 3, windows: 2, merge: true}\n",
      "m.yaml");
  EXPECT_EQ(std::get<GemmShape>(model.layers[0].shape), (GemmShape{4, 4, 4, 6, false}));
  EXPECT_THAT(model.tensors[3].dimensions, ElementsAre(6, 4, 4));
  EXPECT_EQ(std::get<GemmShape>(model.layers[1].shape), (GemmShape{4, 4, 4, 6, false}));
  EXPECT_THAT(output_of(model).dimensions, ElementsAre(8, 12));
}

// One new token against a cache: the cache is read from memory, the token's keys and values are left there.
TEST(Operators, CacheIsReadAndAppendedTo) {
  const std::string text =
      "name: m\nparameters: {kv: 7}\ninputs: {x: [1, 4]}\nblocks:\n  b:\n    inputs: [x]\n"
      "    state: {keys: [kv, 4]}\n    keeps: [k]\n    layers:\n"
      "    - {name: qk, op: gemm, features: 8, split: {q: 4, k: 4}}\n"
      "    - {name: score, op: matrix-product, inputs: [q, keys, k], transpose: true, heads: 2}\n"
      "    - {name: r, op: reshape, shape: [1, 2 * (kv + 1)]}\n    - {name: o, op: gemm, features: 4}\n"
      "layers:\n- {name: h, block: b, count: 2}\n";
  const Model model = parse_model(text, "m.yaml");
  EXPECT_EQ(std::get<GemmShape>(model.layers[1].shape), (GemmShape{1, 8, 2, 2, false}));
  int caches = 0;
  int appended = 0;
  for (const Tensor& tensor : model.tensors) {
    caches += tensor.producer == -1 && tensor.dimensions == std::vector<std::int64_t>{7, 4} ? 1 : 0;
    appended += tensor.is_output && tensor.name.ends_with(".k") ? 1 : 0;
  }
  EXPECT_EQ(caches, 2);  // each use has its own
  EXPECT_EQ(appended, 2);
  const Model first = parse_model(text, "m.yaml", {{"kv", 0}});
  EXPECT_EQ(std::get<GemmShape>(first.layers[1].shape), (GemmShape{1, 1, 2, 2, false}));
  EXPECT_EQ(first.tensors[0].name, "x");
  EXPECT_NE(first.tensors[1].producer, -1);
}

TEST(Operators, OperandsAreRepeated) {
  const auto product = [](const std::string& b) {
    return parse_model(
        "name: m\ninputs: {a: [4, 5, 6], b: " + b + "}\nlayers:\n- {name: p, op: multiply, inputs: [a, b]}\n",
        "m.yaml");
  };
  for (const std::string shape : {"[4, 1, 1]", "[6]", "[5, 1]", "[1]", "[4, 5, 6]"}) {
    EXPECT_THAT(output_of(product(shape)).dimensions, ElementsAre(4, 5, 6)) << shape;
    EXPECT_EQ(operations_of(product(shape)), 120) << shape;
  }
  EXPECT_THAT(output_of(product("[3, 4, 5, 1]")).dimensions, ElementsAre(3, 4, 5, 6));
  EXPECT_THROW(product("[4]"), base::InputError);
}

// Two of eight experts are used: the six others are learned, but no byte of them is loaded.
TEST(Operators, IdleParametersAreNotLoaded) {
  const Model model = one_layer("[5, 6]", "gemm, features: 8, bias: false, idle_parameters: 6 * 100");
  EXPECT_EQ(parameters(model), 6 * 8 + 600);
  EXPECT_EQ(model.layers[0].weight_bytes, 48);
  EXPECT_EQ(macs(model), 5 * 6 * 8);
  EXPECT_EQ(parameters(one_layer("[6]", "gemm, features: 8, bias: false, idle_parameters: 0")), 48);
  EXPECT_THROW(one_layer("[6]", "gemm, features: 8, idle_parameters: -1"), base::InputError);
}

TEST(Operators, RowsAreAddedToSomeOfASum) {
  const auto scatter = [](const std::string& sum, const std::string& rows) {
    return parse_model("name: m\ninputs: {s: " + sum + ", r: " + rows +
                           ", to: [3]}\nlayers:\n- {name: a, op: scatter-add, inputs: [s, r, to]}\n",
                       "m.yaml");
  };
  const Model model = scatter("[7, 4]", "[3, 4]");
  EXPECT_THAT(output_of(model).dimensions, ElementsAre(7, 4));
  // Twelve elements are read, those that they are added to as well, and written in place.
  EXPECT_EQ(std::get<VectorShape>(model.layers[0].shape), (VectorShape{12, 24, 12}));
  EXPECT_THROW(scatter("[7, 4]", "[3, 5]"), base::InputError);
  EXPECT_THROW(scatter("[2, 4]", "[3, 4]"), base::InputError);
  EXPECT_THROW(scatter("[4]", "[4]"), base::InputError);
}

TEST(Operators, DataMovement) {
  EXPECT_THAT(output_of(one_layer("[4, 5]", "permute, shape: [5, 4]")).dimensions, ElementsAre(5, 4));
  EXPECT_EQ(operations_of(one_layer("[4, 5]", "permute, shape: [5, 4]")), 20);
  EXPECT_EQ(operations_of(one_layer("[4, 5]", "select, shape: [3, 2]")), 6);
  EXPECT_THROW(one_layer("[4, 5]", "select, shape: [3, 7]"), base::InputError);
  const Model sum = one_layer("[4, 5, 6]", "reduce-sum, axis: 1");
  EXPECT_THAT(output_of(sum).dimensions, ElementsAre(4, 6));
  EXPECT_EQ(operations_of(sum), 120);
  EXPECT_THAT(output_of(one_layer("[4]", "reduce-sum")).dimensions, ElementsAre(1));
  EXPECT_THAT(output_of(one_layer("[2, 8, 9]", "global-average-pool, keep: true")).dimensions,
              ElementsAre(2, 1, 1));
}

TEST(Operators, ResizeAndRegions) {
  EXPECT_THAT(output_of(one_layer("[2, 3, 4]", "resize-nearest, scale: [2, 3]")).dimensions,
              ElementsAre(2, 6, 12));
  const Model resized = one_layer("[2, 3, 4]", "resize-bilinear, size: 5");
  EXPECT_THAT(output_of(resized).dimensions, ElementsAre(2, 5, 5));
  EXPECT_EQ(operations_of(resized), 4 * 50);
  EXPECT_THROW(one_layer("[2, 3, 4]", "resize-nearest"), base::InputError);
  EXPECT_THROW(one_layer("[2, 3, 4]", "resize-nearest, size: 5, scale: 2"), base::InputError);
  const Model regions = one_layer("[2, 30, 40]", "roi-align, regions: 10, size: 7");
  EXPECT_THAT(output_of(regions).dimensions, ElementsAre(2, 70, 7));
  EXPECT_EQ(operations_of(regions), 16 * 2 * 490);
}

TEST(Operators, BitsAreRoundedUpToBytes) {
  const Model model =
      one_layer("[3, 3]", "gemm, features: 3, bits: 16", "weight_bits: 4\nactivation_bits: 5\n");
  EXPECT_EQ(model.tensors[0].bytes, 6);        // 45 bits
  EXPECT_EQ(output_of(model).bytes, 18);       // its own bits
  EXPECT_EQ(model.layers[0].weight_bytes, 6);  // 12 weights of 4 bits
  EXPECT_EQ(activation_bytes(model), 24);
  const Model own = one_layer("[3, 3]", "gemm, features: 3, weight_bits: 16");
  EXPECT_EQ(own.layers[0].weight_bytes, 24);
}

TEST(Operators, TiedWeightsCountOnceAndLoadAtEachUse) {
  const Model model = parse_model(
      "name: m\ninputs: {t: [4]}\nlayers:\n- {name: table, op: embedding, rows: 10, width: 8}\n"
      "- {name: head, op: gemm, features: 10, tied_to: table}\n",
      "m.yaml");
  EXPECT_EQ(parameters(model), 80);
  EXPECT_EQ(model.layers[1].weight_bytes, 80);
  EXPECT_EQ(model.layers[1].tied_to, "table");
}

TEST(Operators, LayerTableShowsTheGraph) {
  const Model model = parse_model(
      "name: m\ninputs: {x: [6]}\nlayers:\n- {name: a, op: gemm, features: 4}\n- {name: b, op: add, inputs: "
      "[a, a]}\n",
      "m.yaml");
  const std::vector<LayerRow> rows = layer_table(model);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].shape, "1x6 * 6x4");
  EXPECT_EQ(rows[0].macs, 24);
  EXPECT_EQ(rows[0].parameters, 28);
  EXPECT_EQ(rows[0].weight_bytes, 28);
  EXPECT_EQ(rows[0].inputs, "x [6]");
  EXPECT_EQ(rows[1].inputs, "a [4]");  // read once, though added to itself
  EXPECT_EQ(rows[1].outputs, "b [4]");
  EXPECT_EQ(rows[1].shape, "4 operations");
}

TEST(Operators, EveryShippedOneSaysWhy) {
  for (const auto& [name, description] : load_vector_operators()) {
    EXPECT_GT(description.reason.size(), 10U) << name;
  }
}

TEST(Operators, TableErrors) {
  const auto message = [](const std::string& text) -> std::string {
    try {
      parse_vector_operators("operators:\n  swish: " + text + "\n", "o.yaml");
    } catch (const base::InputError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(message("{rule: element-wise, operations: 3, reason: two words}"), "no error");
  EXPECT_THAT(message("{rule: elementwise, operations: 3, reason: r}"),
              HasSubstr("o.yaml:2:17: operators.swish.rule: 'elementwise' is unknown"));
  EXPECT_THAT(message("{rule: element-wise, operations: -3, reason: r}"), HasSubstr("-3 is too small"));
  EXPECT_THAT(message("{rule: element-wise, operations: 3}"), HasSubstr("key 'reason' is missing"));
  EXPECT_THAT(message("{rule: pool, operations: 3, reason: r, axis: last}"),
              HasSubstr("operators.swish.axis: unknown key"));
}

}  // namespace
}  // namespace inlay::workload
