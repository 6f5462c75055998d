#pragma once

#include <string>

#include "inlay/base/yaml.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::hardware {

/// Reads a chiplet file such as data/chiplets/nvdla-ws-4096.yaml. Throws base::InputError.
ChipletType read_chiplet_type(const base::YamlNode& root);

/// By the name of a shipped chiplet or by path. Throws base::InputError.
ChipletType load_chiplet_type(const std::string& name);

/// The dataflow of that name in data/dataflows, or of that path. Throws base::InputError.
dataflow::Dataflow find_dataflow(const std::string& name);

/// Reads what a package says of a type of its own called `name`: `nvdla-ws-4096`, or `{chiplet:
/// nvdla-ws-4096, l2: 5 MB}` where every field of the chiplet file but name and source may be replaced; what
/// was replaced is told in `source`. Throws base::InputError.
ChipletType read_package_type(const std::string& name, const base::YamlNode& value);

}  // namespace inlay::hardware
