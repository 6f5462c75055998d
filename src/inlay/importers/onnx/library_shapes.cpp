// Shapes as libonnx's operator schemas work them out, one node at a time: all that a node's shape can depend
// on is known by then, so that no symbols are needed, and the time is linear in the number of nodes.
#include <fmt/format.h>
#include <onnx/defs/schema.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <unordered_map>

#include "inlay/importers/onnx/shape_rules.hpp"

namespace inlay::importers::onnx_graph {
namespace {

constexpr int kNewestKnown = 17;  // opset of libonnx 1.12

using onnx::AttributeProto;

void write_content(const Constant& content, int type, onnx::TensorProto& proto) {
  if (content.real) {
    proto.set_data_type(onnx::TensorProto::FLOAT);
    for (const double number : content.reals) {
      proto.add_float_data(static_cast<float>(number));
    }
    return;
  }
  if (type == onnx::TensorProto::INT32) {
    for (const std::int64_t number : content.integers) {
      proto.add_int32_data(static_cast<std::int32_t>(number));
    }
    return;
  }
  proto.set_data_type(onnx::TensorProto::INT64);
  for (const std::int64_t number : content.integers) {
    proto.add_int64_data(number);
  }
}

onnx::TensorProto tensor_proto(int type, const Dimensions& shape, const std::optional<Constant>& content) {
  onnx::TensorProto proto;
  proto.set_data_type(type);
  for (const std::int64_t size : shape) {
    proto.add_dims(size);
  }
  if (content) {
    write_content(*content, type, proto);
  }
  return proto;
}

void write_attribute(const std::string& name, const Attribute& attribute, onnx::NodeProto& node) {
  using Kind = Attribute::Kind;
  AttributeProto& proto = *node.add_attribute();
  proto.set_name(name);
  switch (attribute.kind) {
    case Kind::kInteger:
      proto.set_type(AttributeProto::INT);
      proto.set_i(attribute.integer);
      break;
    case Kind::kReal:
      proto.set_type(AttributeProto::FLOAT);
      proto.set_f(static_cast<float>(attribute.real));
      break;
    case Kind::kText:
      proto.set_type(AttributeProto::STRING);
      proto.set_s(attribute.text);
      break;
    case Kind::kIntegers:
      proto.set_type(AttributeProto::INTS);
      proto.mutable_ints()->Add(attribute.integers.begin(), attribute.integers.end());
      break;
    case Kind::kReals:
      proto.set_type(AttributeProto::FLOATS);
      for (const double number : attribute.reals) {
        proto.add_floats(static_cast<float>(number));
      }
      break;
    case Kind::kTexts:
      proto.set_type(AttributeProto::STRINGS);
      for (const std::string& text : attribute.texts) {
        proto.add_strings(text);
      }
      break;
    case Kind::kTensor:
      proto.set_type(AttributeProto::TENSOR);
      *proto.mutable_t() =
          tensor_proto(attribute.tensor.type, attribute.tensor.shape, attribute.tensor.content);
      break;
    case Kind::kOther:
      node.mutable_attribute()->RemoveLast();
      break;
  }
}

/// A node with its inputs' types and contents, as libonnx wants them.
class Question {
 public:
  Question(const Graph& graph, const Node& node, const onnx::OpSchema& schema) {
    proto_.set_op_type(node.op);
    proto_.set_domain(node.domain);
    proto_.set_name(node.name);
    for (const auto& [name, attribute] : node.attributes) {
      // What exporters and later opsets have added changes no shape where there is no rule of our own.
      if (schema.attributes().count(name) > 0) {
        write_attribute(name, attribute, proto_);
      }
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      add_input(graph, node.inputs[i], i);
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      proto_.add_output(node.outputs[i] < 0 ? "" : fmt::format("o{}", i));
    }
  }

  std::vector<OutputType> answer(const onnx::OpSchema& schema) {
    schema.Verify(proto_);
    onnx::shape_inference::InferenceContextImpl context(proto_, types_by_name_, data_by_name_, {});
    schema.GetTypeAndShapeInferenceFunction()(context);
    std::vector<OutputType> outputs;
    for (const onnx::TypeProto& type : context.allOutputTypes_) {
      OutputType output;
      output.type = type.tensor_type().elem_type();
      if (type.has_tensor_type() && type.tensor_type().has_shape()) {
        output.shape.emplace();
        for (const auto& dimension : type.tensor_type().shape().dim()) {
          output.shape->push_back(dimension.has_dim_value() ? dimension.dim_value() : -1);
        }
      }
      outputs.push_back(std::move(output));
    }
    return outputs;
  }

 private:
  void add_input(const Graph& graph, int id, std::size_t index) {
    if (id < 0) {
      proto_.add_input("");
      return;
    }
    const std::string name = fmt::format("i{}", index);
    proto_.add_input(name);
    const Value& value = graph.value(id);
    onnx::TypeProto& type = types_[name];
    type.mutable_tensor_type()->set_elem_type(value.type);
    for (const std::int64_t size : *value.shape) {
      type.mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(size);
    }
    type.mutable_tensor_type()->mutable_shape();
    types_by_name_[name] = &type;
    if (value.content) {
      contents_[name] = tensor_proto(value.type, *value.shape, value.content);
      data_by_name_[name] = &contents_[name];
    }
  }

  onnx::NodeProto proto_;
  std::unordered_map<std::string, onnx::TypeProto> types_;  // references into these maps stay valid
  std::unordered_map<std::string, onnx::TensorProto> contents_;
  std::unordered_map<std::string, onnx::TypeProto*> types_by_name_;
  std::unordered_map<std::string, const onnx::TensorProto*> data_by_name_;
};

/// What libonnx 1.12 divides by or indexes with before it looks.
void check_windows(const Graph& graph, const Node& node) {
  const bool window = attribute(node, "kernel_shape") != nullptr || attribute(node, "strides") != nullptr ||
                      attribute(node, "dilations") != nullptr || attribute(node, "pads") != nullptr ||
                      node.op.find("Conv") != std::string::npos;
  if (!window || node.inputs.empty() || node.inputs[0] < 0) {
    return;
  }
  const std::size_t rank = graph.shape(node.inputs[0]).size();
  const bool pad = node.op == "Pad";
  if (!pad && rank < 3) {
    fail(graph, node, "its input has fewer than three dimensions");
  }
  if (node.op == "ConvTranspose" &&
      (Graph::input(node, 1) < 0 || graph.shape(node.inputs[1]).size() != rank)) {
    fail(graph, node, "its filters do not have as many dimensions as its input");
  }
  constexpr std::int64_t kMost = std::int64_t{1} << 31U;
  for (const auto& [name, lowest] :
       {std::pair("kernel_shape", std::int64_t{1}), std::pair("strides", std::int64_t{1}),
        std::pair("dilations", std::int64_t{1}), std::pair("pads", std::int64_t{0}),
        std::pair("output_padding", std::int64_t{0}), std::pair("output_shape", std::int64_t{1})}) {
    const Attribute* found = attribute(node, name);
    if (found == nullptr || pad) {
      continue;
    }
    const std::size_t axes = name == std::string("pads") ? 2 * (rank - 2) : rank - 2;
    const bool fits = found->kind == Attribute::Kind::kIntegers && found->integers.size() == axes &&
                      std::all_of(found->integers.begin(), found->integers.end(),
                                  [low = lowest](std::int64_t size) { return size >= low && size <= kMost; });
    if (!fits) {
      fail(graph, node,
           std::string(name) + " must have " + std::to_string(axes) + " numbers of at least " +
               std::to_string(lowest));
    }
  }
  if (integer_or(node, "group", 1) < 1) {
    fail(graph, node, "group must be at least 1");
  }
}

const onnx::OpSchema* schema_of(const Graph& graph, const Node& node) {
  const int version = static_cast<int>(std::min<std::int64_t>(graph.opset, kNewestKnown));
  return onnx::OpSchemaRegistry::Schema(node.op, version, node.domain);
}

}  // namespace

std::vector<std::string> unknown_attributes(const Graph& graph, const Node& node) {
  const onnx::OpSchema* schema = schema_of(graph, node);
  std::vector<std::string> unknown;
  for (const auto& [name, attribute] : node.attributes) {
    if (schema != nullptr && graph.opset <= kNewestKnown && schema->attributes().count(name) == 0) {
      unknown.push_back(name);
    }
  }
  return unknown;
}

std::optional<std::vector<OutputType>> library_shapes(const Graph& graph, const Node& node) {
  const onnx::OpSchema* schema = schema_of(graph, node);
  if (schema == nullptr || !schema->has_type_and_shape_inference_function()) {
    return std::nullopt;
  }
  check_windows(graph, node);
  try {
    return Question(graph, node, *schema).answer(*schema);
  } catch (const std::exception& error) {
    fail(graph, node, error.what());
  }
}

}  // namespace inlay::importers::onnx_graph
