#include "inlay/importers/chain_writer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "inlay/base/checked.hpp"

namespace inlay::importers {
namespace {

/// A string of JSON is one of YAML, too.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string list(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

std::int64_t elements(const std::vector<std::int64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, base::checked_multiply);
}

std::string pair(const char* key, std::int64_t rows, std::int64_t columns, std::int64_t usual) {
  if (rows == usual && columns == usual) {
    return "";
  }
  return rows == columns ? fmt::format(", {}: {}", key, rows)
                         : fmt::format(", {}: [{}, {}]", key, rows, columns);
}

/// Rows and columns of zeros that make `made` what the layer reads: at most what a filter reaches beyond an
/// edge. With an odd number the lower and right edge get the larger part.
std::optional<Padding> padding_between(const std::vector<std::int64_t>& made, const ChainLayer& layer) {
  if (layer.gemm || made.size() != 3 || made[0] != layer.input[0]) {
    return std::nullopt;
  }
  const std::array<std::int64_t, 2> missing = {layer.input[1] - made[1], layer.input[2] - made[2]};
  if (missing[0] < 0 || missing[0] >= layer.kernel_height || missing[1] < 0 ||
      missing[1] >= layer.kernel_width) {
    return std::nullopt;
  }
  return Padding{missing[0] / 2, missing[1] / 2, missing[0] - missing[0] / 2, missing[1] - missing[1] / 2};
}

std::string padding_key(const Padding& padding) {
  const auto& [top, left, bottom, right] = padding;
  return top == bottom && left == right
             ? pair("padding", top, left, 0)
             : fmt::format(", padding: [{}, {}, {}, {}]", top, left, bottom, right);
}

/// How far the last window reaches beyond `in` elements.
std::int64_t beyond(std::int64_t in, std::int64_t kernel, std::int64_t stride) {
  const std::int64_t rest = in < kernel ? 0 : (in - kernel) % stride;
  return rest == 0 ? 0 : stride - rest;
}

}  // namespace

std::vector<std::int64_t> ChainLayer::output() const {
  if (gemm) {
    return {input[0], features};
  }
  const auto extent = [](std::int64_t in, std::int64_t kernel, std::int64_t stride) {
    return in < kernel ? 0 : (in - kernel) / stride + 1;
  };
  return {features, extent(input[1] + rows_beyond(), kernel_height, stride_y),
          extent(input[2] + columns_beyond(), kernel_width, stride_x)};
}

std::int64_t ChainLayer::rows_beyond() const {
  return counts_cut_windows ? beyond(input[1], kernel_height, stride_y) : 0;
}

std::int64_t ChainLayer::columns_beyond() const {
  return counts_cut_windows ? beyond(input[2], kernel_width, stride_x) : 0;
}

/// A name that the format allows and that nothing has yet.
std::string ChainWriter::unique(const std::string& name) {
  std::string plain = name;
  for (char& c : plain) {
    const bool allowed = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    c = allowed ? c : '_';
  }
  std::string result = plain;
  for (int i = 2; !names_.insert(result).second; ++i) {
    result = fmt::format("{}_{}", plain, i);
  }
  return result;
}

std::string ChainWriter::add_input(const std::string& name, const std::vector<std::int64_t>& shape) {
  const std::string input = unique(name);
  inputs_ += fmt::format("  {}: {}\n", quoted(input), list(shape));
  return input;
}

std::string ChainWriter::join(const ChainLayer& layer, const std::string& name, Padding& padding) {
  if (last_.empty()) {
    add_input("input", layer.input);
    return "";
  }
  if (shape_ == layer.input) {
    return "";
  }
  if (const auto joined = padding_between(shape_, layer)) {
    padding = *joined;
    ++padded_;
    return "";
  }
  if (elements(shape_) == elements(layer.input)) {
    layers_ += fmt::format("  - {{name: {}, op: reshape, shape: {}}}\n", quoted(unique(name + "-shape")),
                           list(layer.input));
    return "";
  }
  ++breaks_;
  outputs_.push_back(last_);
  return fmt::format(", input: {}", quoted(add_input(name + "-input", layer.input)));
}

void ChainWriter::add(const ChainLayer& layer) {
  const std::string name = unique(layer.name);
  Padding padding{};
  const std::string input = join(layer, name, padding);
  layers_ += fmt::format("  - {{name: {}{}", quoted(name), input);
  if (layer.gemm) {
    layers_ += fmt::format(", op: gemm, features: {}", layer.features);
  } else {
    layers_ += fmt::format(", op: convolution, channels: {}", layer.features);
    layers_ += layer.kernel_height == layer.kernel_width
                   ? fmt::format(", kernel: {}", layer.kernel_height)
                   : fmt::format(", kernel: [{}, {}]", layer.kernel_height, layer.kernel_width);
    padding[2] += layer.rows_beyond();
    padding[3] += layer.columns_beyond();
    layers_ += pair("stride", layer.stride_y, layer.stride_x, 1) + padding_key(padding);
    layers_ += layer.groups == 1 ? "" : fmt::format(", groups: {}", layer.groups);
  }
  layers_ += ", bias: false}\n";
  last_ = name;
  shape_ = layer.output();
}

std::string ChainWriter::text(const std::string& name, const std::string& source,
                              const std::string& description) const {
  std::string outputs;
  for (const std::string& output : outputs_) {
    outputs += quoted(output) + ", ";
  }
  return fmt::format("name: {}\nsource: {}\ndescription: {}\n\ninputs:\n{}\noutputs: [{}{}]\n\nlayers:\n{}",
                     quoted(name), quoted(source), quoted(description), inputs_, outputs, quoted(last_),
                     layers_);
}

}  // namespace inlay::importers
