#pragma once

#include <functional>
#include <string>

#include "inlay/workload/model_file.hpp"
#include "inlay/workload/scenario.hpp"
#include "inlay/workload/scenario_settings.hpp"

namespace inlay::workload {

/// Reads a model from a file; front ends pass one that knows more formats than YAML.
using ModelLoader =
    std::function<Model(const std::string& path, const ModelParameters& parameters, const WantedBits& bits)>;

/// Reads a scenario (docs/formats-models.md) from a file, or by its name from data/scenarios. Paths of models
/// count from the scenario's folder, bare names are looked up in data/models.
/// `settings` replace values of the models' parameters. Throws base::InputError with file, line, column and
/// field.
Scenario load_scenario(const std::string& path_or_name, const ModelLoader& loader = load_model,
                       const std::vector<Setting>& settings = {});

/// Reads a scenario from text as if it were a file of that name.
Scenario parse_scenario(const std::string& text, const std::string& file,
                        const ModelLoader& loader = load_model, const std::vector<Setting>& settings = {});

/// Multiply-accumulates of all models with their batches. Throws base::OverflowError.
std::int64_t macs(const Scenario& scenario);

}  // namespace inlay::workload
