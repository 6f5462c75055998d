#pragma once

#include "inlay/studies/scar/plan.hpp"

namespace inlay::studies::scar {

/// Reads a setting; what it does not name is taken from `base`. Throws base::InputError.
Setting read_setting(const base::YamlNode& node, const Setting& base);

}  // namespace inlay::studies::scar
