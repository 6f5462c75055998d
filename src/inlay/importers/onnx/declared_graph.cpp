// Reads protobuf messages of ONNX: a model as the structs of graph.hpp.
#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>
#include <unordered_map>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/importers/onnx/node_order.hpp"
#include "inlay/importers/onnx/proto_scope.hpp"
#include "inlay/importers/onnx/quantisers.hpp"
#include "inlay/importers/onnx/read_graph.hpp"
#include "inlay/importers/onnx/tensor_content.hpp"

namespace inlay::importers::onnx_graph {
namespace {

constexpr std::int64_t kOldestOpset = 6;
constexpr int kMostNodes = 1'000'000;

class Reader {
 public:
  Reader(const onnx::ModelProto& model, const std::string& file) : file_(file), model_(model) {}

  Declared read() {
    Graph& graph = result_.graph;
    graph.file = file_;
    graph.name = model_.graph().name();
    graph.producer = model_.producer_name();
    graph.opset = opset();
    if (model_.graph().node_size() > kMostNodes) {
      fail(fmt::format("more than {} nodes", kMostNodes));
    }
    read_stored_tensors();
    read_inputs();
    read_nodes();
    read_declarations();
    read_outputs();
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw base::InputError(fmt::format("{}: {}", file_, message));
  }

  std::int64_t opset() const {
    std::int64_t version = 0;
    for (const onnx::OperatorSetIdProto& import : model_.opset_import()) {
      if (import.domain().empty() || import.domain() == "ai.onnx") {
        version = import.version();
      }
    }
    if (version < kOldestOpset) {
      fail(version == 0 ? "the model does not say which opset its operators are of"
                        : fmt::format("opset {} is not read; opsets {} to 21 are, and later ones where they "
                                      "use nothing new",
                                      version, kOldestOpset));
    }
    return version;
  }

  int value_of(const std::string& name) {
    const auto [entry, is_new] = ids_.emplace(name, static_cast<int>(result_.graph.values.size()));
    if (is_new) {
      result_.graph.values.emplace_back();
      result_.graph.values.back().name = name;
    }
    return entry->second;
  }

  /// A value that is made here, and nowhere else.
  int new_value(const std::string& name, const char* what) {
    const int id = value_of(name);
    if (!made_.insert(id).second) {
      fail(fmt::format("{} '{}' is made twice", what, name));
    }
    return id;
  }

  void check_external(const onnx::TensorProto& tensor) const {
    for (const onnx::StringStringEntryProto& entry : tensor.external_data()) {
      if (entry.key() != "location") {
        continue;
      }
      const std::filesystem::path place = std::filesystem::path(entry.value()).lexically_normal();
      if (place.is_absolute() || (!place.empty() && *place.begin() == "..") ||
          entry.value().find('\\') != std::string::npos) {
        fail(fmt::format("tensor '{}' keeps its data in '{}', outside of the model's folder: refused",
                         tensor.name(), entry.value()));
      }
    }
  }

  StoredTensor stored(const onnx::TensorProto& tensor, const std::string& name) const {
    check_external(tensor);
    StoredTensor result;
    result.type = tensor.data_type();
    result.shape.assign(tensor.dims().begin(), tensor.dims().end());
    for (const std::int64_t size : result.shape) {
      if (size < 0) {
        fail(fmt::format("tensor '{}' has a dimension of {}", name, size));
      }
    }
    result.content = content_of(tensor, count(result.shape));
    return result;
  }

  void read_stored_tensors() {
    const auto add = [this](const std::string& name, StoredTensor tensor) {
      const int id = new_value(name, "tensor");
      Value& value = result_.graph.value(id);
      value.type = tensor.type;
      value.shape = std::move(tensor.shape);
      value.content = std::move(tensor.content);
      value.constant = true;
      value.origin = id;
    };
    for (const onnx::TensorProto& tensor : model_.graph().initializer()) {
      add(tensor.name(), stored(tensor, tensor.name()));
    }
    for (const onnx::SparseTensorProto& tensor : model_.graph().sparse_initializer()) {
      StoredTensor dense = stored(tensor.values(), tensor.values().name());
      dense.shape.assign(tensor.dims().begin(), tensor.dims().end());
      dense.content.reset();
      add(tensor.values().name(), std::move(dense));
    }
  }

  Declaration declaration(const onnx::ValueInfoProto& info) const {
    Declaration result;
    if (!info.has_type() || !info.type().has_tensor_type()) {
      return result;
    }
    const onnx::TypeProto_Tensor& tensor = info.type().tensor_type();
    result.type = tensor.elem_type();
    result.has_shape = tensor.has_shape();
    for (const onnx::TensorShapeProto_Dimension& dimension : tensor.shape().dim()) {
      DeclaredDimension one;
      if (dimension.has_dim_value() && dimension.dim_value() >= 0) {
        one.size = dimension.dim_value();
      } else {
        one.name = dimension.dim_param();
      }
      result.shape.push_back(std::move(one));
    }
    return result;
  }

  void read_inputs() {
    for (const onnx::ValueInfoProto& info : model_.graph().input()) {
      if (info.name().empty()) {
        fail("an input has no name");
      }
      if (ids_.count(info.name()) > 0) {
        continue;  // Before IR 4 every stored tensor is listed as an input, too.
      }
      const int id = new_value(info.name(), "input");
      result_.values[id] = declaration(info);
      if (!result_.values[id].has_shape) {
        fail(fmt::format("input '{}' is no tensor with a shape", info.name()));
      }
      Value& value = result_.graph.value(id);
      value.is_input = true;
      value.type = result_.values[id].type;
      result_.graph.inputs.push_back(id);
    }
  }

  Attribute attribute_of(const onnx::AttributeProto& proto, const std::string& node) const {
    using Kind = Attribute::Kind;
    Attribute result;
    switch (proto.type()) {
      case onnx::AttributeProto::INT:
        result.kind = Kind::kInteger;
        result.integer = proto.i();
        break;
      case onnx::AttributeProto::FLOAT:
        result.kind = Kind::kReal;
        result.real = static_cast<double>(proto.f());
        break;
      case onnx::AttributeProto::STRING:
        result.kind = Kind::kText;
        result.text = proto.s();
        break;
      case onnx::AttributeProto::INTS:
        result.kind = Kind::kIntegers;
        result.integers.assign(proto.ints().begin(), proto.ints().end());
        break;
      case onnx::AttributeProto::FLOATS:
        result.kind = Kind::kReals;
        result.reals.assign(proto.floats().begin(), proto.floats().end());
        break;
      case onnx::AttributeProto::STRINGS:
        result.kind = Kind::kTexts;
        result.texts.assign(proto.strings().begin(), proto.strings().end());
        break;
      case onnx::AttributeProto::TENSOR:
        result.kind = Kind::kTensor;
        result.tensor = stored(proto.t(), node);
        break;
      default:
        break;
    }
    return result;
  }

  /// Quantisers have come with several domains: onnx.brevitas, qonnx.custom_op.general,
  /// finn.custom_op.general.
  static bool is_of_qonnx(const onnx::NodeProto& proto) {
    static const std::set<std::string> kNames = {"Quant",        "IntQuant", "FloatQuant",
                                                 "BipolarQuant", "Trunc",    "MultiThreshold"};
    const auto says = [&](const char* word) { return proto.domain().find(word) != std::string::npos; };
    return kNames.count(proto.op_type()) > 0 && (says("brevitas") || says("qonnx") || says("finn"));
  }

  /// What dialects have under the same name as ONNX, and with the same inputs, counts as ONNX's own.
  static std::string domain_of(const onnx::NodeProto& proto) {
    static const std::set<std::string> kCommon = {"QuantizeLinear",
                                                  "DequantizeLinear",
                                                  "Silu",
                                                  "Swish",
                                                  "Mish",
                                                  "RMSNormalization",
                                                  "SimplifiedLayerNormalization"};
    if (is_of_qonnx(proto)) {
      return kQonnxDomain;
    }
    return proto.domain() == "ai.onnx" || kCommon.count(proto.op_type()) > 0 ? "" : proto.domain();
  }

  Node node_of(const onnx::NodeProto& proto, int index) {
    Node node;
    node.op = proto.op_type();
    node.domain = domain_of(proto);
    node.name = proto.name();
    node.file_nodes = {index};
    for (const std::string& output : proto.output()) {
      node.outputs.push_back(output.empty() ? -1 : new_value(output, "value"));
      if (node.name.empty()) {
        node.name = output;
      }
    }
    const bool number =
        std::all_of(node.name.begin(), node.name.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (number) {
      node.name = fmt::format("{}_{}", node.op, node.name.empty() ? std::to_string(index) : node.name);
    }
    for (const std::string& input : proto.input()) {
      node.inputs.push_back(input.empty() ? -1 : value_of(input));
    }
    std::set<std::string> outside;
    for (const onnx::AttributeProto& attribute : proto.attribute()) {
      node.attributes[attribute.name()] = attribute_of(attribute, node.name);
      if (attribute.has_g()) {
        add_outside_values(attribute.g(), {}, outside);
      }
    }
    for (const std::string& name : outside) {
      node.inputs.push_back(value_of(name));
    }
    node.captured = outside.size();
    return node;
  }

  void read_nodes() {
    std::vector<Node> nodes;
    for (const onnx::NodeProto& proto : model_.graph().node()) {
      nodes.push_back(node_of(proto, static_cast<int>(nodes.size())));
    }
    for (const Node& node : nodes) {
      for (const int input : node.inputs) {
        if (input >= 0 && made_.count(input) == 0) {
          onnx_graph::fail(
              result_.graph, node,
              fmt::format("it reads '{}', which nothing makes", result_.graph.value(input).name));
        }
      }
    }
    order_nodes(result_.graph, std::move(nodes));
  }

  void read_declarations() {
    const auto note = [this](const onnx::ValueInfoProto& info) {
      const auto found = ids_.find(info.name());
      if (found != ids_.end()) {
        result_.values.emplace(found->second, declaration(info));
      }
    };
    for (const onnx::ValueInfoProto& info : model_.graph().value_info()) {
      note(info);
    }
    for (const onnx::ValueInfoProto& info : model_.graph().output()) {
      note(info);
    }
  }

  void read_outputs() {
    for (const onnx::ValueInfoProto& info : model_.graph().output()) {
      const auto found = ids_.find(info.name());
      if (found == ids_.end()) {
        fail(fmt::format("nothing makes the output '{}'", info.name()));
      }
      if (!result_.graph.value(found->second).is_output) {
        result_.graph.value(found->second).is_output = true;
        result_.graph.outputs.push_back(found->second);
      }
    }
    if (result_.graph.outputs.empty()) {
      fail("the graph has no outputs");
    }
  }

  const std::string& file_;
  const onnx::ModelProto& model_;
  Declared result_;
  std::unordered_map<std::string, int> ids_;
  std::set<int> made_;
};

}  // namespace

Declared declared_graph(const onnx::ModelProto& model, const std::string& file) {
  return Reader(model, file).read();
}

}  // namespace inlay::importers::onnx_graph
