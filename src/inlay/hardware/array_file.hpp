#pragma once

#include "inlay/base/yaml.hpp"
#include "inlay/hardware/array.hpp"

namespace inlay::hardware {

/// The section `array` of a chiplet file. Throws base::InputError.
Array read_array(const base::YamlNode& node);
/// The section `offchip` of a chiplet file. Throws base::InputError.
Offchip read_offchip(const base::YamlNode& node);

}  // namespace inlay::hardware
