#pragma once

#include <string>

#include "inlay/base/yaml.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::hardware {

/// Reads a table such as data/energy/maestro.yaml. An energy is a quantity (`0.23 pJ`, for accesses `4.28
/// pJ/B`) or a multiple of the table's own MAC (`18.61 x mac`). Throws base::InputError.
EnergyTable read_energy_table(const base::YamlNode& root);

/// By the name of a shipped table or by path. Throws base::InputError.
EnergyTable load_energy_table(const std::string& name);

}  // namespace inlay::hardware
