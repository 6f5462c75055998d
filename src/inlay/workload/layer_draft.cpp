#include "inlay/workload/layer_draft.hpp"

#include <fmt/format.h>

#include <variant>

#include "inlay/base/checked.hpp"
#include "inlay/workload/description.hpp"

namespace inlay::workload {

std::int64_t bytes_of(std::int64_t count, std::int64_t bits) {
  return base::ceil_divide(base::checked_multiply(count, bits), 8);
}

Draft::Draft(const ExpandedLayer& expanded, const std::vector<const Tensor*>& inputs, const BitWidths& bits)
    : expanded_(expanded), keys_(expanded.keys), inputs_(inputs), weight_bits_(bits.weights) {
  layer.name = expanded.name;
  layer.op = expanded.op;
}

void Draft::fail(const std::string& message) const {
  keys_.fail(fmt::format("layer '{}' ({}): {}", layer.name, layer.op, message));
}

std::int64_t Draft::size_or(const std::string& key, std::int64_t otherwise) {
  const auto node = keys_.optional(key);
  return node ? evaluate_size(*node, *expanded_.names) : otherwise;
}

std::int64_t Draft::count_or(const std::string& key, std::int64_t otherwise) {
  const auto node = keys_.optional(key);
  const std::int64_t count = node ? evaluate(*node, *expanded_.names) : otherwise;
  if (count < 0) {
    node->fail(fmt::format("at least 0 is expected, this is {}", count));
  }
  return count;
}

bool Draft::flag_or(const std::string& key, bool otherwise) {
  const auto node = keys_.optional(key);
  return node ? evaluate_flag(*node, *expanded_.names) : otherwise;
}

std::size_t Draft::axis() {
  const auto node = keys_.optional("axis");
  const std::int64_t axis = node ? value(*node) : 0;
  const std::size_t dimensions = input(0).size();
  if (axis < 0 || axis >= static_cast<std::int64_t>(dimensions)) {
    fail(fmt::format("axis {} is not one of the {} dimensions, which count from 0", axis, dimensions));
  }
  return static_cast<std::size_t>(axis);
}

void Draft::expect_inputs(std::size_t count) const {
  if (inputs_.size() != count) {
    fail(fmt::format("reads {} tensor{}, {} given", count, count == 1 ? "" : "s", inputs_.size()));
  }
}

void Draft::expect_at_least(std::size_t count) const {
  if (inputs_.size() < count) {
    fail(fmt::format("reads at least {} tensors, {} given", count == 2 ? "two" : std::to_string(count),
                     inputs_.size()));
  }
}

const Dimensions& Draft::only_input(std::size_t dimensions, const std::string& meaning) const {
  expect_inputs(1);
  return first_input(dimensions, meaning);
}

const Dimensions& Draft::first_input(std::size_t dimensions, const std::string& meaning) const {
  if (input(0).size() != dimensions) {
    fail(fmt::format("reads a tensor {}, '{}' is {}", meaning, inputs_[0]->name, describe(input(0))));
  }
  return input(0);
}

void Draft::set_weights(std::int64_t learned, std::int64_t loaded) {
  layer.parameters = learned;
  layer.precision.weights = weight_bits();
  layer.weight_bytes = bytes_of(loaded, layer.precision.weights);
}

bool Draft::read_tie() {
  if (const auto tied = keys_.optional("tied_to")) {
    layer.tied_to = expanded_.scope + tied->name();
  }
  return !layer.tied_to.empty();
}

void Draft::read_stated_weights() {
  if (layer.tied_to.empty() && read_tie()) {
    layer.parameters = 0;
  }
  const auto stated = keys_.optional("parameters");
  if (!stated) {
    return;
  }
  const std::int64_t implied = layer.parameters;
  layer.parameters = count_or("parameters", 0);
  if (layer.parameters > implied && layer.gathered_bytes == 0 && layer.tied_to.empty()) {
    set_weights(layer.parameters, layer.parameters);
  }
}

void Draft::set_table(std::int64_t rows, std::int64_t used, std::int64_t width) {
  layer.parameters = base::checked_multiply(rows, width);
  layer.gathered_bytes = bytes_of(base::checked_multiply(used, width), weight_bits());
}

void Draft::set_precision(std::int64_t outputs, std::int64_t accumulator) {
  layer.precision.inputs = inputs_.front()->bits;
  const auto* product = std::get_if<GemmShape>(&layer.shape);
  if (product != nullptr && !product->weights && inputs_.size() > 1) {
    layer.precision.weights = inputs_[1]->bits;
  }
  layer.precision.outputs = outputs;
  layer.precision.accumulator = accumulator > 0 ? accumulator : outputs;
}

std::int64_t Draft::weight_bits() {
  const auto node = keys_.optional("weight_bits");
  return node ? node->integer(1, kMostBits) : weight_bits_;
}

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

}  // namespace inlay::workload
