// Everything that a user can get wrong in a model file, and what the program says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::workload {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string message_of(const std::string& text, const ModelParameters& parameters = {}) {
  try {
    parse_model(text, "m.yaml", parameters);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "no error";
}

/// A model with the input x = [8, 4, 4] whose layers begin at line 4.
std::string with_layers(const std::string& layers) {
  return "name: m\ninputs: {x: [8, 4, 4]}\nlayers:\n" + layers;
}

std::string layers_message(const std::string& layers) {
  return message_of(with_layers(layers));
}

TEST(ModelErrors, UnknownWords) {
  EXPECT_THAT(
      layers_message("- {name: a, op: rleu}\n"),
      AllOf(StartsWith("m.yaml:4:17: layers[0].op: 'rleu' is unknown"), HasSubstr("did you mean 'relu'?")));
  EXPECT_THAT(layers_message("- {name: a, op: relu, kernel: 3}\n"),
              StartsWith("m.yaml:4:23: layers[0].kernel: unknown key; allowed:"));
  EXPECT_THAT(layers_message("- {name: a, op: convolution, kernel: 3, chanels: 8}\n"),
              AllOf(HasSubstr("m.yaml:4:41: layers[0].chanels: unknown key; did you mean 'channels'?")));
  EXPECT_THAT(message_of("name: m\ninput: {x: [8]}\nlayers: []\n"),
              StartsWith("m.yaml:2:1: input: unknown key; did you mean 'inputs'?"));
  EXPECT_THAT(
      layers_message("- {name: a, op: gemm, features: 2 * widht}\n"),
      HasSubstr(
          "m.yaml:4:33: layers[0].features: in the expression '2 * widht', column 5: 'widht' is unknown"));
  EXPECT_THAT(layers_message("- {name: a}\n"), HasSubstr("layer 'a' needs either 'op' or 'block'"));
  EXPECT_THAT(layers_message("- {name: a b, op: relu}\n"), HasSubstr("'a b' is no name"));
}

TEST(ModelErrors, UnknownParameters) {
  const std::string text =
      "name: m\nparameters: {sequence: 128}\ninputs: {x: [sequence]}\nlayers:\n- {name: a, op: relu}\n";
  EXPECT_THAT(message_of(text, {{"sequnce", 1}}),
              AllOf(StartsWith("m.yaml:2:13: parameters: the model has no parameter 'sequnce'"),
                    HasSubstr("did you mean 'sequence'?")));
  EXPECT_THAT(message_of(with_layers("- {name: a, op: relu}\n"), {{"sequence", 1}}),
              HasSubstr("the model has no parameters, 'sequence' is given"));
  EXPECT_THAT(message_of(text, {{"sequence", 0}}),
              HasSubstr("m.yaml:3:14: inputs.x[0]: a size is at least 1, this is 0"));
  EXPECT_THAT(message_of("name: m\nparameters: {2x: 1}\ninputs: {x: [1]}\nlayers: []\n"),
              HasSubstr("'2x' is no parameter's name"));
}

TEST(ModelErrors, TensorsThatNobodyMakes) {
  EXPECT_THAT(
      layers_message("- {name: conv, op: relu}\n- {name: b, op: relu, input: cnov}\n"),
      StartsWith(
          "m.yaml:5:30: layers[1].input: no layer and no input of the model makes the tensor 'cnov'; did "
          "you mean 'conv'?"));
  EXPECT_THAT(message_of("name: m\ninputs: {x: [8]}\noutputs: [b]\nlayers:\n- {name: long_name, op: relu}\n"),
              HasSubstr("m.yaml:3:11: outputs[0]: no layer and no input of the model makes the tensor 'b'"));
  EXPECT_THAT(layers_message("- {name: a, op: convolution, kernel: 1, channels: 8, split: {l: 4, r: 4}}\n- "
                             "{name: b, op: relu}\n"),
              HasSubstr("layer 'a' makes several tensors, name one of them: l, r"));
}

TEST(ModelErrors, Cycles) {
  EXPECT_THAT(
      layers_message("- {name: a, op: add, inputs: [x, c]}\n- {name: b, op: relu}\n- {name: c, op: relu}\n"),
      StartsWith("m.yaml:4:34: layers[0].inputs[1]: cycle: a -> c -> b -> a (each layer reads what the next "
                 "one makes)"));
  EXPECT_THAT(layers_message("- {name: a, op: relu, input: a}\n"), HasSubstr("cycle: a -> a"));
  EXPECT_THAT(
      layers_message(
          "- {name: a, op: relu, when: false, input: b}\n- {name: b, op: relu, when: false, input: a}\n"),
      HasSubstr("cycle: 'b' stands for itself"));
}

TEST(ModelErrors, LayersThatRunTooEarly) {
  EXPECT_THAT(
      layers_message("- {name: a, op: relu, input: b}\n- {name: b, op: relu, input: x}\n"),
      StartsWith(
          "m.yaml:4:30: layers[0].input: layer 'a' reads 'b', which only a later layer makes; layers run "
          "in the order of the file: move 'b' up"));
}

TEST(ModelErrors, NamesGivenTwice) {
  EXPECT_THAT(layers_message("- {name: a, op: relu}\n- {name: a, op: relu}\n"),
              StartsWith("m.yaml:5:10: layers[1].name: layer 'a' stands twice; the first is at line 4"));
  EXPECT_THAT(layers_message("- {name: a, op: convolution, kernel: 1, channels: 8, split: {b: 4, c: 4}}\n"
                             "- {name: b, op: relu, input: c}\n"),
              HasSubstr("m.yaml:5:10: layers[1].name: tensor 'b' is made twice; the first is at line 4"));
  EXPECT_THAT(layers_message("- {name: x, op: relu}\n"),
              HasSubstr("tensor 'x' is made twice; the first is at line 2"));
}

TEST(ModelErrors, TensorsThatNobodyWants) {
  EXPECT_THAT(layers_message("- {name: a, op: relu}\n- {name: b, op: relu, input: x}\n"),
              StartsWith("m.yaml:4:3: layers[0]: no layer reads 'a', and it is no output of the model"));
  EXPECT_THAT(message_of("name: m\ninputs: {x: [8], y: [8]}\nlayers:\n- {name: a, op: relu}\n"),
              StartsWith("m.yaml:2:21: inputs.y: no layer reads the input 'y'"));
  EXPECT_THAT(message_of("name: m\ninputs: {x: [8]}\noutputs: [x, a]\nlayers:\n- {name: a, op: relu}\n"),
              HasSubstr("'x' is an input of the model, no layer makes it"));
}

TEST(ModelErrors, ShapesThatDoNotFit) {
  EXPECT_THAT(layers_message("- {name: a, op: max-pool, kernel: 2}\n- {name: b, op: add, inputs: [a, x]}\n"),
              StartsWith("m.yaml:5:3: layers[1]: layer 'b' (add): [8, 2, 2] and [8, 4, 4] neither have "
                         "one shape nor can one be repeated"));
  EXPECT_THAT(layers_message("- {name: a, op: add}\n"), HasSubstr("reads at least two tensors, 1 given"));
  EXPECT_THAT(layers_message("- {name: a, op: relu, inputs: [x, x]}\n"),
              HasSubstr("reads 1 tensor, 2 given"));
  EXPECT_THAT(
      layers_message(
          "- {name: a, op: global-average-pool}\n- {name: b, op: convolution, kernel: 1, channels: 1}\n"),
      HasSubstr("layer 'b' (convolution): reads a tensor [channels, height, width] or [images, channels, "
                "height, width], "
                "'a' is [8]"));
  EXPECT_THAT(layers_message("- {name: a, op: convolution, kernel: 5, channels: 8}\n"),
              HasSubstr("the kernel spans 5 rows, the padded input has only 4"));
  EXPECT_THAT(layers_message("- {name: a, op: convolution, kernel: 3, dilation: 2, channels: 8}\n"),
              HasSubstr("the kernel spans 5 rows, the padded input has only 4"));
  EXPECT_THAT(layers_message("- {name: a, op: convolution, kernel: 1, channels: 9, split: {l: 4, r: 4}}\n"
                             "- {name: b, op: add, inputs: [l, r]}\n"),
              HasSubstr("the parts of 'split' sum to 8, the layer makes 9"));
  EXPECT_THAT(layers_message("- {name: a, op: reshape, shape: [8, 15]}\n"),
              HasSubstr("[8, 4, 4] and [8, 15] do not have the same number of elements"));
  EXPECT_THAT(
      layers_message("- {name: a, op: max-pool, kernel: 2}\n- {name: b, op: concat, inputs: [a, x]}\n"),
      HasSubstr("[8, 2, 2] and [8, 4, 4] differ in more than axis 0"));
  EXPECT_THAT(layers_message("- {name: b, op: concat, inputs: [x, x], axis: 3}\n"),
              HasSubstr("axis 3 is not one of the 3 dimensions"));
}

TEST(ModelErrors, MatrixProductsThatDoNotFit) {
  const auto product = [](const std::string& keys) {
    return message_of(
        "name: m\ninputs: {a: [6, 8], b: [6, 8]}\nlayers:\n- {name: p, op: matrix-product, inputs: [a, b]" +
        keys + "}\n");
  };
  EXPECT_EQ(product(", heads: 2, transpose: true"), "no error");
  EXPECT_THAT(product(""), HasSubstr("6 x 8 times 6 x 8 does not fit: the inner sizes differ"));
  EXPECT_THAT(product(", heads: 3"),
              HasSubstr("operand 1 is [6, 8], neither [3, rows, columns] nor [rows, a multiple of 3]"));
}

TEST(ModelErrors, SizesOutOfRange) {
  EXPECT_THAT(layers_message("- {name: a, op: gemm, features: 0}\n"),
              StartsWith("m.yaml:4:33: layers[0].features: a size is at least 1, this is 0"));
  EXPECT_THAT(layers_message("- {name: a, op: gemm, features: -3}\n"), HasSubstr("this is -3"));
  EXPECT_THAT(layers_message("- {name: a, op: max-pool, kernel: 2, stride: 0}\n"),
              HasSubstr("at least 1 is expected, this is 0"));
  EXPECT_THAT(layers_message("- {name: a, op: max-pool, kernel: 2, padding: -1}\n"),
              HasSubstr("at least 0 is expected, this is -1"));
  EXPECT_THAT(layers_message("- {name: a, op: max-pool, kernel: [1, 2, 3]}\n"),
              HasSubstr("one number, or [rows, columns], is expected"));
  EXPECT_THAT(layers_message("- {name: a, op: max-pool}\n"), HasSubstr("key 'kernel' is missing"));
  EXPECT_THAT(message_of("name: m\ninputs: {x: []}\nlayers:\n- {name: a, op: relu}\n"),
              HasSubstr("at least one size is expected"));
  EXPECT_THAT(message_of("name: m\nweight_bits: 0\ninputs: {x: [1]}\nlayers:\n- {name: a, op: relu}\n"),
              HasSubstr("m.yaml:2:14: weight_bits: 0 is too small"));
  EXPECT_THAT(layers_message("- {name: a, op: convolution, kernel: 1, channels: 8, batch_norm: true}\n"),
              HasSubstr("'true' is unknown; allowed: none, folded"));
  EXPECT_THAT(layers_message("- {name: a, op: convolution, kernel: 1, channels: 8, bias: 2}\n"),
              HasSubstr("true (1) or false (0) is expected, this is 2"));
}

TEST(ModelErrors, GroupsThatDoNotDivide) {
  EXPECT_THAT(
      layers_message("- {name: a, op: convolution, kernel: 1, channels: 9, groups: 3}\n"),
      StartsWith("m.yaml:4:3: layers[0]: layer 'a' (convolution): 3 groups do not divide 8 input channels"));
  EXPECT_THAT(layers_message("- {name: a, op: convolution, kernel: 1, channels: 9, groups: 2}\n"),
              HasSubstr("2 groups do not divide 9 output channels"));
}

TEST(ModelErrors, Overflow) {
  const std::string huge = "4611686018427387904";  // 2^62
  EXPECT_THAT(layers_message("- {name: a, op: gemm, features: " + huge + "}\n"),
              StartsWith("m.yaml:4:3: layers[0]: layer 'a' (gemm): its size does not fit into 64 bits"));
  EXPECT_THAT(message_of("name: m\ninputs: {x: [" + huge + ", 2]}\nlayers:\n- {name: a, op: relu}\n"),
              HasSubstr("inputs.x: its size does not fit into 64 bits"));
  EXPECT_THAT(layers_message("- {name: a, op: max-pool, kernel: 1, padding: " + huge + "}\n"),
              HasSubstr("does not fit into 64 bits"));
  // Each layer fits, their sum does not: 3 x 2^62 multiply-accumulates in products without weights.
  const std::string side = "2097152";  // 2^21; the products are 2^21 x 2^20 x 2^21
  EXPECT_THAT(message_of("name: m\ninputs: {a: [" + side +
                         ", 1048576]}\noutputs: [p, q, r]\nlayers:\n"
                         "- {name: p, op: matrix-product, inputs: [a, a], transpose: true}\n"
                         "- {name: q, op: matrix-product, inputs: [a, a], transpose: true}\n"
                         "- {name: r, op: matrix-product, inputs: [a, a], transpose: true}\n"),
              HasSubstr("the sum of all layers does not fit into 64 bits"));
}

TEST(ModelErrors, Ties) {
  const auto tied = [](const std::string& head) {
    return message_of(
        "name: m\ninputs: {t: [4]}\nlayers:\n- {name: table, op: embedding, rows: 10, width: 8}\n" + head);
  };
  EXPECT_EQ(tied("- {name: head, op: gemm, features: 10, tied_to: table}\n"), "no error");
  EXPECT_THAT(
      tied("- {name: head, op: gemm, features: 11, tied_to: table}\n"),
      StartsWith("m.yaml:5:3: layers[1]: layer 'head' needs 88 weights, 'table' to which it is tied has 80"));
  EXPECT_THAT(tied("- {name: head, op: gemm, features: 10, tied_to: tabel}\n"),
              HasSubstr("is tied to 'tabel', which is no layer; did you mean 'table'?"));
}

TEST(ModelErrors, Tables) {
  EXPECT_THAT(
      message_of("name: m\ninputs: {x: [9, 8]}\nlayers:\n- {name: a, op: position-embedding, rows: 8}\n"),
      HasSubstr("9 tokens are more than the 8 positions of the table"));
  EXPECT_THAT(layers_message("- {name: a, op: embedding, rows: 8, width: 4}\n"),
              HasSubstr("reads a tensor [tokens], 'x' is [8, 4, 4]"));
}

TEST(ModelErrors, EmptyModels) {
  EXPECT_THAT(message_of("name: m\ninputs: {x: [8]}\nlayers: []\n"),
              HasSubstr("m.yaml:3:9: layers: a model needs at least one layer"));
  EXPECT_THAT(message_of("name: m\ninputs: {}\nlayers:\n- {name: a, op: relu}\n"),
              HasSubstr("a model needs at least one input"));
  EXPECT_THAT(message_of("[1, 2]"), HasSubstr("a mapping (key: value) is expected"));
  EXPECT_THAT(message_of(""), HasSubstr("m.yaml: is empty"));
}

std::string with_block(const std::string& block, const std::string& layers) {
  return "name: m\ninputs: {x: [8, 4, 4]}\nblocks:\n  b: " + block + "\nlayers:\n" + layers;
}

TEST(ModelErrors, Blocks) {
  const std::string simple = "{arguments: {c: required}, inputs: [x], layers: [{name: r, op: relu}]}";
  const std::string use = "- {name: u, block: b, arguments: {c: 1}}\n";
  EXPECT_EQ(message_of(with_block(simple, use)), "no error");
  EXPECT_THAT(layers_message("- {name: u, block: b}\n"), HasSubstr("the model defines no 'blocks'"));
  EXPECT_THAT(message_of(with_block(simple, "- {name: u, block: bb, arguments: {c: 1}}\n")),
              HasSubstr("m.yaml:6:20: layers[0].block: 'bb' is unknown; allowed: b; did you mean 'b'?"));
  EXPECT_THAT(message_of(with_block(simple, "- {name: u, block: b}\n")),
              HasSubstr("block 'b' needs the argument 'c'"));
  EXPECT_THAT(message_of(with_block(simple, "- {name: u, block: b, arguments: {c: 1, d: 2}}\n")),
              HasSubstr("layers[0].arguments.d: unknown key; allowed: c"));
  EXPECT_THAT(message_of(with_block(simple, "- {name: u, block: b, inputs: [x, x], arguments: {c: 1}}\n")),
              HasSubstr("block 'b' takes 1 input (x), 2 given"));
  EXPECT_THAT(message_of(with_block(simple, "- {name: u, block: b, first: 1, arguments: {c: 1}}\n")),
              HasSubstr("'first' numbers the uses of a 'count', which is missing"));
  EXPECT_THAT(message_of(with_block(simple, "- {name: u, block: b, count: 0, arguments: {c: 1}}\n")),
              HasSubstr("a size is at least 1, this is 0"));
  EXPECT_THAT(message_of(with_block(simple, "- {name: u, block: b, count: 1000000, arguments: {c: 1}}\n")),
              HasSubstr("at most 100000 is allowed"));
  EXPECT_THAT(message_of(with_block(simple, "- {name: u, op: relu}\n")),
              HasSubstr("m.yaml:4:6: blocks.b: block 'b' is never used"));
  EXPECT_THAT(message_of(with_block("{inputs: [x], layers: []}", use)),
              HasSubstr("a block needs at least one input and one layer"));
  EXPECT_THAT(message_of(with_block("{inputs: [x], outputs: [q], layers: [{name: r, op: relu}]}",
                                    "- {name: u, block: b}\n")),
              HasSubstr("m.yaml:6:3: layers[0]: no layer and no input of the model makes the tensor 'u.q'"));
  EXPECT_THAT(
      message_of(with_block("{inputs: [x], layers: [{name: r, block: b}]}", "- {name: u, block: b}\n")),
      HasSubstr("block 'b' uses itself: b -> b"));
  EXPECT_THAT(message_of(with_block("{inputs: [x], layers: [{name: r, op: relu, input: outer}]}",
                                    "- {name: outer, op: relu}\n- {name: u, block: b}\n")),
              HasSubstr("makes the tensor 'u.outer'"));
}

TEST(ModelErrors, ABlockMayBeLeftOut) {
  const std::string block = "{inputs: [x], layers: [{name: r, op: relu}]}";
  EXPECT_EQ(message_of(with_block(block, "- {name: u, block: b, when: false}\n- {name: a, op: relu}\n")),
            "no error");
}

TEST(ModelErrors, ModelsThatAreLikeThemselves) {
  const std::string path = testing::TempDir() + "inlay-like-itself.yaml";
  base::write_file(path, "name: m\nlike: inlay-like-itself.yaml\n");
  std::string message = "no error";
  try {
    load_model(path);
  } catch (const base::InputError& error) {
    message = error.what();
  }
  std::filesystem::remove(path);
  EXPECT_THAT(message,
              HasSubstr("inlay-like-itself.yaml:2:7: like: more than 8 models, each like the next one"));
}

TEST(ModelErrors, BlocksThatExplode) {
  std::string text =
      "name: m\ninputs: {x: [8]}\nblocks:\n  b0: {inputs: [x], layers: [{name: r, op: relu}]}\n";
  for (int i = 1; i <= 9; ++i) {
    text += "  b" + std::to_string(i) + ": {inputs: [x], layers: [{name: r, block: b" +
            std::to_string(i - 1) + ", count: 10}]}\n";
  }
  EXPECT_THAT(message_of(text + "layers:\n- {name: u, block: b9}\n"),
              HasSubstr("the model unrolls to more than 100000 layers"));
}

TEST(ModelErrors, UnknownModels) {
  const auto message = [](const std::string& name) -> std::string {
    try {
      load_model(name);
    } catch (const base::InputError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(message("resnet50"), HasSubstr("did you mean 'resnet-50'?"));
  EXPECT_THAT(message("missing/model.yaml"), HasSubstr("missing/model.yaml: no such file"));
  EXPECT_THAT(message_of("name: m\nlike: gpt2-smal\n"),
              AllOf(StartsWith("m.yaml:2:7: like: "), HasSubstr("did you mean 'gpt2-small'?")));
  EXPECT_THAT(message_of("name: m\nlike: gpt2-small\nparameters: {depht: 1}\n"),
              HasSubstr("the model has no parameter 'depht'"));
  EXPECT_THAT(message_of("name: m\nlike: gpt2-small\nlayers: []\n"),
              HasSubstr("m.yaml:3:1: layers: unknown key"));
}

}  // namespace
}  // namespace inlay::workload
