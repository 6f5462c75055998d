#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace inlay::importers {

/// What files can be imported, by the end of their names: ".m".
std::vector<std::string> importer_names();

/// The model of a foreign file as YAML (docs/importers.md), read back once so that it is known to be right.
/// Throws base::InputError for an unknown kind of file, and what its reader throws.
std::string import_model(const std::filesystem::path& path);

}  // namespace inlay::importers
