#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace inlay::importers::onnx_graph {

using Dimensions = std::vector<std::int64_t>;

/// ONNX's numbers of element types (onnx.proto, TensorProto.DataType), as far as they are asked for by name.
enum ElementType : int {
  kFloat = 1,
  kInt32 = 6,
  kInt64 = 7,
  kBool = 9,
  kFloat16 = 10,
  kBfloat16 = 16,
};

/// Bits of an element as it lies in memory; 0 for strings and unknown types.
std::int64_t bits_of(int type);

/// Contents of a small tensor that other shapes depend on, or of a constant that a pattern asks for.
struct Constant {
  bool real = false;
  std::vector<std::int64_t> integers;
  std::vector<double> reals;

  std::size_t size() const { return real ? reals.size() : integers.size(); }
  double number(std::size_t index) const {
    return real ? reals[index] : static_cast<double>(integers[index]);
  }
};

/// A tensor that stands in the file: type, shape, and the content if it is small and there.
struct StoredTensor {
  int type = 0;
  Dimensions shape;
  std::optional<Constant> content;
};

/// An attribute; the field that its kind uses is filled in.
struct Attribute {
  enum class Kind { kInteger, kReal, kText, kIntegers, kReals, kTexts, kTensor, kOther };
  Kind kind = Kind::kOther;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
  std::vector<std::string> texts;
  StoredTensor tensor;
};

/// Elements of a stored tensor: all sums of `base` and one offset of each axis, as places in its row-major
/// order.
struct TensorPart {
  struct Axis {
    std::int64_t count = 1;
    std::int64_t stride = 0;
    std::vector<std::int64_t> offsets;  // where they are not 0, stride, 2 stride, ...
    std::int64_t offset(std::int64_t index) const {
      return offsets.empty() ? index * stride : offsets[static_cast<std::size_t>(index)];
    }
  };
  int tensor = -1;  // a value of the graph
  std::int64_t base = 0;
  std::vector<Axis> axes;
};

/// What a constant is made of. If it is `aligned`, its one part has an axis for each of its dimensions.
struct Provenance {
  std::vector<TensorPart> parts;
  bool aligned = false;
};

/// An edge of the graph.
struct Value {
  std::string name;
  int type = 0;
  std::int64_t bits = 0;  // of an element, where a quantiser says others than the type; 0: the type's
  std::optional<Dimensions> shape;  // none: not known (yet)
  bool constant = false;            // the same for every sample: weights and what follows from shapes
  std::optional<Constant> content;
  Dimensions partial;  // of a joined list of sizes with parts whose content is not in the file: -1 for those
  Provenance provenance;  // of a constant: the stored elements that it is made of (learned.hpp)
  bool of_node = false;   // a stored tensor that a Constant or ConstantOfShape node holds, not an initialiser
  int origin = -1;        // of a constant: the stored tensor that it is made of; itself if it is one
  int maker = -1;         // node; -1: an input or a stored tensor
  std::vector<int> users;  // nodes, each once
  bool is_input = false;
  bool is_output = false;
};

struct Node {
  std::string name;  // never empty
  std::string op;
  std::string domain;  // "" for ONNX's own
  std::map<std::string, Attribute> attributes;
  std::vector<int> inputs;      // values; -1: left out
  std::vector<int> outputs;     // values; -1: left out
  std::size_t captured = 0;     // the last inputs, which its subgraphs read from outside
  std::vector<int> file_nodes;  // nodes of the file that it is made of
  std::vector<int> joined;      // constants of nodes that patterns have joined to it
  bool removed = false;
};

/// An ONNX graph with its shapes known, its constants folded and what no output needs left out.
struct Graph {
  std::string name;
  std::string producer;
  std::string file;
  std::int64_t opset = 0;
  std::vector<Value> values;
  std::vector<Node> nodes;  // in an order in which they can run
  std::vector<int> inputs;
  std::vector<int> outputs;
  std::vector<std::string> notes;  // what the reader took for granted or passed over, for the user

  const Value& value(int id) const { return values[static_cast<std::size_t>(id)]; }
  Value& value(int id) { return values[static_cast<std::size_t>(id)]; }
  const Node& node(int id) const { return nodes[static_cast<std::size_t>(id)]; }
  Node& node(int id) { return nodes[static_cast<std::size_t>(id)]; }
  const Dimensions& shape(int id) const { return *value(id).shape; }

  /// The node's input of that number, or -1 if it is left out.
  static int input(const Node& node, std::size_t index) {
    return index < node.inputs.size() ? node.inputs[index] : -1;
  }
};

const Attribute* attribute(const Node& node, const std::string& name);
std::int64_t integer_or(const Node& node, const std::string& name, std::int64_t otherwise);
double real_or(const Node& node, const std::string& name, double otherwise);
std::string text_or(const Node& node, const std::string& name, const std::string& otherwise);
std::vector<std::int64_t> integers_or(const Node& node, const std::string& name,
                                      const std::vector<std::int64_t>& otherwise);

/// Throws base::InputError: the file, the node, and what is wrong with it.
[[noreturn]] void fail(const Graph& graph, const Node& node, const std::string& message);

/// An axis that may count from the end, as one that counts from the beginning. Fails at the node.
std::size_t axis_of(const Graph& graph, const Node& node, std::int64_t axis, std::size_t rank);

/// The learned table [rows, columns] of which a constant repeats elements, such as biases of attention by the
/// distance of two tokens; -1 if it is none.
int repeated_table(const Graph& graph, int constant);

/// Makers and users anew from the nodes that are not removed; drops those that no output needs.
void connect(Graph& graph);

/// The number of elements. Throws base::OverflowError.
std::int64_t count(const Dimensions& shape);

}  // namespace inlay::importers::onnx_graph
