#pragma once

#include <string>

#include "inlay/workload/model_file.hpp"

namespace inlay::importers {

/// A workload::ModelLoader that also reads what can be imported: a scenario may say `model: net.onnx`, with
/// sizes of symbolic dimensions as its `parameters`. Throws what workload::load_model and import_model throw.
workload::Model load_model(const std::string& path, const workload::ModelParameters& parameters = {},
                           const workload::WantedBits& bits = {});

}  // namespace inlay::importers
