#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "inlay/importers/import_options.hpp"

namespace inlay::importers {

/// The model of an ONNX file as YAML (docs/importers-onnx.md). `file` names it in errors, `source` in the
/// model. Throws base::InputError, and base::OverflowError for sums beyond 64 bits.
std::string onnx_yaml(std::string_view bytes, const std::string& file, const std::string& source,
                      const ImportOptions& options);

/// As onnx_yaml, of a file of any size: contents of large tensors are not read.
std::string import_onnx(const std::filesystem::path& path, const ImportOptions& options);

}  // namespace inlay::importers
