// A model's bytes as a graph: functions are inlined, and subgraphs expanded pass by pass, as each may be what
// makes the next one's condition known.
#include "inlay/importers/onnx/read_graph.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include "inlay/base/error.hpp"
#include "inlay/importers/onnx/model_functions.hpp"
#include "inlay/importers/onnx/without_weights.hpp"

namespace inlay::importers::onnx_graph {
namespace {

constexpr int kMostPasses = 256;

onnx::ModelProto parsed(std::string_view bytes, const std::string& file) {
  onnx::ModelProto model;
  if (!model.ParseFromString(without_weights(bytes, file))) {
    throw base::InputError(fmt::format("{}: not an ONNX model: its messages do not have ONNX's form", file));
  }
  if (!model.has_graph()) {
    throw base::InputError(fmt::format("{}: not an ONNX model: there is no graph in it", file));
  }
  return model;
}

}  // namespace

Graph read_graph(std::string_view bytes, const std::string& file, const ReadOptions& options) {
  onnx::ModelProto model = parsed(bytes, file);
  inline_functions(model, file);
  for (int pass = 0; pass < kMostPasses; ++pass) {
    Declared declared = declared_graph(model, file);
    const std::vector<Expansion> expansions = infer_shapes(declared, options);
    if (expansions.empty()) {
      return std::move(declared.graph);
    }
    expand_subgraphs(model, expansions, declared.graph.opset, file);
  }
  throw base::InputError(
      fmt::format("{}: more than {} branches and loops follow from each other", file, kMostPasses));
}

}  // namespace inlay::importers::onnx_graph
