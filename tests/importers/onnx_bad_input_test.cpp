// Files that are wrong, hostile or too large: what the user is told, and that it takes neither time nor
// memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/importers/importer.hpp"
#include "inlay/importers/onnx/onnx_model.hpp"
#include "inlay/workload/model_file.hpp"
#include "support/onnx_networks.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal(const std::string& bytes, const ImportOptions& options = {}) {
  try {
    onnx_yaml(bytes, "bad.onnx", "bad.onnx", options);
  } catch (const base::InputError& error) {
    return error.what();
  } catch (const base::OverflowError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(OnnxBadInput, EveryTruncationIsToldOrRead) {
  const std::string bytes = chain(6);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(refusal(bytes.substr(0, size)), HasSubstr("bad.onnx: ")) << size;
  }
}

TEST(OnnxBadInput, WhatIsNoModel) {
  EXPECT_THAT(refusal("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("not an ONNX model"));
  EXPECT_THAT(refusal(Message().number(1, 8).bytes()), HasSubstr("no graph"));
  EXPECT_THAT(refusal(std::string(100, '\xff')), HasSubstr("not an ONNX model, at byte"));
  Model empty;
  EXPECT_THAT(refusal(empty.input("x", {1}).bytes()), HasSubstr("no outputs"));
  Model old;
  old.input("x", {1, 2}).node("Relu", {"x"}, {"y"}).output("y");
  EXPECT_THAT(refusal(old.bytes(3)), HasSubstr("opset 3 is not read"));
}

TEST(OnnxBadInput, SizesThatAreNotSetAreNamed) {
  Model model;
  model.input("x", {"batch", "sequence", 8}).node("Relu", {"x"}, {"y"}).output("y");
  EXPECT_THAT(refusal(model.bytes()), AllOf(HasSubstr("--dim batch=1"), HasSubstr("--dim sequence=1")));
  const ImportOptions wrong = {{{"batch", 1}, {"sequence", 4}, {"sequenec", 5}}, {}, false, 0, 0};
  EXPECT_THAT(refusal(model.bytes(), wrong),
              AllOf(HasSubstr("'sequenec'"), HasSubstr("did you mean 'sequence'")));
}

TEST(OnnxBadInput, AllUnknownOperatorsAreListed) {
  Model model;
  model.input("x", {1, 4}).node("Wobble", {"x"}, {"a"}, {}, "com.example").node("Relu", {"a"}, {"b"});
  model.node("If", {"b"}, {"y"}).output("y");
  model.node("Twist", {"b"}, {"t"}).output("t");
  EXPECT_THAT(refusal(model.bytes()),
              AllOf(HasSubstr("com.example.Wobble (node 'a')"), HasSubstr("Twist (node 't')")));
  EXPECT_EQ(refusal(model.bytes(), {{}, {}, true, 0, 0}), "accepted");
}

TEST(OnnxBadInput, GraphsThatDoNotHangTogether) {
  Model cycle;
  cycle.input("x", {1, 4}).node("Add", {"x", "b"}, {"a"}).node("Relu", {"a"}, {"b"}).output("b");
  EXPECT_THAT(refusal(cycle.bytes()), AllOf(HasSubstr("cycle"), HasSubstr("a, b")));
  Model missing;
  missing.input("x", {1, 4}).node("Add", {"x", "nothing"}, {"y"}).output("y");
  EXPECT_THAT(refusal(missing.bytes()), HasSubstr("it reads 'nothing', which nothing makes"));
  Model twice;
  twice.input("x", {1, 4}).node("Relu", {"x"}, {"y"}).node("Tanh", {"x"}, {"y"}).output("y");
  EXPECT_THAT(refusal(twice.bytes()), HasSubstr("'y' is made twice"));
  Model apart;
  apart.input("x", {1, 4}).weight("w", {4}).node("Relu", {"w"}, {"y"}).output("y");
  EXPECT_THAT(refusal(apart.bytes()), HasSubstr("does not depend on any input"));
}

TEST(OnnxBadInput, OutputsThatAreNoTensorsOfAModel) {
  Model model;
  model.input("x", {1, 3, 8, 8}).node("Dropout", {"x"}, {"p", "kept"});
  model.node("Cast", {"kept"}, {"k"}, {integer("to", kFloat)}).node("Add", {"p", "k"}, {"y"}).output("y");
  EXPECT_THAT(refusal(model.bytes()),
              AllOf(HasSubstr("'p' (Dropout)"), HasSubstr("output 1 ('kept') is not supported")));
}

TEST(OnnxBadInput, GemmWantsMatrices) {
  for (const std::int64_t opset : {6, 7, 17}) {
    Model model;
    model.input("x", {1, 4})
        .weight("w", {4})
        .weight("b", {4})
        .node("Gemm", {"x", "w", "b"}, {"y"})
        .output("y");
    EXPECT_THAT(refusal(model.bytes(opset)), HasSubstr("matrices are expected")) << opset;
  }
}

TEST(OnnxBadInput, NodesInAnyOrderAreRead) {
  Model model;
  model.input("x", {1, 4}).node("Relu", {"a"}, {"y"}).node("Tanh", {"x"}, {"a"}).output("y");
  EXPECT_EQ(refusal(model.bytes()), "accepted");
}

TEST(OnnxBadInput, AbsurdSizes) {
  const std::int64_t huge = std::int64_t{1} << 40;
  Model product;
  product.input("x", {1, huge, huge}).node("Relu", {"x"}, {"y"}).output("y");
  EXPECT_THAT(refusal(product.bytes()), HasSubstr("overflow"));
  Model negative;
  negative.input("x", {1, 4}).weight("w", {-4, 4}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  EXPECT_THAT(refusal(negative.bytes()), HasSubstr("dimension of -4"));
  Model window;
  window.input("x", {1, 3, 8, 8}).weight("w", {4, 3, 3, 3});
  window.node("Conv", {"x", "w"}, {"y"}, {integers("strides", {0, 0})}).output("y");
  EXPECT_THAT(refusal(window.bytes()), AllOf(HasSubstr("'y' (Conv)"), HasSubstr("strides")));
  Model channels;
  channels.input("x", {1, 5, 8, 8}).weight("w", {4, 3, 3, 3}).node("Conv", {"x", "w"}, {"y"}).output("y");
  EXPECT_THAT(refusal(channels.bytes()), HasSubstr("do not fit an input of 5"));
  Model many;
  many.input("x", {1, 8}).integers("many", {huge}).node("ConstantOfShape", {"many"}, {"c"});
  many.node("Add", {"x", "c"}, {"y"}).output("y");
  EXPECT_NE(refusal(many.bytes()), "accepted");
}

TEST(OnnxBadInput, ExternalDataStayInTheFolder) {
  for (const char* place : {"/etc/passwd", "../secret.bin", "weights/../../secret.bin"}) {
    Model model;
    model.input("x", {1, 4});
    const Message entry = Message().text(1, "location").text(2, place);
    model.graph().message(
        5, Message().number(1, 4).number(1, 4).number(2, 1).text(8, "w").message(13, entry).number(14, 1));
    model.node("MatMul", {"x", "w"}, {"y"}).output("y");
    EXPECT_THAT(refusal(model.bytes()), AllOf(HasSubstr("outside of the model's folder"), HasSubstr(place)));
  }
}

TEST(OnnxBadInput, DeepNestingIsRefused) {
  Message graph;
  for (int i = 0; i < 5000; ++i) {
    const Message attribute = Message().text(1, "body").message(6, graph).number(20, 5);
    graph = Message().message(1, Message().text(4, "If").message(5, attribute));
  }
  EXPECT_THAT(refusal(Message().message(7, graph).bytes()), HasSubstr("nested deeper"));
}

TEST(OnnxBadInput, LongChainsOfViewsAreRead) {
  Model model;
  model.input("x", {1, 4}).weight("w", {4, 4}).node("MatMul", {"x", "w"}, {"v0"});
  for (int i = 0; i < 20'000; ++i) {
    model.node("Identity", {"v" + std::to_string(i)}, {"v" + std::to_string(i + 1)});
  }
  model.node("Relu", {"v20000"}, {"y"}).output("y");
  EXPECT_EQ(refusal(model.bytes()), "accepted");
}

/// A file of 3 GB whose weights nobody has written: a hole in the file. Reading it would take its size in
/// memory.
TEST(OnnxBadInput, LargeWeightsAreNotRead) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "inlay-large.onnx";
  const std::int64_t content = std::int64_t{3} << 30U;
  // The graph is written by hand around the hole: lengths count the content.
  const auto header = [](std::uint64_t field, std::size_t length) {
    const std::string text = Message().text(field, "").bytes();
    std::string result = text.substr(0, text.size() - 1);
    for (std::size_t left = length;; left >>= 7U) {
      if (left < 0x80U) {
        return result + static_cast<char>(left);
      }
      result += static_cast<char>(left | 0x80U);
    }
  };
  const auto size = static_cast<std::size_t>(content);
  const std::string tensor_head =
      Message().number(1, content / 4 / 1024).number(1, 1024).number(2, 1).text(8, "w").bytes() +
      header(9, size);
  const std::size_t tensor_size = tensor_head.size() + size;
  Model rest;
  rest.input("x", {1, content / 4 / 1024}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  const std::string graph_head = rest.graph().bytes() + header(5, tensor_size);
  const std::string model_head =
      Message().number(1, 8).message(8, Message().text(1, "").number(2, 17)).bytes() +
      header(7, graph_head.size() + tensor_size);
  {
    std::ofstream file(path, std::ios::binary);
    file << model_head << graph_head << tensor_head;
  }
  std::filesystem::resize_file(path, model_head.size() + graph_head.size() + tensor_size);
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const workload::Model model = workload::parse_model(import_model(path), "large.yaml");
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  std::filesystem::remove(path);
  EXPECT_EQ(workload::parameters(model), content / 4);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 200'000);  // kB
}

}  // namespace
}  // namespace inlay::importers
