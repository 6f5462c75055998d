#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "inlay/importers/xrbench_scenario.hpp"

namespace inlay::importers {

/// What the user says beside the file; all but the dataflows is about ONNX.
struct ImportOptions {
  std::map<std::string, std::int64_t> dimensions;  // sizes of symbolic dimensions
  std::vector<std::string> weights;                // patterns of inputs that are weights; "!...": are none
  bool unknown_as_vector = false;                  // operators that nobody knows are vector operators
  std::int64_t weight_bits = 0;                    // 0: as the file has them
  std::int64_t activation_bits = 0;
  std::vector<std::string> dataflows = {};  // of the accelerators of XRBench

  bool empty() const {
    return dataflows.empty() && dimensions.empty() && weights.empty() && !unknown_as_vector &&
           weight_bits == 0 && activation_bits == 0;
  }
};

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
