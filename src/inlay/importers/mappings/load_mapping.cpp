#include "inlay/importers/mappings/load_mapping.hpp"

#include <fmt/format.h>

#include "inlay/base/checked.hpp"
#include "inlay/base/file.hpp"
#include "inlay/importers/mappings/formats.hpp"

namespace inlay::importers::mappings {
namespace {

using cost::mapped::FixedMapping;

bool is_timeloop_text(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && first + 2 < text.size() && text[first] == 'L' &&
         text[first + 1] >= '0' && text[first + 1] <= '9' &&
         text.find_first_of("[ ", first) != std::string::npos;
}

bool has_key(const base::YamlNode& node, const std::string& key) {
  if (!node.is_map()) {
    return false;
  }
  base::YamlMap map = node.map();
  for (const auto& [name, value] : map.entries()) {
    if (name == key) {
      return true;
    }
  }
  return false;
}

bool first_has_key(const base::YamlNode& node, const std::string& key) {
  if (!node.is_list()) {
    return false;
  }
  const std::vector<base::YamlNode> items = node.list();
  return !items.empty() && has_key(items.front(), key);
}

FixedMapping parse(const std::string& text, const MappingRequest& request) {
  if (request.layer && std::holds_alternative<workload::VectorShape>(request.layer->shape)) {
    throw base::InputError(fmt::format(
        "layer '{}' has no multiply-accumulates, so that there is nothing to map", request.layer->name));
  }
  if (is_timeloop_text(text)) {
    return read_timeloop_text(text, request);
  }
  const base::YamlNode root = base::YamlNode::parse(text, request.file);
  if (has_key(root, "levels")) {
    return read_own(root, request);
  }
  if (has_key(root, "mapping") || first_has_key(root, "target")) {
    return read_timeloop(root, request);
  }
  if (first_has_key(root, "spatial_mapping") || first_has_key(root, "temporal_ordering")) {
    return read_zigzag(root, request);
  }
  root.fail(
      "the format of the mapping is not known: Inlay's has the key 'levels'; Timeloop's has 'mapping', or is "
      "a "
      "list with 'target'; ZigZag's is a list with 'spatial_mapping' or 'temporal_ordering'");
}

}  // namespace

FixedMapping parse_mapping(const std::string& text, const MappingRequest& request) {
  try {
    return parse(text, request);
  } catch (const base::OverflowError&) {
    throw base::InputError(fmt::format(
        "{}: the layer's sizes or the factors multiply up to more than a 64-bit count holds", request.file));
  }
}

FixedMapping load_mapping(const MappingRequest& request) {
  return parse_mapping(base::read_file(request.file), request);
}

std::optional<std::string> chiplet_of_mapping(const std::string& file) {
  const std::string text = base::read_file(file);
  if (is_timeloop_text(text)) {
    return std::nullopt;
  }
  const base::YamlNode root = base::YamlNode::parse(text, file);
  if (!has_key(root, "levels")) {
    return std::nullopt;
  }
  base::YamlMap map = root.map();
  const auto chiplet = map.optional("chiplet");
  return chiplet ? std::optional(chiplet->name()) : std::nullopt;
}

}  // namespace inlay::importers::mappings
