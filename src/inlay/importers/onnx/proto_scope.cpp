#include "inlay/importers/onnx/proto_scope.hpp"

#include <onnx/onnx_pb.h>

namespace inlay::importers::onnx_graph {
namespace {

const std::string& renamed(const std::string& name, const Renames& renames) {
  const auto found = renames.find(name);
  return name.empty() || found == renames.end() ? name : found->second;
}

void rename_list(google::protobuf::RepeatedPtrField<std::string>& names, const Renames& renames) {
  for (std::string& name : names) {
    name = renamed(name, renames);
  }
}

/// References to values outside of the subgraph; its own names stay.
void rename_outside(onnx::GraphProto& graph, Renames renames) {
  for (const onnx::ValueInfoProto& input : graph.input()) {
    renames.erase(input.name());
  }
  for (const onnx::TensorProto& tensor : graph.initializer()) {
    renames.erase(tensor.name());
  }
  for (const onnx::NodeProto& node : graph.node()) {
    for (const std::string& output : node.output()) {
      renames.erase(output);
    }
  }
  for (onnx::NodeProto& node : *graph.mutable_node()) {
    rename_values(node, renames);
  }
  for (onnx::ValueInfoProto& output : *graph.mutable_output()) {
    output.set_name(renamed(output.name(), renames));
  }
}

}  // namespace

void add_made_values(const onnx::GraphProto& body, const std::string& prefix, Renames& renames) {
  const auto add = [&](const std::string& name) {
    if (!name.empty()) {
      renames.emplace(name, prefix + name);
    }
  };
  for (const onnx::TensorProto& tensor : body.initializer()) {
    add(tensor.name());
  }
  for (const onnx::SparseTensorProto& tensor : body.sparse_initializer()) {
    add(tensor.values().name());
  }
  for (const onnx::NodeProto& node : body.node()) {
    for (const std::string& output : node.output()) {
      add(output);
    }
  }
}

void rename_values(onnx::NodeProto& node, const Renames& renames) {
  rename_list(*node.mutable_input(), renames);
  rename_list(*node.mutable_output(), renames);
  for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.has_g()) {
      rename_outside(*attribute.mutable_g(), renames);
    }
    for (onnx::GraphProto& graph : *attribute.mutable_graphs()) {
      rename_outside(graph, renames);
    }
  }
}

void copy_body(const onnx::GraphProto& body, const Renames& renames, const std::string& node_prefix,
               onnx::GraphProto& graph) {
  for (const onnx::TensorProto& tensor : body.initializer()) {
    *graph.add_initializer() = tensor;
    graph.mutable_initializer()->rbegin()->set_name(renamed(tensor.name(), renames));
  }
  for (const onnx::SparseTensorProto& tensor : body.sparse_initializer()) {
    onnx::SparseTensorProto& copy = *graph.add_sparse_initializer();
    copy = tensor;
    copy.mutable_values()->set_name(renamed(tensor.values().name(), renames));
  }
  for (const onnx::ValueInfoProto& info : body.value_info()) {
    if (renames.count(info.name()) > 0) {
      onnx::ValueInfoProto& copy = *graph.add_value_info();
      copy = info;
      copy.set_name(renamed(info.name(), renames));
    }
  }
  for (const onnx::NodeProto& node : body.node()) {
    onnx::NodeProto& copy = *graph.add_node();
    copy = node;
    if (!node.name().empty()) {
      copy.set_name(node_prefix + node.name());
    }
    rename_values(copy, renames);
  }
}

void add_outside_values(const onnx::GraphProto& graph, std::set<std::string> known,
                        std::set<std::string>& outside) {
  Renames made;
  add_made_values(graph, "", made);
  for (const auto& [name, same] : made) {
    known.insert(name);
  }
  for (const onnx::ValueInfoProto& input : graph.input()) {
    known.insert(input.name());
  }
  const auto read = [&](const std::string& name) {
    if (!name.empty() && known.count(name) == 0) {
      outside.insert(name);
    }
  };
  for (const onnx::NodeProto& node : graph.node()) {
    for (const std::string& input : node.input()) {
      read(input);
    }
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (attribute.has_g()) {
        add_outside_values(attribute.g(), known, outside);
      }
    }
  }
  for (const onnx::ValueInfoProto& output : graph.output()) {
    read(output.name());
  }
}

void add_identity(const std::string& from, const std::string& to, onnx::GraphProto& graph) {
  onnx::NodeProto& node = *graph.add_node();
  node.set_op_type("Identity");
  node.add_input(from);
  node.add_output(to);
}

}  // namespace inlay::importers::onnx_graph
