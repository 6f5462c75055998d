#include "inlay/importers/nested_layer.hpp"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "inlay/base/checked.hpp"

namespace inlay::importers {
namespace {

std::string yaml_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string plain(std::string name) {
  for (char& c : name) {
    const bool allowed = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    c = allowed ? c : '_';
  }
  return name.empty() ? "layer" : name;
}

std::string pair(const char* key, const std::int64_t (&sizes)[2]) {
  return fmt::format(", {}: [{}, {}]", key, sizes[0], sizes[1]);
}

/// Rows or columns that the windows reach.
std::int64_t reached(const NestedLayer& layer, int axis) {
  const std::int64_t steps = base::checked_multiply(layer.out[axis] - 1, layer.stride[axis]);
  const std::int64_t span = base::checked_multiply(layer.kernel[axis] - 1, layer.dilation[axis]);
  return base::checked_add(base::checked_add(steps, span), 1);
}

}  // namespace

std::string nested_layer_yaml(const NestedLayer& layer, const std::string& source, const std::string& what) {
  const std::string name = plain(std::filesystem::path(source).stem().string());
  const std::int64_t inner = base::checked_multiply(layer.groups, layer.inner);
  const std::int64_t features = base::checked_multiply(layer.groups, layer.features);
  std::string input;
  std::string keys;
  if (layer.gemm && layer.groups == 1) {
    input = fmt::format("[{}, {}]", layer.out[0], inner);
    keys = fmt::format("op: gemm, features: {}", features);
  } else {
    input = fmt::format("[{}, {}, {}]", inner, reached(layer, 0), reached(layer, 1));
    keys = fmt::format("op: convolution, channels: {}", features) + pair("kernel", layer.kernel) +
           pair("stride", layer.stride) + pair("dilation", layer.dilation) +
           fmt::format(", groups: {}", layer.groups);
  }
  std::string description = what + " Padding, if there is any, is part of its input.";
  if (layer.batch > 1) {
    description += fmt::format(" The file's batch is {}: run it with that batch.", layer.batch);
  }
  return fmt::format(
      "name: {0}\nsource: {1}\ndescription: {2}\n\ninputs:\n  input: {3}\n\nlayers:\n  - {{name: {0}, {4}, "
      "bias: false}}\n",
      yaml_text(name), yaml_text(source), yaml_text(description), input, keys);
}

}  // namespace inlay::importers
