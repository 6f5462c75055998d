// Functions of the model, and nodes with subgraphs whose work is known before it runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/imported_onnx.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string refusal(const Model& model) {
  try {
    imported(model);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(OnnxSubgraphs, FunctionsAreInlined) {
  Model twice;  // calls another function, whose stride the call says
  twice.node("Block", {"a", "f"}, {"b"}, {of_call("step", "first", 2)}, "my");
  twice.node("Block", {"b", "f"}, {"c"}, {integer("step", 1)}, "my");
  Model block;
  block.node("Conv", {"x", "w"}, {"h"}, {integers("pads", {1, 1, 1, 1})}).node("Relu", {"h"}, {"y"});
  Model model;
  model.input("x", {1, 4, 8, 8}).weight("w", {4, 4, 3, 3});
  model.function("Block", {"x", "w"}, {"y"}, {"step"}, block);
  model.function("Twice", {"a", "f"}, {"c"}, {"first"}, twice);
  model.node("Twice", {"x", "w"}, {"y"}, {integer("first", 2)}, "my");
  const workload::Model result = imported(model.output("y"));
  EXPECT_THAT(operators(result), ElementsAre("convolution", "relu", "convolution", "relu"));
  EXPECT_EQ(workload::macs(result), 2 * 64 * 4 * 36);
}

TEST(OnnxSubgraphs, AttributesOfACallReachItsNodes) {
  Model gemm;
  gemm.node("Gemm", {"a", "b"}, {"c"}, {of_call("transB", "turned", 2)});
  for (const std::int64_t turned : {0, 1}) {
    Model model;
    model.input("x", {3, 8})
        .weight("w", turned == 1 ? std::vector<std::int64_t>{5, 8} : std::vector<std::int64_t>{8, 5});
    model.function("Product", {"a", "b"}, {"c"}, {"turned"}, gemm);
    model.node("Product", {"x", "w"}, {"y"}, {integer("turned", turned)}, "my");
    EXPECT_EQ(workload::macs(imported(model.output("y"))), 3 * 8 * 5);
  }
  Model default_value;  // without the attribute the operator has its own default
  default_value.input("x", {3, 8})
      .weight("w", {8, 5})
      .function("Product", {"a", "b"}, {"c"}, {"turned"}, gemm);
  default_value.node("Product", {"x", "w"}, {"y"}, {}, "my").output("y");
  EXPECT_EQ(workload::macs(imported(default_value)), 3 * 8 * 5);
}

TEST(OnnxSubgraphs, FunctionsThatCallThemselvesAreRefused) {
  Model body;
  body.node("Round", {"x"}, {"y"}, {}, "my");
  Model model;
  model.input("x", {1, 4}).function("Round", {"x"}, {"y"}, {}, body).node("Round", {"x"}, {"y"}, {}, "my");
  EXPECT_THAT(refusal(model.output("y")), HasSubstr("functions call each other more than 64 deep"));
}

/// A branch that multiplies `x` by weights of so many columns.
Model branch(std::int64_t columns, const std::string& name) {
  Model graph;
  graph.weight("w", {8, columns}).node("MatMul", {"x", "w"}, {name}).output(name);
  return graph;
}

TEST(OnnxSubgraphs, AConditionThatFollowsFromShapesTakesItsBranch) {
  for (const std::int64_t rows : {1, 3}) {
    Model model;
    model.input("x", {rows, 8}).integers("one", {1}).whole("zero", 0).node("Shape", {"x"}, {"s"});
    model.node("Gather", {"s", "zero"}, {"n"}).node("Equal", {"n", "one"}, {"c"});
    model.node("If", {"c"}, {"h"},
               {branch(5, "a").attribute("then_branch"), branch(7, "a").attribute("else_branch")});
    const workload::Model result = imported(model.node("Relu", {"h"}, {"y"}).output("y"));
    EXPECT_EQ(workload::macs(result), rows * 8 * (rows == 1 ? 5 : 7));
    EXPECT_THAT(operators(result), ElementsAre("gemm", "relu"));
  }
}

TEST(OnnxSubgraphs, BranchesFollowFromBranches) {
  Model inner;
  inner.node("If", {"c"}, {"i"},
             {branch(5, "a").attribute("then_branch"), branch(7, "a").attribute("else_branch")});
  inner.output("i");
  Model outside;  // a value of the graph outside is a branch's result
  outside.output("x");
  Model model;
  model.input("x", {3, 8})
      .integers("c", {1})
      .integers("no", {0})
      .node("Cast", {"no"}, {"d"}, {integer("to", 9)});
  model.node("If", {"d"}, {"z"}, {branch(2, "q").attribute("then_branch"), outside.attribute("else_branch")});
  model.node("If", {"c"}, {"h"}, {inner.attribute("then_branch"), outside.attribute("else_branch")});
  model.weight("v", {8, 5}).node("MatMul", {"z", "v"}, {"p"}).node("Add", {"h", "p"}, {"y"});
  EXPECT_EQ(workload::macs(imported(model.output("y"))), 3 * 8 * 5 * 2);
}

TEST(OnnxSubgraphs, ConditionsOfTheInputsAreRefused) {
  Model model;
  model.input("x", {3, 8}).input("c", {1}, 9);
  model.node("If", {"c"}, {"y"},
             {branch(5, "a").attribute("then_branch"), branch(7, "a").attribute("else_branch")});
  EXPECT_THAT(refusal(model.output("y")),
              AllOf(HasSubstr("node 'y' (If): which branch it takes is only known when it runs"),
                    HasSubstr("export the model with a constant condition")));
}

Model loop_body() {
  Model body;  // state = relu(state W + x); the list is of the states
  body.input("i", {}, kInt64).input("go", {}, 9).input("state", {1, 8}).weight("w", {8, 8});
  body.node("Identity", {"go"}, {"on"}).node("MatMul", {"state", "w"}, {"m"}).node("Add", {"m", "x"}, {"a"});
  body.node("Relu", {"a"}, {"next"}).node("Identity", {"next"}, {"item"});
  body.output("on").output("next").output("item");
  return body;
}

TEST(OnnxSubgraphs, LoopsAreUnrolled) {
  for (const std::int64_t opset : {11, 17}) {
    Model model;
    model.input("x", {1, 8})
        .whole("n", 5)
        .node("Loop", {"n", "", "x"}, {"last", "all"}, {loop_body().attribute("body")});
    const workload::Model result = imported(model.output("last").output("all"), opset);
    EXPECT_EQ(workload::macs(result), 5 * 64);
    EXPECT_EQ(output(result), (std::vector<std::int64_t>{5, 1, 8}));
    EXPECT_THAT(result.layers[0].name, HasSubstr("last/0/m"));
  }
  Model none;
  none.input("x", {1, 8})
      .whole("n", 0)
      .node("Loop", {"n", "", "x"}, {"last", ""}, {loop_body().attribute("body")});
  EXPECT_THAT(operators(imported(none.node("Relu", {"last"}, {"y"}).output("y"))), ElementsAre("relu"));
}

TEST(OnnxSubgraphs, LoopsOfUnknownLengthAreNamed) {
  Model open;
  open.input("x", {1, 8})
      .input("n", {}, kInt64)
      .node("Loop", {"n", "", "x"}, {"y", ""}, {loop_body().attribute("body")});
  EXPECT_THAT(refusal(open.output("y")),
              AllOf(HasSubstr("node 'y' (Loop): how often it runs"),
                    HasSubstr("export the model with a fixed number of iterations")));
  Model searching;  // its body says when it ends
  Model body;
  body.input("i", {}, kInt64).input("go", {}, 9).input("state", {1, 8}).scalar("limit", 3);
  body.node("ReduceSum", {"state"}, {"s"})
      .node("Less", {"s", "limit"}, {"on"})
      .node("Exp", {"state"}, {"next"});
  body.output("on").output("next");
  searching.input("x", {1, 8}).whole("n", 5).node("Loop", {"n", "", "x"}, {"y"}, {body.attribute("body")});
  EXPECT_THAT(refusal(searching.output("y")), HasSubstr("what it computes says whether it goes on"));
  Model endless;
  endless.input("x", {1, 8}).whole("n", 1'000'000);
  endless.node("Loop", {"n", "", "x"}, {"y", ""}, {loop_body().attribute("body")});
  EXPECT_THAT(refusal(endless.output("y")), HasSubstr("its 1000000 iterations are more than the 1024"));
}

TEST(OnnxSubgraphs, ScansAreUnrolled) {
  for (const std::int64_t backward : {0, 1}) {
    Model body;  // h = tanh([h, x] W)
    body.input("h", {2, 4}).input("step", {2, 3}).weight("w", {7, 4});
    body.node("Concat", {"h", "step"}, {"c"}, {integer("axis", 1)}).node("MatMul", {"c", "w"}, {"m"});
    body.node("Tanh", {"m"}, {"next"}).node("Identity", {"next"}, {"item"}).output("next").output("item");
    Model model;
    model.input("h0", {2, 4}).input("x", {2, 6, 3});
    model.node("Scan", {"h0", "x"}, {"last", "all"},
               {body.attribute("body"), integer("num_scan_inputs", 1), integers("scan_input_axes", {1}),
                integers("scan_output_axes", {1}), integers("scan_input_directions", {backward})});
    const workload::Model result = imported(model.output("last").output("all"));
    EXPECT_EQ(workload::macs(result), 6 * 2 * 7 * 4);
    EXPECT_EQ(output(result), (std::vector<std::int64_t>{2, 6, 4}));
  }
}

}  // namespace
}  // namespace inlay::importers
