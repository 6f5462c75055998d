#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "inlay/workload/model.hpp"

namespace inlay::workload {

/// Values that replace those of a model file's `parameters`, such as {"sequence", 512}.
using ModelParameters = std::map<std::string, std::int64_t>;

/// Reads a model (docs/formats-models.md) from a file, or by its name from data/models.
/// Throws base::InputError with file, line, column and field.
Model load_model(const std::string& path_or_name, const ModelParameters& parameters = {});

/// Reads a model from text as if it were a file of that name.
Model parse_model(const std::string& text, const std::string& file, const ModelParameters& parameters = {});

}  // namespace inlay::workload
