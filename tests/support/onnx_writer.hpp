#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::onnx_writer {

/// A protobuf message on the wire (protobuf.dev/programming-guides/encoding), written without protobuf.
class Message {
 public:
  Message& number(std::uint64_t field, std::int64_t value) {
    varint(field << 3U);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Message& text(std::uint64_t field, std::string_view value) {
    varint(field << 3U | 2U);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Message& real(std::uint64_t field, float value) {
    varint(field << 3U | 5U);
    char raw[4];
    std::memcpy(raw, &value, 4);
    bytes_.append(raw, 4);
    return *this;
  }
  Message& message(std::uint64_t field, const Message& value) { return text(field, value.bytes_); }
  const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    while (value >= 0x80U) {
      bytes_ += static_cast<char>(value | 0x80U);
      value >>= 7U;
    }
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

/// A node's attribute (onnx.proto, AttributeProto).
struct Attribute {
  Message message;
};

inline Attribute integer(std::string_view name, std::int64_t value) {
  return {Message().text(1, name).number(3, value).number(20, 2)};
}
inline Attribute real(std::string_view name, float value) {
  return {Message().text(1, name).real(2, value).number(20, 1)};
}
inline Attribute text(std::string_view name, std::string_view value) {
  return {Message().text(1, name).text(4, value).number(20, 3)};
}
inline Attribute integers(std::string_view name, const std::vector<std::int64_t>& values) {
  Message message;
  message.text(1, name);
  for (const std::int64_t value : values) {
    message.number(8, value);
  }
  return {message.number(20, 7)};
}

inline Attribute reals(std::string_view name, const std::vector<float>& values) {
  Message message;
  message.text(1, name);
  for (const float value : values) {
    message.real(7, value);
  }
  return {message.number(20, 6)};
}

/// The attribute of a function's node that stands for one of its call (`kind`: its type, 1 real, 2 integer).
inline Attribute of_call(std::string_view name, std::string_view called, std::int64_t kind) {
  return {Message().text(1, name).text(21, called).number(20, kind)};
}

/// A size, or the name of one.
struct Size {
  Size(std::int64_t size) : value(size) {}    // NOLINT: written as lists of sizes
  Size(int size) : value(size) {}             // NOLINT
  Size(const char* symbol) : name(symbol) {}  // NOLINT
  std::int64_t value = 0;
  std::string name;
};

constexpr int kFloat = 1;
constexpr int kUint8 = 2;
constexpr int kInt8 = 3;
constexpr int kInt64 = 7;

/// Writes a model node by node.
class Model {
 public:
  Model& input(const std::string& name, const std::vector<Size>& shape, int type = kFloat) {
    graph_.message(11, value_info(name, shape, type));
    return *this;
  }
  Model& output(const std::string& name) {
    graph_.message(12, Message().text(1, name));
    return *this;
  }
  /// A weight without content.
  Model& weight(const std::string& name, const std::vector<std::int64_t>& shape, int type = kFloat) {
    Message tensor;
    for (const std::int64_t size : shape) {
      tensor.number(1, size);
    }
    graph_.message(5, tensor.number(2, type).text(8, name));
    return *this;
  }
  /// A list, or a tensor of that shape.
  Model& integers(const std::string& name, const std::vector<std::int64_t>& values,
                  const std::vector<std::int64_t>& shape = {}) {
    Message tensor = header(name, kInt64, shape, values.size());
    for (const std::int64_t value : values) {
      tensor.number(7, value);
    }
    graph_.message(5, tensor);
    return *this;
  }
  Model& reals(const std::string& name, const std::vector<float>& values,
               const std::vector<std::int64_t>& shape = {}) {
    Message tensor = header(name, kFloat, shape, values.size());
    for (const float value : values) {
      tensor.real(4, value);
    }
    graph_.message(5, tensor);
    return *this;
  }
  Model& scalar(const std::string& name, float value) {
    graph_.message(5, Message().number(2, kFloat).text(8, name).real(4, value));
    return *this;
  }
  Model& whole(const std::string& name, std::int64_t value) {
    graph_.message(5, Message().number(2, kInt64).text(8, name).number(7, value));
    return *this;
  }
  /// A node that is called as its first output.
  Model& node(const std::string& op, const std::vector<std::string>& inputs,
              const std::vector<std::string>& outputs, const std::vector<Attribute>& attributes = {},
              const std::string& domain = "") {
    Message node;
    for (const std::string& input : inputs) {
      node.text(1, input);
    }
    for (const std::string& output : outputs) {
      node.text(2, output);
    }
    node.text(3, outputs.front()).text(4, op);
    for (const Attribute& attribute : attributes) {
      node.message(5, attribute.message);
    }
    if (!domain.empty()) {
      node.text(7, domain);
    }
    graph_.message(1, node);
    nodes_.push_back(node);
    return *this;
  }
  /// A function of the model's own, of domain "my"; its nodes are those of `body`.
  Model& function(const std::string& name, const std::vector<std::string>& inputs,
                  const std::vector<std::string>& outputs, const std::vector<std::string>& attributes,
                  const Model& body) {
    Message function;
    function.text(1, name);
    for (const std::string& input : inputs) {
      function.text(4, input);
    }
    for (const std::string& output : outputs) {
      function.text(5, output);
    }
    for (const std::string& attribute : attributes) {
      function.text(6, attribute);
    }
    for (const Message& node : body.nodes_) {
      function.message(7, node);
    }
    functions_.message(25, function.text(10, "my"));
    return *this;
  }
  /// The graph as an attribute, for If, Loop and Scan.
  Attribute attribute(std::string_view name) const {
    return {Message().text(1, name).message(6, graph_).number(20, 5)};
  }
  Message& graph() { return graph_; }
  std::string bytes(std::int64_t opset = 17) const {
    return Message()
               .number(1, 8)
               .message(8, Message().text(1, "").number(2, opset))
               .message(7, graph_)
               .bytes() +
           functions_.bytes();
  }

 private:
  static Message header(const std::string& name, int type, const std::vector<std::int64_t>& shape,
                        std::size_t elements) {
    Message tensor;
    for (const std::int64_t size : shape) {
      tensor.number(1, size);
    }
    if (shape.empty()) {
      tensor.number(1, static_cast<std::int64_t>(elements));
    }
    return tensor.number(2, type).text(8, name);
  }
  static Message value_info(const std::string& name, const std::vector<Size>& shape, int type) {
    Message dimensions;
    for (const Size& size : shape) {
      Message dimension;
      if (size.name.empty()) {
        dimension.number(1, size.value);
      } else {
        dimension.text(2, size.name);
      }
      dimensions.message(1, dimension);
    }
    const Message tensor = Message().number(1, type).message(2, dimensions);
    return Message().text(1, name).message(2, Message().message(1, tensor));
  }

  Message graph_;
  Message functions_;
  std::vector<Message> nodes_;
};

}  // namespace inlay::onnx_writer
