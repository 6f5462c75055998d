#pragma once

#include <string>

#include "inlay/base/yaml.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::hardware {

/// Reads a package file (docs/formats-hardware.md) and derives its routes.
/// Throws base::InputError, also for chiplets without connection.
Package read_package(const base::YamlNode& root);

/// `het-sides-2x2` (shipped), `my/package.yaml`, or a monolith of either: `monolithic:P`,
/// `monolithic@CHOICE:P` where CHOICE is a type of P or else the name of a dataflow for P's commonest type
/// (see monolith.hpp). Throws base::InputError.
Package load_package(const std::string& spec);

}  // namespace inlay::hardware
