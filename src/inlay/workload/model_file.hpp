#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "inlay/workload/model.hpp"

namespace inlay::workload {

/// Values that replace those of a model file's `parameters`, such as {"sequence", 512}.
using ModelParameters = std::map<std::string, std::int64_t>;

/// Bits that replace what a model file says of the whole model; 0: as the file says. What the file says of
/// one layer or one input stays.
struct WantedBits {
  std::int64_t weights = 0;
  std::int64_t activations = 0;
  std::int64_t accumulator = 0;
};

/// Reads a model (docs/formats-models.md) from a file, or by its name from data/models.
/// Throws base::InputError with file, line, column and field.
Model load_model(const std::string& path_or_name, const ModelParameters& parameters = {},
                 const WantedBits& bits = {});

/// Reads a model from text as if it were a file of that name.
Model parse_model(const std::string& text, const std::string& file, const ModelParameters& parameters = {},
                  const WantedBits& bits = {});

}  // namespace inlay::workload
