#include "inlay/workload/layer_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "inlay/base/checked.hpp"
#include "inlay/workload/description.hpp"

namespace inlay::workload {
namespace {

using Dimensions = std::vector<std::int64_t>;

constexpr std::int64_t kMostBits = 64;

std::int64_t bytes_of(std::int64_t count, std::int64_t bits) {
  return base::ceil_divide(base::checked_multiply(count, bits), 8);
}

/// A layer while it is built: what its file says, and what is known of it so far.
class Draft {
 public:
  Draft(const ExpandedLayer& expanded, const std::vector<const Tensor*>& inputs, const BitWidths& bits)
      : expanded_(expanded), keys_(expanded.keys), inputs_(inputs), weight_bits_(bits.weights) {
    layer.name = expanded.name;
    layer.op = expanded.op;
  }

  [[noreturn]] void fail(const std::string& message) const {
    keys_.fail(fmt::format("layer '{}' ({}): {}", layer.name, layer.op, message));
  }

  std::optional<base::YamlNode> optional(const std::string& key) { return keys_.optional(key); }
  std::int64_t size(const std::string& key) { return evaluate_size(keys_.required(key), *expanded_.names); }
  std::int64_t size_or(const std::string& key, std::int64_t otherwise) {
    const auto node = keys_.optional(key);
    return node ? evaluate_size(*node, *expanded_.names) : otherwise;
  }
  bool flag_or(const std::string& key, bool otherwise) {
    const auto node = keys_.optional(key);
    return node ? evaluate_flag(*node, *expanded_.names) : otherwise;
  }
  std::int64_t value(const base::YamlNode& node) const { return evaluate(node, *expanded_.names); }
  void finish() const { keys_.finish(); }

  std::size_t input_count() const { return inputs_.size(); }
  const Dimensions& input(std::size_t index) const { return inputs_[index]->dimensions; }
  void expect_inputs(std::size_t count) const {
    if (inputs_.size() != count) {
      fail(fmt::format("reads {} tensor{}, {} given", count, count == 1 ? "" : "s", inputs_.size()));
    }
  }
  /// The one input, with as many dimensions as `meaning` (such as "[channels, height, width]") has.
  const Dimensions& only_input(std::size_t dimensions, const std::string& meaning) const {
    expect_inputs(1);
    if (input(0).size() != dimensions) {
      fail(fmt::format("reads a tensor {}, '{}' is {}", meaning, inputs_[0]->name, describe(input(0))));
    }
    return input(0);
  }

  /// `learned` numbers count as parameters, `loaded` ones are brought to the chiplet to run the layer.
  void set_weights(std::int64_t learned, std::int64_t loaded) {
    layer.parameters = learned;
    layer.weight_bytes = bytes_of(loaded, weight_bits());
  }
  /// Whether the layer takes its weights from another one.
  bool read_tie() {
    if (const auto tied = keys_.optional("tied_to")) {
      layer.tied_to = expanded_.scope + tied->name();
    }
    return !layer.tied_to.empty();
  }
  /// Rows of `width` numbers out of a table of `rows`: the table is learned, only `used` rows are read.
  void set_table(std::int64_t rows, std::int64_t used, std::int64_t width) {
    layer.parameters = base::checked_multiply(rows, width);
    layer.gathered_bytes = bytes_of(base::checked_multiply(used, width), weight_bits());
  }
  std::int64_t weight_bits() {
    const auto node = keys_.optional("weight_bits");
    return node ? node->integer(1, kMostBits) : weight_bits_;
  }

  Layer layer;
  Dimensions output;
  std::size_t split_axis = 0;

 private:
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

std::vector<std::int64_t> read_values(const Draft& draft, const base::YamlNode& node, std::int64_t lowest) {
  const std::vector<base::YamlNode> items = node.is_list() ? node.list() : std::vector{node};
  std::vector<std::int64_t> values;
  for (const base::YamlNode& item : items) {
    values.push_back(draft.value(item));
    if (values.back() < lowest) {
      item.fail(fmt::format("at least {} is expected, this is {}", lowest, values.back()));
    }
  }
  return values;
}

std::array<std::int64_t, 2> read_pair(Draft& draft, const std::string& key,
                                      std::optional<std::array<std::int64_t, 2>> otherwise) {
  const auto node = draft.optional(key);
  if (!node) {
    if (!otherwise) {
      draft.fail(fmt::format("key '{}' is missing", key));
    }
    return *otherwise;
  }
  const std::vector<std::int64_t> values = read_values(draft, *node, 1);
  if (values.empty() || values.size() > 2) {
    node->fail("one number, or [rows, columns], is expected");
  }
  return {values.front(), values.back()};
}

void read_padding(Draft& draft, Window& window) {
  const auto node = draft.optional("padding");
  if (!node) {
    return;
  }
  const std::vector<std::int64_t> values = read_values(draft, *node, 0);
  if (values.empty() || values.size() == 3 || values.size() > 4) {
    node->fail("one number, [rows, columns], or [top, left, bottom, right] is expected");
  }
  const bool four = values.size() == 4;
  window.before = {values.front(), four ? values[1] : values.back()};
  window.padding = {base::checked_add(window.before[0], four ? values[2] : values.front()),
                    base::checked_add(window.before[1], values.back())};
}

Window read_window(Draft& draft, const Dimensions& input, bool stride_is_kernel) {
  Window window;
  constexpr std::array<std::int64_t, 2> kOne{1, 1};
  window.kernel = read_pair(draft, "kernel", std::nullopt);
  window.stride = read_pair(draft, "stride", stride_is_kernel ? window.kernel : kOne);
  window.dilation = read_pair(draft, "dilation", kOne);
  read_padding(draft, window);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t span =
        base::checked_add(base::checked_multiply(window.dilation[axis], window.kernel[axis] - 1), 1);
    const std::int64_t padded = base::checked_add(input[axis + 1], window.padding[axis]);
    if (span > padded) {
      draft.fail(fmt::format("the kernel spans {} {}, the padded input has only {}", span,
                             axis == 0 ? "rows" : "columns", padded));
    }
    window.out[axis] = (padded - span) / window.stride[axis] + 1;
  }
  return window;
}

void build_convolution(Draft& draft) {
  const Dimensions& input = draft.only_input(3, "[channels, height, width]");
  const Window window = read_window(draft, input, false);
  const std::int64_t channels = draft.size("channels");
  const std::int64_t groups = draft.size_or("groups", 1);
  for (const auto& [side, count] : {std::pair("input", input[0]), std::pair("output", channels)}) {
    if (count % groups != 0) {
      draft.fail(fmt::format("{} groups do not divide {} {} channels", groups, count, side));
    }
  }
  const auto norm = draft.optional("batch_norm");
  const bool folded = norm && norm->choice({"none", "folded"}) == 1;
  const bool bias = draft.flag_or("bias", !folded);
  draft.layer.shape =
      ConvolutionShape{groups,           channels,           input[0],          window.out[0],
                       window.out[1],    window.kernel[0],   window.kernel[1],  window.stride[0],
                       window.stride[1], window.dilation[0], window.dilation[1]};
  if (window.padding[0] > 0 || window.padding[1] > 0) {
    auto& shape = std::get<ConvolutionShape>(draft.layer.shape);
    shape.padding_y = window.before[0];
    shape.padding_x = window.before[1];
    shape.in_height = input[1];
    shape.in_width = input[2];
  }
  const std::int64_t weights =
      base::checked_product(channels, input[0] / groups, window.kernel[0], window.kernel[1]);
  // Folding turns gain and offset into scaled weights and one bias per channel (Jacob et al., CVPR 2018,
  // section 3.2).
  const std::int64_t learned = base::checked_multiply(channels, (bias ? 1 : 0) + (folded ? 2 : 0));
  draft.set_weights(base::checked_add(weights, learned),
                    base::checked_add(weights, bias || folded ? channels : 0));
  draft.output = {channels, window.out[0], window.out[1]};
}

void build_gemm(Draft& draft) {
  draft.expect_inputs(1);
  const Dimensions& input = draft.input(0);
  const std::int64_t features = draft.size("features");
  const std::int64_t k = input.back();
  const bool tied = draft.read_tie();
  const bool bias = draft.flag_or("bias", !tied);
  draft.layer.shape = GemmShape{elements(input) / k, features, k, 1, true};
  const std::int64_t matrix = base::checked_multiply(features, k);
  const std::int64_t offsets = bias ? features : 0;
  draft.set_weights(base::checked_add(tied ? 0 : matrix, offsets), base::checked_add(matrix, offsets));
  draft.output = input;
  draft.output.back() = features;
  draft.split_axis = draft.output.size() - 1;
}

/// An operand of a matrix product as heads x rows x columns: [rows, heads * columns] or [heads, rows,
/// columns].
Dimensions read_heads(const Draft& draft, std::size_t index, std::int64_t heads) {
  const Dimensions& input = draft.input(index);
  if (input.size() == 3 && input[0] == heads) {
    return input;
  }
  if (input.size() == 2 && input[1] % heads == 0) {
    return {heads, input[0], input[1] / heads};
  }
  draft.fail(fmt::format("operand {} is {}, neither [{}, rows, columns] nor [rows, a multiple of {}]",
                         index + 1, describe(input), heads, heads));
}

void build_matrix_product(Draft& draft) {
  draft.expect_inputs(2);
  const std::int64_t heads = draft.size_or("heads", 1);
  const Dimensions a = read_heads(draft, 0, heads);
  Dimensions b = read_heads(draft, 1, heads);
  if (draft.flag_or("transpose", false)) {
    std::swap(b[1], b[2]);
  }
  if (a[2] != b[1]) {
    draft.fail(
        fmt::format("{} x {} times {} x {} does not fit: the inner sizes differ", a[1], a[2], b[1], b[2]));
  }
  draft.layer.shape = GemmShape{a[1], b[2], a[2], heads, false};
  const bool merge = draft.flag_or("merge", heads == 1);
  draft.output =
      merge ? Dimensions{a[1], base::checked_multiply(heads, b[2])} : Dimensions{heads, a[1], b[2]};
}

std::int64_t build_element_wise(Draft& draft, const VectorOperator& description) {
  if (description.many_inputs && draft.input_count() < 2) {
    draft.fail("reads at least two tensors, 1 given");
  }
  if (!description.many_inputs) {
    draft.expect_inputs(1);
  }
  for (std::size_t i = 1; i < draft.input_count(); ++i) {
    if (draft.input(i) != draft.input(0)) {
      draft.fail(fmt::format("its inputs must have one shape, they are {} and {}", describe(draft.input(0)),
                             describe(draft.input(i))));
    }
  }
  draft.output = draft.input(0);
  const auto times = static_cast<std::int64_t>(std::max<std::size_t>(draft.input_count(), 2) - 1);
  return base::checked_multiply(elements(draft.output), times);
}

std::int64_t build_normalisation(Draft& draft, const VectorOperator& description) {
  draft.expect_inputs(1);
  draft.output = draft.input(0);
  const std::int64_t learned = base::checked_multiply(
      description.learned, description.first_axis ? draft.output.front() : draft.output.back());
  draft.set_weights(learned, learned);
  return elements(draft.output);
}

std::int64_t build_pool(Draft& draft) {
  const Dimensions& input = draft.only_input(3, "[channels, height, width]");
  const Window window = read_window(draft, input, true);
  draft.output = {input[0], window.out[0], window.out[1]};
  return base::checked_product(elements(draft.output), window.kernel[0], window.kernel[1]);
}

std::int64_t build_global_pool(Draft& draft) {
  const Dimensions& input = draft.only_input(3, "[channels, height, width]");
  draft.output = {input[0]};
  return elements(input);
}

std::int64_t build_embedding(Draft& draft) {
  const Dimensions& input = draft.only_input(1, "[tokens]");
  const std::int64_t width = draft.size("width");
  draft.set_table(draft.size("rows"), input[0], width);
  draft.output = {input[0], width};
  return elements(draft.output);
}

std::int64_t build_position_embedding(Draft& draft) {
  const Dimensions& input = draft.only_input(2, "[tokens, width]");
  const std::int64_t rows = draft.size("rows");
  if (input[0] > rows) {
    draft.fail(fmt::format("{} tokens are more than the {} positions of the table", input[0], rows));
  }
  draft.set_table(rows, input[0], input[1]);
  draft.output = input;
  return elements(draft.output);
}

std::int64_t build_concatenation(Draft& draft) {
  if (draft.input_count() < 2) {
    draft.fail("reads at least two tensors, 1 given");
  }
  draft.output = draft.input(0);
  const auto node = draft.optional("axis");
  const std::int64_t axis = node ? draft.value(*node) : 0;
  if (axis < 0 || axis >= static_cast<std::int64_t>(draft.output.size())) {
    draft.fail(fmt::format("axis {} is not one of the {} dimensions, which count from 0", axis,
                           draft.output.size()));
  }
  const auto at = static_cast<std::size_t>(axis);
  for (std::size_t i = 1; i < draft.input_count(); ++i) {
    Dimensions expected = draft.input(i);
    if (expected.size() == draft.output.size()) {
      expected[at] = draft.output[at];
    }
    if (expected != draft.output) {
      draft.fail(fmt::format("{} and {} differ in more than axis {}", describe(draft.input(0)),
                             describe(draft.input(i)), axis));
    }
    draft.output[at] = base::checked_add(draft.output[at], draft.input(i)[at]);
  }
  return elements(draft.output);
}

std::int64_t build_reshape(Draft& draft) {
  draft.expect_inputs(1);
  const auto node = draft.optional("shape");
  if (!node) {
    draft.fail("key 'shape' is missing");
  }
  draft.output = read_values(draft, *node, 1);
  if (elements(draft.output) != elements(draft.input(0))) {
    draft.fail(fmt::format("{} and {} do not have the same number of elements", describe(draft.input(0)),
                           describe(draft.output)));
  }
  return elements(draft.output);
}

/// How many times the operator's operations are done.
std::int64_t build_vector(Draft& draft, const VectorOperator& description) {
  switch (description.rule) {
    case VectorRule::kElementWise:
      return build_element_wise(draft, description);
    case VectorRule::kNormalisation:
      return build_normalisation(draft, description);
    case VectorRule::kPool:
      return build_pool(draft);
    case VectorRule::kGlobalPool:
      return build_global_pool(draft);
    case VectorRule::kEmbedding:
      return build_embedding(draft);
    case VectorRule::kPositionEmbedding:
      return build_position_embedding(draft);
    case VectorRule::kConcatenation:
      return build_concatenation(draft);
    case VectorRule::kReshape:
      return build_reshape(draft);
  }
  return 0;
}

std::vector<Tensor> split_output(const Draft& draft, const ExpandedLayer& expanded, std::int64_t bits) {
  std::vector<Tensor> tensors;
  std::int64_t sum = 0;
  for (const ExpandedOutput& output : expanded.outputs) {
    Dimensions dimensions = draft.output;
    if (output.size) {
      dimensions[draft.split_axis] = evaluate_size(*output.size, *expanded.names);
      sum = base::checked_add(sum, dimensions[draft.split_axis]);
    }
    tensors.push_back(make_tensor(output.tensor, std::move(dimensions), bits));
  }
  if (expanded.outputs.front().size && sum != draft.output[draft.split_axis]) {
    draft.fail(fmt::format("the parts of 'split' sum to {}, the layer makes {}", sum,
                           draft.output[draft.split_axis]));
  }
  return tensors;
}

}  // namespace

std::int64_t elements(const std::vector<std::int64_t>& dimensions) {
  std::int64_t product = 1;
  for (const std::int64_t dimension : dimensions) {
    product = base::checked_multiply(product, dimension);
  }
  return product;
}

Tensor make_tensor(std::string name, std::vector<std::int64_t> dimensions, std::int64_t bits) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.bits = bits;
  tensor.bytes = bytes_of(elements(dimensions), bits);
  tensor.dimensions = std::move(dimensions);
  return tensor;
}

BuiltLayer build_layer(const ExpandedLayer& expanded, const std::vector<const Tensor*>& inputs,
                       const VectorOperators& vector_operators, const BitWidths& bits) {
  Draft draft(expanded, inputs, bits);
  try {
    if (draft.layer.op == "convolution") {
      build_convolution(draft);
    } else if (draft.layer.op == "gemm") {
      build_gemm(draft);
    } else if (draft.layer.op == "matrix-product") {
      build_matrix_product(draft);
    } else {
      const VectorOperator& description = vector_operators.find(draft.layer.op)->second;
      const std::int64_t times = build_vector(draft, description);
      draft.layer.shape = VectorShape{base::checked_multiply(times, description.operations)};
    }
    const auto own_bits = draft.optional("bits");
    draft.finish();
    BuiltLayer built;
    built.outputs =
        split_output(draft, expanded, own_bits ? own_bits->integer(1, kMostBits) : bits.activations);
    built.layer = std::move(draft.layer);
    return built;
  } catch (const base::OverflowError&) {
    draft.fail("its size does not fit into 64 bits");
  }
}

}  // namespace inlay::workload
