#pragma once

#include <filesystem>

#include "inlay/base/yaml.hpp"

namespace inlay::workload {

/// The file of the model that a YAML file mentions: a path counts from that file's folder, a bare name is
/// looked up in data/models. Throws base::InputError at the node.
std::filesystem::path find_model_file(const base::YamlNode& node);

}  // namespace inlay::workload
