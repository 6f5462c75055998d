#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace inlay::workload {

/// Convolution as a loop nest, for one sample. Channels are totals over all groups; heights and widths of the
/// *output*; the input that is read has (out - 1) * stride + (kernel - 1) * dilation + 1 rows or columns.
struct ConvolutionShape {
  std::int64_t groups = 1;         // G
  std::int64_t out_channels = 1;   // K, a multiple of groups
  std::int64_t in_channels = 1;    // C, a multiple of groups
  std::int64_t out_height = 1;     // Y'
  std::int64_t out_width = 1;      // X'
  std::int64_t kernel_height = 1;  // R
  std::int64_t kernel_width = 1;   // S
  std::int64_t stride_y = 1;
  std::int64_t stride_x = 1;
  std::int64_t dilation_y = 1;
  std::int64_t dilation_x = 1;
  // Of the input that is read, only rows [padding_y, padding_y + in_height) exist, and likewise columns; the
  // rest is padding. An extent of 0: all of it exists.
  std::int64_t padding_y = 0;
  std::int64_t padding_x = 0;
  std::int64_t in_height = 0;
  std::int64_t in_width = 0;
  // A transposed convolution of stride u is one of stride 1 over an input that is spread: u - 1 zeros between
  // two elements, with which nothing is multiplied. Padding counts in rows of the spread input, the extent
  // (which is then given) in rows that exist. 1: no zeros.
  std::int64_t upsample_y = 1;
  std::int64_t upsample_x = 1;
  // Images of one sample that the same filters pass over: frames, windows, cameras, depths of a volume.
  std::int64_t images = 1;
  auto operator<=>(const ConvolutionShape&) const = default;
};

/// `repeats` products of an m x k by a k x n matrix, for one sample.
struct GemmShape {
  std::int64_t m = 1;
  std::int64_t n = 1;
  std::int64_t k = 1;
  std::int64_t repeats = 1;
  /// true: the k x n operand is a weight, and a batch of b samples is one product of b*m rows.
  /// false: it is an activation (attention's K and V), and a batch repeats the product.
  bool weights = true;
  auto operator<=>(const GemmShape&) const = default;
};

/// An operator without MACs: what a vector unit does for one sample.
struct VectorShape {
  std::int64_t operations = 0;        // lane-operations: elements times operations per element
  std::int64_t read_elements = 0;     // from L2
  std::int64_t written_elements = 0;  // to L2
  auto operator<=>(const VectorShape&) const = default;
};

using Shape = std::variant<ConvolutionShape, GemmShape, VectorShape>;

/// Bits of an element of what a layer reads, makes and sums up.
struct Precision {
  std::int64_t inputs = 8;   // the first operand
  std::int64_t weights = 8;  // the second one; for a product of activations that tensor's
  std::int64_t outputs = 8;
  std::int64_t accumulator = 8;  // a partial sum
  auto operator<=>(const Precision&) const = default;
};

/// An activation: an edge of the model's graph.
struct Tensor {
  std::string name;
  std::vector<std::int64_t> dimensions;  // per sample, without the batch
  std::int64_t bits = 8;                 // per element
  std::int64_t bytes = 0;                // per sample, rounded up
  int producer = -1;                     // layer that makes it; -1: an input of the model
  std::vector<int> users;                // layers that read it, ascending, each once
  bool is_output = false;                // the user of the model wants it
};

/// An operator of a model in the model's fixed topological order. Sizes are per sample.
struct Layer {
  std::string name;
  std::string op;  // "convolution", "gemm", "matrix-product", "relu", "softmax", ...
  Shape shape;
  std::vector<int> inputs;            // tensors read
  std::vector<int> outputs;           // tensors made, at least one
  std::int64_t parameters = 0;        // counted once when tied; batch norm's gamma and beta included
  std::int64_t weight_bytes = 0;      // what is loaded to run it (batch norm folded into the bias)
  std::int64_t gathered_bytes = 0;    // rows of a table that one sample reads from memory (embedding)
  std::string tied_to;                // layer whose weights these are; they then count as no parameters
  std::int64_t fused_operations = 0;  // lane-operations per sample on what it makes, by layers joined to it
  std::vector<std::string> fused;     // their operators (workload/fusion.hpp)
  Precision precision;
};

/// A directed acyclic graph of layers.
struct Model {
  std::string name;
  std::string source;  // publication or file it was taken from
  std::string description;
  std::vector<Layer> layers;
  std::vector<Tensor> tensors;
  std::map<std::string, std::int64_t> settings;  // values of the file's parameters, such as sequence = 128
};

/// Multiply-accumulates of one sample. Throws base::OverflowError.
std::int64_t macs(const Shape& shape);
std::int64_t macs(const Model& model);
/// Learned numbers, tied ones counted once.
std::int64_t parameters(const Model& model);
/// What all layers load, in bytes; tied weights count at each use.
std::int64_t weight_bytes(const Model& model);
/// All activations of one sample, in bytes: the model's inputs and what its layers make.
std::int64_t activation_bytes(const Model& model);

/// Throws base::DefectError unless producers, users and layers agree, the order is topological and sizes are
/// positive: readers report such things as the user's errors before; this is the last line of defence.
void check_consistency(const Model& model);

}  // namespace inlay::workload
