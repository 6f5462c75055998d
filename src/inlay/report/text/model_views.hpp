#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "inlay/workload/model.hpp"

namespace inlay::report::text {

/// A model under the name by which a command line knows it.
struct NamedModel {
  std::string name;
  workload::Model model;
};

/// A table of models: layers, multiply-accumulates and bytes of activations of one sample, parameters,
/// source.
std::string models_text(const std::vector<NamedModel>& models);
/// The same as an array of objects, numbers in full.
nlohmann::ordered_json models_json(const std::vector<NamedModel>& models);

/// The model as a schedule file embeds it (docs/formats-schedule.md), with `totals`, and `macs` of each
/// layer.
nlohmann::ordered_json model_json(const workload::Model& model);

/// The graph of layers in Graphviz' language; edges carry the tensors' dimensions.
std::string model_dot(const workload::Model& model);

}  // namespace inlay::report::text
