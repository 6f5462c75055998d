#pragma once

#include "inlay/studies/scar/plan.hpp"

namespace inlay::studies::scar {

/// Reads a setting; what it does not name is taken from `base`. Throws base::InputError.
Setting read_setting(const base::YamlNode& node, const Setting& base);

/// What a setting changes of packages as shipped and of the engine, a line each.
std::vector<std::string> changes_of(const Setting& setting);

}  // namespace inlay::studies::scar
