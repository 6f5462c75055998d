#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace inlay::importers {

/// What a layer reads: what the one before it made, an input of its own, or (0 and above) what that layer
/// made.
constexpr int kPreviousLayer = -1;
constexpr int kOwnInput = -2;

/// A layer whose input a file states in full, whatever came before it: a convolution or a product with
/// weights, or an operator without any.
struct ChainLayer {
  std::string name;
  bool gemm = false;
  bool pool = false;    // a maximum over windows, for each channel
  bool vector = false;  // one operation on each element
  int reads = kPreviousLayer;
  std::vector<std::int64_t> input;  // channels, height, width; or rows, columns
  std::int64_t features = 1;        // output channels, or columns of the product
  std::int64_t kernel_height = 1;
  std::int64_t kernel_width = 1;
  std::int64_t stride_y = 1;
  std::int64_t stride_x = 1;
  std::int64_t groups = 1;
  bool counts_cut_windows = false;  // a last window that reaches beyond the input makes an output, too

  /// Rows and columns beyond the input that the last windows reach, if they count.
  std::int64_t rows_beyond() const;
  std::int64_t columns_beyond() const;
  /// Shape of the output, without padding. Sizes below 1: the filter does not fit its input.
  std::vector<std::int64_t> output() const;
  /// Multiply-accumulates. Throws base::OverflowError.
  std::int64_t macs() const;
};

/// Rows and columns of zeros: top, left, bottom, right.
using Padding = std::array<std::int64_t, 4>;

/// Writes the YAML of a model (docs/formats-models.md) whose layers follow each other. Where a layer's input
/// is not what the layer before makes, it is joined to it by padding or by another shape of the same elements
/// if that is all that differs; else it gets an input of the model for its own, and the output before it
/// becomes one of the model.
class ChainWriter {
 public:
  void add(const ChainLayer& layer);
  /// Layers with an input of their own, the first one aside.
  int breaks() const { return breaks_; }
  int padded() const { return padded_; }
  std::string text(const std::string& name, const std::string& source, const std::string& description) const;

 private:
  std::string unique(const std::string& name);
  /// What is read: "" (the layer before), or the key that says what. Sets `padding`.
  std::string join(const ChainLayer& layer, const std::string& name, Padding& padding);
  std::string own_input(const ChainLayer& layer, const std::string& name);
  std::string add_input(const std::string& name, const std::vector<std::int64_t>& shape);

  std::set<std::string> names_;
  std::string inputs_;
  std::string layers_;
  /// What a layer has made.
  struct Made {
    std::string name;
    std::vector<std::int64_t> shape;
    bool read = false;  // else it is an output of the model
  };
  std::vector<Made> made_;
  int breaks_ = 0;
  int padded_ = 0;
};

}  // namespace inlay::importers
