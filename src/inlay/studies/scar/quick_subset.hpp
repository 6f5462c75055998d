#pragma once

#include "inlay/studies/scar/plan.hpp"

namespace inlay::studies::scar {

/// Keeps of a plan what its section `quick` names: settings, scenarios of tables and of ablations,
/// variations. Throws base::InputError.
void keep_quick_subset(const base::YamlNode& node, Plan& plan);

}  // namespace inlay::studies::scar
