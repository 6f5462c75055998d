#pragma once

#include <map>
#include <optional>
#include <string>

#include "inlay/cost/mapped/fixed_mapping.hpp"

namespace inlay::importers::mappings {

/// P and Q are columns and rows of the output, R and S those of the filter; M stands for K.
const std::map<std::string, cost::mapped::Dimension>& timeloop_dimensions();

/// The level that a target of one of the usual names is, whatever its case; nothing for an unknown one.
std::optional<cost::mapped::Storage> timeloop_storage(const std::string& target);

}  // namespace inlay::importers::mappings
