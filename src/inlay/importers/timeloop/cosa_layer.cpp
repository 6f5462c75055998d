#include "inlay/importers/timeloop/cosa_layer.hpp"

#include "inlay/base/yaml.hpp"
#include "inlay/importers/nested_layer.hpp"
#include "inlay/importers/timeloop/problem.hpp"

namespace inlay::importers::timeloop {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 40U;

std::int64_t size(base::YamlMap& keys, const char* key) {
  return keys.required(key).integer(1, kLargest);
}

std::int64_t size_or(base::YamlMap& keys, const char* key, std::int64_t otherwise) {
  const auto node = keys.optional(key);
  return node ? node->integer(1, kLargest) : otherwise;
}

/// Rows M, columns N and depth K.
NestedLayer product(base::YamlMap& keys) {
  NestedLayer layer;
  layer.gemm = true;
  layer.out[0] = size(keys, "M");
  layer.features = size(keys, "N");
  layer.inner = size(keys, "K");
  return layer;
}

/// R and P lie along the columns, S and Q along the rows, as Wstride and Hstride say.
NestedLayer convolution(base::YamlMap& keys, bool depthwise) {
  NestedLayer layer;
  layer.inner = size(keys, "C");
  if (const auto filters = keys.optional("K")) {
    layer.features = filters->integer(1, kLargest);
  } else {
    layer.features = depthwise ? size_or(keys, "M", 1) : size(keys, "M");
  }
  layer.groups = size_or(keys, "G", 1);
  if (depthwise) {
    layer.groups = layer.inner;
    layer.inner = 1;
  }
  layer.kernel[0] = size(keys, "S");
  layer.kernel[1] = size(keys, "R");
  layer.out[0] = size(keys, "Q");
  layer.out[1] = size(keys, "P");
  layer.stride[0] = size_or(keys, "Hstride", 1);
  layer.stride[1] = size_or(keys, "Wstride", 1);
  layer.dilation[0] = size_or(keys, "Hdilation", 1);
  layer.dilation[1] = size_or(keys, "Wdilation", 1);
  layer.batch = size_or(keys, "N", 1);
  return layer;
}

}  // namespace

bool is_cosa_layer(const std::string& text) {
  return has_problem(text) && !is_timeloop_problem(text);
}

std::string cosa_yaml(const std::string& text, const std::string& file, const std::string& source) {
  base::YamlMap root = base::YamlNode::parse(text, file).map();
  base::YamlMap keys = root.required("problem").map();
  root.finish();
  const std::size_t shape = keys.required("shape").choice({"cnn-layer", "dw-cnn-layer", "gemm"});
  const NestedLayer layer = shape == 2 ? product(keys) : convolution(keys, shape == 1);
  keys.finish();
  return nested_layer_yaml(layer, source, "A layer of CoSA.");
}

}  // namespace inlay::importers::timeloop
