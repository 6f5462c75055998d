#pragma once

#include <map>
#include <optional>
#include <string>

#include "inlay/cost/mapped/fixed_mapping.hpp"

namespace inlay::importers::mappings {

/// What a mapping file does not say itself.
struct MappingRequest {
  std::string file;
  /// The layer that it maps; none: the one that the file states, or the one that its factors multiply up to.
  std::optional<workload::Layer> layer;
  std::int64_t mini_batch = 1;
  const hardware::ChipletType* type = nullptr;
  /// Names of a foreign file's levels that are not known: "PEInputBuffer" -> "l1".
  std::map<std::string, std::string> levels;
};

}  // namespace inlay::importers::mappings
