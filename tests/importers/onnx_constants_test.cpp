// The evaluator of constant sub-graphs and the shapes that follow from it. What it computes is seen in the
// shape of a tensor that is reshaped by the result; expected numbers are NumPy's, worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <numeric>

#include "support/imported_onnx.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using List = std::vector<std::int64_t>;

/// One element of a type that a tensor attribute holds.
onnx_writer::Attribute fill(std::int64_t value) {
  const Message tensor = Message().number(1, 1).number(2, kInt64).number(7, value);
  return {Message().text(1, "value").message(5, tensor).number(20, 4)};
}

std::string refusal(const Model& model, std::int64_t opset = 17, const ImportOptions& options = {}) {
  try {
    imported(model, opset, options);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

// Every F.pad, ZeroPad2d and reflection pad of PyTorch from opset 11 on (pytorch/pytorch#28259).
TEST(OnnxConstants, PaddingAsPyTorchWritesIt) {
  Model model;
  model.input("x", {1, 3, 8, 8}).weight("w", {8, 3, 3, 3});
  model.integers("given", {1, 1, 1, 1}).integers("missing", {4}).integers("pairs", {-1, 2});
  model.integers("start", {-1}).integers("end", {-9223372036854775807}).integers("axis", {0});
  model.integers("step", {-1}).integers("flat", {-1});
  model.node("ConstantOfShape", {"missing"}, {"zeros"}, {fill(0)});
  model.node("Concat", {"given", "zeros"}, {"all"}, {integer("axis", 0)});
  model.node("Reshape", {"all", "pairs"}, {"rows"});
  model.node("Slice", {"rows", "start", "end", "axis", "step"}, {"turned"});
  model.node("Transpose", {"turned"}, {"columns"}, {integers("perm", {1, 0})});
  model.node("Reshape", {"columns", "flat"}, {"list"}).node("Cast", {"list"}, {"pads"}, {integer("to", 7)});
  model.node("Pad", {"x", "pads"}, {"p"}).node("Conv", {"p", "w"}, {"y"}).output("y");
  const workload::Model result = imported(model);
  EXPECT_THAT(operators(result), ElementsAre("convolution"));
  EXPECT_EQ(convolution(result).out_height, 8);
  EXPECT_EQ(convolution(result).padding_x, 1);
  EXPECT_EQ(workload::macs(result), 8 * 8 * 8 * 27);
}

/// A node that makes elements of the constants below.
struct Step {
  const char* op;
  std::vector<std::string> inputs;
  std::vector<onnx_writer::Attribute> attributes;
  List expected;  // its first output, row by row; each at least 1
  std::int64_t opset = 17;
};

/// The elements that the importer computes, as the sizes to which a tensor of as many elements is reshaped.
List computed(const Step& step) {
  Model model;
  model.integers("a", {2, 3, 4, 5, 6, 7}, {2, 3}).integers("b", {1, 2, 3}).integers("c", {3, 1, 2});
  model.integers("0", {0}).integers("1", {1}).integers("2", {2}).integers("9", {9}).integers("-1", {-1});
  model.integers("-9", {-9}).integers("1 0 1", {1, 0, 1}).integers("2 1", {2, 1}).integers("2 3", {2, 3});
  model.integers("rows", {2, 0}, {2, 1}).integers("places", {0, 2, 1, 0}, {2, 2}).integers("new", {13, 11});
  model.integers("each", {2, 0, 1, 1, 1, 0}, {2, 3}).integers("pads", {0, 1, 1, 0}).integers("4 9", {4, 9});
  model.integers("minus", {-2, -3, -4})
      .whole("two", 2)
      .whole("three", 3)
      .whole("nine", 9)
      .integers("f", {-1});
  model.reals("halves", {0.5F, 1.5F, 2.5F}).reals("sizes30", {30, 10}).scalar("0.7", 0.7F).scalar("4.0", 4);
  model.node(step.op, step.inputs, {"m"}, step.attributes).node("Reshape", {"m", "f"}, {"list"});
  model.node("Cast", {"list"}, {"sizes"}, {integer("to", 7)});
  const auto all =
      std::accumulate(step.expected.begin(), step.expected.end(), std::int64_t{1}, std::multiplies<>());
  model.input("x", {all}).node("Reshape", {"x", "sizes"}, {"r"});
  model.input("z", {1}).node("Add", {"r", "z"}, {"y"}).output("y");
  return output(imported(model, step.opset));
}

void check(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    // A leading dimension of 1 is the batch, and is left out.
    const bool batch = step.expected.size() > 1 && step.expected[0] == 1;
    const List expected(step.expected.begin() + (batch ? 1 : 0), step.expected.end());
    EXPECT_EQ(computed(step), expected) << step.op << " of " << step.inputs[0];
  }
}

const onnx_writer::Attribute kSecondAxis = integer("axis", 1);

TEST(OnnxConstants, MovesOfAnyRank) {
  check({
      {"Transpose", {"a"}, {}, {2, 5, 3, 6, 4, 7}},
      {"Gather", {"a", "1 0 1"}, {}, {5, 6, 7, 2, 3, 4, 5, 6, 7}},
      {"Gather", {"a", "-1"}, {kSecondAxis}, {4, 7}},
      {"GatherElements", {"a", "each"}, {kSecondAxis}, {4, 2, 3, 6, 6, 5}},
      {"GatherND", {"a", "places"}, {}, {4, 5}},
      {"Slice", {"a", "-1", "-9", "1", "-1"}, {}, {4, 3, 2, 7, 6, 5}},
      {"Slice", {"a", "1", "9", "0"}, {}, {5, 6, 7}},
      {"Slice", {"a"}, {integers("starts", {-1}), integers("ends", {9}), integers("axes", {1})}, {4, 7}, 9},
      {"Tile", {"a", "2 1"}, {}, {2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6, 7}},
      {"Expand", {"b", "2 3"}, {}, {1, 2, 3, 1, 2, 3}},
      {"Concat", {"a", "a"}, {kSecondAxis}, {2, 3, 4, 2, 3, 4, 5, 6, 7, 5, 6, 7}},
      {"ScatterND", {"b", "rows", "new"}, {}, {11, 2, 13}},
      {"ScatterElements", {"b", "1 0 1", "c"}, {}, {1, 2, 3}},
      {"Pad", {"b", "2 1", "three"}, {}, {3, 3, 1, 2, 3, 3}},
      {"Pad", {"a", "pads", "nine"}, {}, {9, 2, 3, 4, 9, 5, 6, 7, 9, 9, 9, 9}},
      {"Split", {"a"}, {kSecondAxis, integers("split", {3})}, {2, 3, 4, 5, 6, 7}, 11},
      {"Compress", {"a", "1 0 1"}, {kSecondAxis}, {2, 4, 5, 7}},
      {"Compress", {"a", "1 0 1"}, {}, {2, 4}},
      {"Identity", {"a"}, {}, {2, 3, 4, 5, 6, 7}},
  });
}

TEST(OnnxConstants, NumbersOfAnyKind) {
  check({
      {"Add", {"a", "b"}, {}, {3, 5, 7, 6, 8, 10}},
      {"Sub", {"a", "1"}, {}, {1, 2, 3, 4, 5, 6}},
      {"Div", {"a", "2"}, {}, {1, 1, 2, 2, 3, 3}},
      {"Pow", {"b", "2"}, {}, {1, 4, 9}},
      {"Mod", {"minus", "9"}, {}, {7, 6, 5}},
      {"Min", {"a", "b", "2"}, {}, {1, 2, 2, 1, 2, 2}},
      {"Max", {"minus", "c", "2"}, {}, {3, 2, 2}},
      {"Abs", {"minus"}, {}, {2, 3, 4}},
      {"Neg", {"minus"}, {}, {2, 3, 4}},
      {"Clip", {"a", "three", "three"}, {}, {3, 3, 3, 3, 3, 3}},
      {"Ceil", {"halves"}, {}, {1, 2, 3}},
      // 10 * 0.7F is 7 in float32 and below 7 in float64.
      {"Mul", {"sizes30", "0.7"}, {}, {21, 7}},
      {"Range", {"two", "nine", "three"}, {}, {2, 5, 8}},
      {"ReduceProd", {"a"}, {integers("axes", {0}), integer("keepdims", 0)}, {10, 18, 28}},
      {"ReduceSum", {"a", "1"}, {}, {9, 18}},
      {"ReduceMax", {"a"}, {}, {7}},
      {"ReduceMean", {"sizes30"}, {}, {20}},
      {"ConstantOfShape", {"2 3"}, {fill(4)}, {4, 4, 4, 4, 4, 4}},
      {"CumSum", {"c", "0"}, {}, {3, 4, 6}},
      {"OneHot", {"b", "three", "4 9"}, {}, {4, 9, 4, 4, 4, 9, 4, 4, 4}},
  });
}

TEST(OnnxConstants, TruthValues) {
  Model model;  // 2 as a truth value and back is 1
  model.input("x", {1, 3, 16}).weight("w", {48, 5}).whole("two", 2).integers("rest", {-1});
  model.integers("0", {0});
  model.node("Cast", {"two"}, {"truth"}, {integer("to", 9)});
  model.node("Cast", {"truth"}, {"one"}, {integer("to", 7)});
  model.node("Unsqueeze", {"one", "0"}, {"first"});
  model.node("Concat", {"first", "rest"}, {"sizes"}, {integer("axis", 0)});
  model.node("Reshape", {"x", "sizes"}, {"r"}).node("MatMul", {"r", "w"}, {"y"}).output("y");
  EXPECT_EQ(workload::macs(imported(model)), 48 * 5);
  Model chosen;
  chosen.input("x", {6}).integers("a", {2, 5}).integers("b", {7, 3}).integers("c", {3, 3});
  chosen.node("Less", {"a", "c"}, {"less"}).node("Not", {"less"}, {"not"}).node("Not", {"not"}, {"again"});
  chosen.node("Where", {"again", "a", "b"}, {"sizes"}).node("Reshape", {"x", "sizes"}, {"r"});
  chosen.input("z", {1}).node("Add", {"r", "z"}, {"y"}).output("y");
  EXPECT_THAT(output(imported(chosen)), ElementsAre(2, 3));
  Model found;  // where a mask is true
  found.input("x", {1, 5}).integers("mask", {0, 1, 0, 1, 1}).node("NonZero", {"mask"}, {"places"});
  found.node("Shape", {"places"}, {"sizes"}).node("Expand", {"x", "sizes"}, {"y"}).output("y");
  EXPECT_THAT(refusal(found), HasSubstr("node 'y' (Expand): [ShapeInferenceError] Incompatible dimensions"));
}

// What a file can make the evaluator hold and do is limited, and what it leaves out is said.
TEST(OnnxConstants, AreLimited) {
  const auto begin = std::chrono::steady_clock::now();
  Model large;
  large.input("x", {1, 4}).whole("start", 0).whole("end", 1'000'000'000'000).whole("step", 1);
  large.integers("0", {0}).node("Range", {"start", "end", "step"}, {"r"}).node("NonZero", {"r"}, {"n"});
  large.node("ReduceMax", {"n"}, {"m"}, {integer("keepdims", 0)}).node("Unsqueeze", {"m", "0"}, {"size"});
  large.node("Expand", {"x", "size"}, {"y"}).output("y");
  EXPECT_THAT(refusal(large), HasSubstr("is only known when it runs"));
  Model many;  // 1000 times 60,000 elements
  many.input("x", {1, 1}).integers("shape", {60000}).integers("0", {0});
  many.node("ConstantOfShape", {"shape"}, {"c0"}, {fill(1)});
  for (int i = 0; i < 1000; ++i) {
    many.node("Neg", {"c" + std::to_string(i)}, {"c" + std::to_string(i + 1)});
  }
  many.node("ReduceSum", {"c1000"}, {"size"}, {integer("keepdims", 0)})
      .node("Unsqueeze", {"size", "0"}, {"s"});
  many.node("Expand", {"x", "s"}, {"y"}).output("y");
  EXPECT_THAT(refusal(many), HasSubstr("16777216 elements"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  Model outside;
  outside.input("x", {6}).integers("a", {2, 3}).integers("i", {2}).node("Gather", {"a", "i"}, {"s"});
  outside.node("Reshape", {"x", "s"}, {"y"}).output("y");
  EXPECT_THAT(refusal(outside), HasSubstr("node 's' (Gather): index 2 is not one of 2 elements"));
}

TEST(OnnxConstants, ShapesThatLibonnxDoesNotKnow) {
  Model hot;
  hot.input("i", {1, 16}, kInt64).integers("d", {257}).reals("v", {0, 1}).weight("w", {257, 64});
  hot.node("OneHot", {"i", "d", "v"}, {"o"}).node("MatMul", {"o", "w"}, {"y"}).output("y");
  EXPECT_EQ(gemm(imported(hot)), (GemmShape{16, 64, 257, 1, true}));
  Model squeezed;
  squeezed.input("x", {1, 4, 1, 5})
      .node("Squeeze", {"x"}, {"s"})
      .input("z", {1})
      .node("Add", {"s", "z"}, {"y"})
      .output("y");
  EXPECT_THAT(output(imported(squeezed, 12)), ElementsAre(4, 5));
  Model lstm;
  lstm.input("x", {10, 2, 8}).weight("w", {1, 64, 8}).weight("r", {1, 64, 16});
  lstm.node("LSTM", {"x", "w", "r"}, {"y"}).output("y");
  EXPECT_EQ(workload::macs(imported(lstm)), 20 * 64 * 24);
  for (const int type : {17, 22}) {  // float8, int4
    Model narrow;
    narrow.input("x", {4, 8}).weight("w", {8, 16}).node("Cast", {"x"}, {"q"}, {integer("to", type)});
    narrow.node("Cast", {"q"}, {"f"}, {integer("to", 1)}).node("MatMul", {"f", "w"}, {"y"}).output("y");
    const workload::Model result = imported(narrow, 21);
    EXPECT_EQ(workload::macs(result), 512);
    EXPECT_EQ(result.tensors.front().bits, type == 17 ? 8 : 4);
  }
  Model padded;
  padded.input("x", {1, 3, 8, 8}).weight("w", {4, 3, 3, 3}).integers("p", {1, 1, 1, 1});
  padded.integers("axes", {2, -1}).node("Pad", {"x", "p", "", "axes"}, {"q"});
  padded.node("Conv", {"q", "w"}, {"y"}).output("y");
  EXPECT_THAT(operators(imported(padded, 18)), ElementsAre("convolution"));
}

TEST(OnnxConstants, SizesOfZeroAreRefusedBeforeAnyRule) {
  Model product;
  product.input("x", {4, 8}).weight("w", {8, 0}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  EXPECT_THAT(refusal(product), HasSubstr("node 'y' (MatMul): its input 'w' is [8, 0]: a dimension of 0"));
  Model made;
  made.input("x", {4, 8}).integers("s", {8, 0}).node("ConstantOfShape", {"s"}, {"w"});
  made.node("Gemm", {"x", "w"}, {"y"}).output("y");
  EXPECT_THAT(refusal(made), HasSubstr("(Gemm): its input 'w' is [8, 0]"));
  ImportOptions unknown;
  unknown.unknown_as_vector = true;
  Model strange;
  strange.input("x", {1, 4, 5, 5}).weight("w", {0, 4, 3, 3}).node("Strange", {"w"}, {"v"}, {}, "some");
  strange.node("Conv", {"x", "v"}, {"y"}).output("y");
  EXPECT_THAT(refusal(strange, 17, unknown), HasSubstr("a dimension of 0"));
  Model joined;  // a cache that is empty at first
  joined.input("x", {1, 4, 5}).weight("past", {1, 0, 5});
  joined.node("Concat", {"past", "x"}, {"c"}, {integer("axis", 1)})
      .input("z", {1})
      .node("Add", {"c", "z"}, {"y"})
      .output("y");
  EXPECT_THAT(output(imported(joined)), ElementsAre(4, 5));
  Model listed;  // regions of a Resize that has none
  listed.input("x", {1, 3, 4, 4}).reals("roi", {}).reals("scales", {1, 1, 2, 2});
  listed.node("Resize", {"x", "roi", "scales"}, {"y"}).output("y");
  EXPECT_THAT(output(imported(listed)), ElementsAre(3, 8, 8));
}

}  // namespace
}  // namespace inlay::importers
