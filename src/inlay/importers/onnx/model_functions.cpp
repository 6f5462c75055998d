#include "inlay/importers/onnx/model_functions.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include "inlay/base/error.hpp"
#include "inlay/importers/onnx/proto_scope.hpp"

namespace inlay::importers::onnx_graph {
namespace {

constexpr int kDeepestCalls = 64;

using Functions = std::map<std::pair<std::string, std::string>, const onnx::FunctionProto*>;

class Inliner {
 public:
  Inliner(const onnx::ModelProto& model, const std::string& file) : file_(file) {
    for (const onnx::FunctionProto& function : model.functions()) {
      functions_.emplace(std::pair(function.domain(), function.name()), &function);
    }
  }

  /// The graph's nodes anew, those of functions in the place of their calls.
  void expand(onnx::GraphProto& graph, int depth) {
    google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
    nodes.Swap(graph.mutable_node());
    for (onnx::NodeProto& node : nodes) {
      const auto found = functions_.find({node.domain(), node.op_type()});
      if (found != functions_.end()) {
        call(node, *found->second, depth, graph);
        continue;
      }
      for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
        if (attribute.has_g()) {
          expand(*attribute.mutable_g(), depth);
        }
        for (onnx::GraphProto& inner : *attribute.mutable_graphs()) {
          expand(inner, depth);
        }
      }
      if (++nodes_ > kMostExpandedNodes) {
        throw base::InputError(
            fmt::format("{}: more than {} nodes once its functions are inlined", file_, kMostExpandedNodes));
      }
      graph.add_node()->Swap(&node);
    }
  }

 private:
  void call(const onnx::NodeProto& node, const onnx::FunctionProto& function, int depth,
            onnx::GraphProto& graph) {
    if (depth > kDeepestCalls) {
      throw base::InputError(fmt::format("{}: functions call each other more than {} deep, the last is '{}'",
                                         file_, kDeepestCalls, function.name()));
    }
    if (node.input_size() > function.input_size() || node.output_size() > function.output_size()) {
      throw base::InputError(fmt::format(
          "{}: node '{}' has more inputs or outputs than its function '{}'", file_,
          node.name().empty() && node.output_size() > 0 ? node.output(0) : node.name(), function.name()));
    }
    onnx::GraphProto body;
    *body.mutable_node() = function.node();
    for (onnx::NodeProto& inner : *body.mutable_node()) {
      set_attributes(node, inner);
    }
    Renames renames;
    for (int i = 0; i < function.input_size(); ++i) {
      renames[function.input(i)] = i < node.input_size() ? node.input(i) : "";
    }
    for (int i = 0; i < node.output_size(); ++i) {
      if (!node.output(i).empty() && renames.count(function.output(i)) == 0) {
        renames[function.output(i)] = node.output(i);
      }
    }
    add_made_values(body, fmt::format("{}#{}/", function.name(), ++calls_), renames);
    onnx::GraphProto copy;
    copy_body(body, renames, node.name().empty() ? "" : node.name() + "/", copy);
    for (int i = 0; i < node.output_size(); ++i) {  // an input that is handed through
      const auto found = renames.find(function.output(i));
      if (!node.output(i).empty() && found != renames.end() && found->second != node.output(i)) {
        add_identity(found->second, node.output(i), copy);
      }
    }
    expand(copy, depth + 1);
    for (onnx::NodeProto& inner : *copy.mutable_node()) {
      graph.add_node()->Swap(&inner);
    }
  }

  /// An attribute of the body may stand for one of the call; without that it has the operator's default.
  void set_attributes(const onnx::NodeProto& call, onnx::NodeProto& inner) const {
    google::protobuf::RepeatedPtrField<onnx::AttributeProto> attributes;
    attributes.Swap(inner.mutable_attribute());
    for (onnx::AttributeProto& attribute : attributes) {
      if (attribute.ref_attr_name().empty()) {
        if (attribute.has_g()) {
          for (onnx::NodeProto& node : *attribute.mutable_g()->mutable_node()) {
            set_attributes(call, node);
          }
        }
        inner.add_attribute()->Swap(&attribute);
        continue;
      }
      for (const onnx::AttributeProto& given : call.attribute()) {
        if (given.name() == attribute.ref_attr_name()) {
          onnx::AttributeProto& copy = *inner.add_attribute();
          copy = given;
          copy.set_name(attribute.name());
        }
      }
    }
  }

  const std::string& file_;
  Functions functions_;
  int nodes_ = 0;
  int calls_ = 0;
};

}  // namespace

void inline_functions(onnx::ModelProto& model, const std::string& file) {
  if (model.functions_size() > 0) {
    Inliner(model, file).expand(*model.mutable_graph(), 0);
  }
}

}  // namespace inlay::importers::onnx_graph
