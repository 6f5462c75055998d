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
std::string yaml_text(const std::string& text) {
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
  if (vector) {
    return input;
  }
  if (gemm) {
    return {input[0], features};
  }
  const auto extent = [](std::int64_t in, std::int64_t kernel, std::int64_t stride) {
    return in < kernel ? 0 : (in - kernel) / stride + 1;
  };
  return {pool ? input[0] : features, extent(input[1] + rows_beyond(), kernel_height, stride_y),
          extent(input[2] + columns_beyond(), kernel_width, stride_x)};
}

std::int64_t ChainLayer::macs() const {
  const std::vector<std::int64_t> made = output();
  if (vector || pool) {
    return 0;
  }
  return gemm ? base::checked_product(elements(made), input[1])
              : base::checked_product(elements(made), input[0] / groups, kernel_height, kernel_width);
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
  inputs_ += fmt::format("  {}: {}\n", yaml_text(input), list(shape));
  return input;
}

std::string ChainWriter::own_input(const ChainLayer& layer, const std::string& name) {
  return fmt::format(", input: {}", yaml_text(add_input(name + "-input", layer.input)));
}

std::string ChainWriter::join(const ChainLayer& layer, const std::string& name, Padding& padding) {
  if (made_.empty()) {
    add_input("input", layer.input);
    return "";
  }
  if (layer.reads == kOwnInput) {
    return own_input(layer, name);
  }
  const bool previous = layer.reads == kPreviousLayer;
  Made& from = previous ? made_.back() : made_.at(static_cast<std::size_t>(layer.reads));
  const std::string key = previous ? "" : fmt::format(", input: {}", yaml_text(from.name));
  if (from.shape == layer.input) {
    from.read = true;
    return key;
  }
  if (const auto joined = padding_between(from.shape, layer)) {
    padding = *joined;
    ++padded_;
    from.read = true;
    return key;
  }
  if (elements(from.shape) == elements(layer.input)) {
    const std::string reshape = unique(name + "-shape");
    layers_ += fmt::format("  - {{name: {}{}, op: reshape, shape: {}}}\n", yaml_text(reshape), key,
                           list(layer.input));
    from.read = true;
    return previous ? "" : fmt::format(", input: {}", yaml_text(reshape));
  }
  ++breaks_;
  return own_input(layer, name);
}

void ChainWriter::add(const ChainLayer& layer) {
  const std::string name = unique(layer.name);
  Padding padding{};
  const std::string input = join(layer, name, padding);
  layers_ += fmt::format("  - {{name: {}{}", yaml_text(name), input);
  if (layer.vector) {
    layers_ += fmt::format(", op: vector, shape: {}}}\n", list(layer.input));
  } else if (layer.gemm) {
    layers_ += fmt::format(", op: gemm, features: {}, bias: false}}\n", layer.features);
  } else {
    layers_ += layer.pool ? ", op: max-pool" : fmt::format(", op: convolution, channels: {}", layer.features);
    layers_ += layer.kernel_height == layer.kernel_width
                   ? fmt::format(", kernel: {}", layer.kernel_height)
                   : fmt::format(", kernel: [{}, {}]", layer.kernel_height, layer.kernel_width);
    padding[2] += layer.rows_beyond();
    padding[3] += layer.columns_beyond();
    layers_ += pair("stride", layer.stride_y, layer.stride_x, layer.pool ? 0 : 1) + padding_key(padding);
    layers_ += layer.groups == 1 ? "" : fmt::format(", groups: {}", layer.groups);
    layers_ += layer.pool ? "}\n" : ", bias: false}\n";
  }
  made_.push_back({name, layer.output()});
}

std::string ChainWriter::text(const std::string& name, const std::string& source,
                              const std::string& description) const {
  std::vector<std::string> outputs;
  for (const Made& made : made_) {
    if (!made.read) {
      outputs.push_back(yaml_text(made.name));
    }
  }
  return fmt::format("name: {}\nsource: {}\ndescription: {}\n\ninputs:\n{}\noutputs: [{}]\n\nlayers:\n{}",
                     yaml_text(name), yaml_text(source), yaml_text(description), inputs_,
                     fmt::join(outputs, ", "), layers_);
}

}  // namespace inlay::importers
