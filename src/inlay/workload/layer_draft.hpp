#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inlay/workload/expansion.hpp"
#include "inlay/workload/layer_builder.hpp"

namespace inlay::workload {

using Dimensions = std::vector<std::int64_t>;

/// Bytes of `count` elements, rounded up. Throws base::OverflowError.
std::int64_t bytes_of(std::int64_t count, std::int64_t bits);

constexpr std::int64_t kMostBits = 64;

/// A layer while it is built: what its file says, and what is known of it so far. Reading functions throw
/// base::InputError at the key, fail() at the layer.
class Draft {
 public:
  Draft(const ExpandedLayer& expanded, const std::vector<const Tensor*>& inputs, const BitWidths& bits);

  [[noreturn]] void fail(const std::string& message) const;

  base::YamlNode required(const std::string& key) { return keys_.required(key); }
  std::optional<base::YamlNode> optional(const std::string& key) { return keys_.optional(key); }
  std::int64_t size(const std::string& key) { return evaluate_size(keys_.required(key), *expanded_.names); }
  std::int64_t size_or(const std::string& key, std::int64_t otherwise);
  /// As size_or(), and may be 0.
  std::int64_t count_or(const std::string& key, std::int64_t otherwise);
  bool flag_or(const std::string& key, bool otherwise);
  std::int64_t value(const base::YamlNode& node) const { return evaluate(node, *expanded_.names); }
  /// The key `axis`, a dimension of the first input counted from 0; without it the first one.
  std::size_t axis();
  void finish() const { keys_.finish(); }

  std::size_t input_count() const { return inputs_.size(); }
  const Dimensions& input(std::size_t index) const { return inputs_[index]->dimensions; }
  void expect_inputs(std::size_t count) const;
  void expect_at_least(std::size_t count) const;
  /// The one input, with as many dimensions as `meaning` (such as "[channels, height, width]") has.
  const Dimensions& only_input(std::size_t dimensions, const std::string& meaning) const;
  /// As only_input(), but there may be further inputs, which do not shape the output.
  const Dimensions& first_input(std::size_t dimensions, const std::string& meaning) const;

  /// `learned` numbers count as parameters, `loaded` ones are brought to the chiplet to run the layer.
  void set_weights(std::int64_t learned, std::int64_t loaded);
  /// Whether the layer takes its weights from another one.
  bool read_tie();
  /// The keys parameters and tied_to of any layer: how many learned numbers count here if not what the
  /// operator implies, and whose they are. A layer loads as many as are stated
  /// where its operator implies fewer.
  void read_stated_weights();
  /// Rows of `width` numbers out of a table of `rows`: the table is learned, only `used` rows are read.
  void set_table(std::int64_t rows, std::int64_t used, std::int64_t width);

  /// Widths of what is read and summed up, for outputs of so many bits; those of weights are set with them.
  /// `accumulator` 0: as wide as the outputs.
  void set_precision(std::int64_t outputs, std::int64_t accumulator);

  Layer layer;
  Dimensions output;
  std::size_t split_axis = 0;

 private:
  std::int64_t weight_bits();

  const ExpandedLayer& expanded_;
  base::YamlMap keys_;
  const std::vector<const Tensor*>& inputs_;
  std::int64_t weight_bits_;
};

/// A window that slides over rows (0) and columns (1).
struct Window {
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> dilation{1, 1};
  std::array<std::int64_t, 2> padding{0, 0};  // both ends together
  std::array<std::int64_t, 2> before{0, 0};   // of it, before the first row and column
  std::array<std::int64_t, 2> out{1, 1};
};

/// A number or a list of numbers, each at least `lowest`.
std::vector<std::int64_t> read_values(const Draft& draft, const base::YamlNode& node, std::int64_t lowest);

/// One number for both, or [rows, columns]; without the key `otherwise`, or an error if there is none.
std::array<std::int64_t, 2> read_pair(Draft& draft, const std::string& key,
                                      std::optional<std::array<std::int64_t, 2>> otherwise);

/// The key padding, into both ends together and what is before the first row and column.
void read_padding(Draft& draft, Window& window);

/// The keys kernel, stride, dilation and padding over an input [channels, height, width].
Window read_window(Draft& draft, const Dimensions& input, bool stride_is_kernel);

}  // namespace inlay::workload
