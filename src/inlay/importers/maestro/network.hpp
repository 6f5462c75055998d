#pragma once

#include <string>

#include "inlay/importers/maestro/mapping_file.hpp"

namespace inlay::importers::maestro {

/// The network of a mapping file as the YAML of a model: its layers as a chain in the file's order, with
/// exactly the multiply-accumulates that the file states (docs/importers.md). `source` names the file. Throws
/// base::InputError for a filter larger than its input, and for batches that differ from layer to layer where
/// they cannot be rows of a product.
std::string network_yaml(const MappingFile& mapping, const std::string& source);

}  // namespace inlay::importers::maestro
