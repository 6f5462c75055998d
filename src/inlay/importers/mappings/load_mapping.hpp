#pragma once

#include <optional>
#include <string>

#include "inlay/importers/mappings/mapping_request.hpp"

namespace inlay::importers::mappings {

/// Reads a mapping in our own YAML, Timeloop's YAML or text, or ZigZag's YAML (docs/formats-mappings.md); the
/// format is known by its keys. Throws base::InputError with file, line, column and field.
cost::mapped::FixedMapping load_mapping(const MappingRequest& request);
/// The same for text that has been read; the request's file is for messages.
cost::mapped::FixedMapping parse_mapping(const std::string& text, const MappingRequest& request);

/// The chiplet that a mapping in our own YAML names; nothing in other formats or if it names none.
std::optional<std::string> chiplet_of_mapping(const std::string& file);

}  // namespace inlay::importers::mappings
