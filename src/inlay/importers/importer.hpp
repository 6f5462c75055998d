#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "inlay/importers/import_options.hpp"

namespace inlay::importers {

/// What files can be imported, by the end of their names: ".m", ".onnx", ...
std::vector<std::string> importer_names();

/// Whether import_model knows files that end like this one.
bool can_import(const std::filesystem::path& path);

/// What a foreign file becomes: a model, a scenario of XRBench with its models behind it, or a chiplet for
/// each of its accelerators. As import_model.
std::vector<ImportedFile> import_files(const std::filesystem::path& path, const ImportOptions& options = {});

/// The model of a foreign file as YAML (docs/importers.md), read back once so that it is known to be right.
/// Throws base::InputError for an unknown kind of file, and what its reader throws.
std::string import_model(const std::filesystem::path& path, const ImportOptions& options = {});

}  // namespace inlay::importers
