#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "inlay/importers/onnx/draft_model.hpp"
#include "inlay/importers/onnx/graph.hpp"
#include "inlay/importers/onnx/learned.hpp"
#include "inlay/importers/onnx/partition.hpp"

namespace inlay::importers::onnx_graph {

/// The domain of nodes that patterns.cpp puts in the place of several; their operators are Inlay's.
constexpr const char* kInlayDomain = "inlay";

/// Bits of weights and activations where the user says others than the file; 0: the file's.
struct Widths {
  std::int64_t weights = 0;
  std::int64_t activations = 0;
};

/// Thrown by lowering where an image operator works on more than one image: the file's batch, unless
/// Images::kOfOneSample says that they are part of each sample.
struct BatchFound {
  std::int64_t batch;
  std::string node;
};

/// What several images in one tensor are.
enum class Images { kBatch, kOfOneSample };

/// Turns nodes into layers. A value of the graph is held by a tensor of the model; reshaping and transposing
/// change only what holds it, and a `reshape` is written where a layer needs another shape.
class Lowering {
 public:
  Lowering(const Graph& graph, const Widths& widths, Images images)
      : graph_(graph), widths_(widths), images_(images) {}

  /// Throws base::InputError, base::OverflowError, BatchFound.
  DraftModel run();

  const Graph& graph() const { return graph_; }
  const Dimensions& shape(int value) const { return graph_.shape(value); }
  bool constant(int value) const { return value >= 0 && graph_.value(value).constant; }
  [[noreturn]] void refuse(const Node& node, const std::string& message) const {
    fail(graph_, node, message);
  }

  /// The node's input of that number, which must be there.
  int input(const Node& node, std::size_t index) const;
  /// As input(), and computed from the model's inputs.
  int activation(const Node& node, std::size_t index) const;
  /// As input(), and known before the model runs.
  int weight(const Node& node, std::size_t index) const;

  /// The input if it is there and known before the model runs, else -1.
  int weight_or_none(const Node& node, std::size_t index) const;
  /// What holds the activations among the node's inputs from that number on.
  std::vector<int> activations_from(const Node& node, std::size_t index) const;

  int held(int value) const { return held_.at(value); }
  bool is_held(int value) const { return held_.count(value) > 0; }
  const Dimensions& tensor_shape(int tensor) const { return draft_.tensor(tensor).shape; }
  const Dimensions& held_shape(int value) const { return tensor_shape(held(value)); }
  /// The tensor that holds the value, in this shape: itself, or reshaped once for all readers.
  int as_shape(int value, const Dimensions& shape);
  /// As as_shape, of a tensor.
  int reshaped(int tensor, const Dimensions& shape);
  /// [channels, rows, columns] of an image operator's input, or [images, channels, rows, columns]; one axis
  /// is rows of one column.
  int as_image(const Node& node, int value);
  /// As as_image, with the channels of all images side by side: [images x channels, rows, columns].
  int as_maps(const Node& node, int value);
  /// Fails unless there is one image, or several that belong to one sample. Throws BatchFound.
  void check_images(const Node& node, std::int64_t images) const;
  /// A tensor whose last dimension has that many elements.
  int as_rows(int value, std::int64_t columns);

  /// Adds a layer that makes one tensor, which holds the node's first output.
  void add(const Node& node, const std::string& op, const std::string& keys, const std::vector<int>& inputs,
           const Dimensions& shape);
  /// As add, for any of the outputs, and with weights of that value's type.
  void add_layer(const Node& node, int output, const std::string& op, const std::string& keys,
                 const std::vector<int>& inputs, const Dimensions& shape, int weights = -1);
  /// A layer of a node that becomes several; returns the tensor that it makes.
  int add_part(const Node& node, const std::string& part, int output, const std::string& op,
               const std::string& keys, const std::vector<int>& inputs, const Dimensions& shape,
               int weights = -1);
  /// `output` is another view of what holds `value`.
  void hold(int output, int tensor) { held_[output] = tensor; }

  /// The result of the last layer added, a product, falls apart into these values.
  void split_last(const std::vector<Part>& parts);
  /// As split_last, into tensors of so many columns.
  std::vector<int> split_last_columns(const std::vector<std::int64_t>& columns);
  /// The last layer's weights are packed: their bits, and that the stored tensor's elements are not theirs.
  /// What the user says of bits goes before.
  void set_packed_weights(std::int64_t bits);
  /// Whether the last layer added, a gemm, adds a bias.
  void set_bias(bool bias) { draft_.layers.back().bias = bias; }

  std::int64_t bits(int value) const;
  std::int64_t weight_bits(int value) const;

 private:
  void add_inputs();
  /// Bits of a value of which nothing reads more: what is only read quantised, or cast to fewer bits, is
  /// never there in full width. 0: somebody reads it as it is.
  std::int64_t bits_as_read(int value) const;
  void check_outputs(const Node& node) const;
  /// Fails if an activation that the node reads is read by none of its layers, which begin at `first`.
  void check_reads(const Node& node, std::size_t first) const;
  int root_of(int tensor) const;
  /// How many learned numbers of each layer no layer before it has, and whose weights are those of another
  /// one.
  void count_learned();
  void count_learned_of(std::size_t begin, std::size_t end, LearnedNumbers& numbers);
  void count_for(const std::vector<std::size_t>& layers, const std::vector<int>& constants,
                 LearnedNumbers& numbers);
  void tie(std::size_t at, const std::vector<int>& constants, const LearnedNumbers& numbers);
  void drop_unread();
  void drop_reshapes();
  /// Leaves out the layers that are marked.
  void drop(const std::vector<bool>& dropped);
  std::string unique(const std::string& name);
  int new_tensor(const std::string& name, const Dimensions& shape, std::int64_t bits);

  const Graph& graph_;
  Widths widths_;
  Images images_;
  DraftModel draft_;
  std::map<int, int> held_;                             // tensor by value
  std::map<std::pair<int, Dimensions>, int> reshaped_;  // by tensor and shape
  std::set<std::string> names_;
  int node_ = -1;                    // being lowered
  std::map<std::string, int> next_;  // number of the next layer of that name
};

/// One sample's part of a shape: without a leading dimension of 1, which is the batch.
Dimensions sample_shape(const Dimensions& shape);

/// Whether a node's operator can be turned into layers.
bool has_lowering(const Node& node);
/// Turns a node into layers, or, if there is no rule for it, into a vector operation on every element.
void lower(Lowering& lowering, const Node& node);

using Rule = void (*)(Lowering& lowering, const Node& node);
using Rules = std::map<std::string, Rule>;
/// Rules by operator ("Conv", "com.microsoft.FusedConv", "inlay.gelu"), one table per file.
const Rules& image_rules();
const Rules& product_rules();
const Rules& movement_rules();
const Rules& element_rules();
const Rules& recurrent_rules();
const Rules& sampling_rules();
const Rules& attention_rules();
const Rules& fused_rules();
const Rules& einsum_rules();

}  // namespace inlay::importers::onnx_graph
