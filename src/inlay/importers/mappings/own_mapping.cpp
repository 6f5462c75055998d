// Mappings in our own YAML (docs/formats-mappings.md).
#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/importers/mappings/formats.hpp"

namespace inlay::importers::mappings {
namespace {

using base::YamlMap;
using base::YamlNode;
using cost::mapped::FixedMapping;
using cost::mapped::MappedLoop;

constexpr std::int64_t kLargest = std::int64_t{1} << 40;

std::int64_t extent(YamlMap& map, const char* key) {
  const auto value = map.optional(key);
  return value ? value->integer(1, kLargest) : 1;
}

workload::Shape read_product(YamlMap& map) {
  workload::GemmShape shape;
  shape.m = map.required("M").integer(1, kLargest);
  shape.n = map.required("N").integer(1, kLargest);
  shape.k = map.required("K").integer(1, kLargest);
  shape.repeats = extent(map, "G");
  map.finish();
  return shape;
}

/// C and K of one group, as loops have them; padding in rows and columns on every side.
workload::Shape read_convolution(YamlMap& map) {
  workload::ConvolutionShape shape;
  shape.groups = extent(map, "G");
  shape.out_channels = base::checked_multiply(shape.groups, extent(map, "K"));
  shape.in_channels = base::checked_multiply(shape.groups, extent(map, "C"));
  shape.out_height = map.required("Y").integer(1, kLargest);
  shape.out_width = map.required("X").integer(1, kLargest);
  shape.kernel_height = extent(map, "R");
  shape.kernel_width = extent(map, "S");
  shape.stride_y = shape.stride_x = extent(map, "stride");
  shape.dilation_y = shape.dilation_x = extent(map, "dilation");
  if (const auto padding = map.optional("padding")) {
    shape.padding_y = shape.padding_x = padding->integer(0, kLargest);
    const auto reached = [](std::int64_t out, std::int64_t stride, std::int64_t taps, std::int64_t dilation) {
      return base::checked_add(base::checked_multiply(out - 1, stride),
                               base::checked_add(base::checked_multiply(taps - 1, dilation), 1));
    };
    shape.in_height = reached(shape.out_height, shape.stride_y, shape.kernel_height, shape.dilation_y) -
                      2 * shape.padding_y;
    shape.in_width =
        reached(shape.out_width, shape.stride_x, shape.kernel_width, shape.dilation_x) - 2 * shape.padding_x;
    if (shape.in_height < 1 || shape.in_width < 1) {
      padding->fail("the padding is larger than what the outputs read");
    }
  }
  map.finish();
  return shape;
}

workload::Shape read_layer(const YamlNode& node) {
  YamlMap map = node.map();
  return map.optional("M") ? read_product(map) : read_convolution(map);
}

workload::Precision read_precision(const YamlNode& node) {
  YamlMap map = node.map();
  workload::Precision precision;
  precision.inputs = map.required("inputs").integer(1, 64);
  precision.weights = map.required("weights").integer(1, 64);
  precision.outputs = map.required("outputs").integer(1, 64);
  precision.accumulator = map.required("accumulator").integer(1, 64);
  map.finish();
  return precision;
}

/// "K 4" or "spatial K 16".
MappedLoop read_loop(const YamlNode& node, const workload::Shape& shape) {
  std::istringstream words(node.text());
  std::string word;
  std::string number;
  std::string more;
  MappedLoop loop;
  words >> word;
  if (word == "spatial") {
    loop.spatial = true;
    words >> word;
  }
  words >> number >> more;
  const auto [rest, error] = std::from_chars(number.data(), number.data() + number.size(), loop.factor);
  if (error != std::errc{} || rest != number.data() + number.size() || loop.factor < 1 ||
      loop.factor > kLargest || !more.empty()) {
    node.fail(fmt::format("'{}' is not a loop; write 'K 4' or 'spatial K 16' with a factor of at least 1",
                          node.text()));
  }
  try {
    loop.dimension = cost::mapped::dimension_named(shape, word);
  } catch (const base::InputError& error_) {
    node.fail(error_.what());
  }
  return loop;
}

void read_levels(const YamlNode& node, FixedMapping& mapping) {
  const std::vector<std::string>& words = cost::mapped::storage_words();
  YamlMap map = node.map();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto level = map.optional(words[i]);
    if (!level) {
      continue;
    }
    bool dealt = false;
    for (const YamlNode& item : level->list()) {
      const MappedLoop loop = read_loop(item, mapping.shape);
      if (dealt && !loop.spatial) {
        item.fail("a loop in time stands outside the spatial loops of its level; write it before them");
      }
      dealt = dealt || loop.spatial;
      mapping.levels[i].loops.push_back(loop);
    }
  }
  map.finish();
}

}  // namespace

FixedMapping read_own(const YamlNode& root, const MappingRequest& request) {
  FixedMapping mapping = empty_mapping(request);
  YamlMap map = root.map();
  mapping.name = map.required("name").name();
  map.optional("source");
  map.optional("chiplet");
  const auto layer = map.optional("layer");
  if (layer && request.layer) {
    layer->fail(
        fmt::format("the file states a layer, and so does the command line ('{}')", request.layer->name));
  }
  if (layer) {
    mapping.shape = read_layer(*layer);
    mapping.layer = mapping.name;
  } else if (!request.layer) {
    map.fail("a layer is needed: state 'layer', or name a model and '--layer'");
  }
  if (const auto precision = map.optional("precision")) {
    mapping.precision = read_precision(*precision);
  }
  if (const auto batch = map.optional("batch")) {
    mapping.mini_batch = batch->integer(1, kLargest);
  }
  read_levels(map.required("levels"), mapping);
  map.finish();
  return mapping;
}

}  // namespace inlay::importers::mappings
