#pragma once

#include <string>
#include <utility>
#include <vector>

#include "inlay/hardware/package.hpp"

namespace inlay::hardware {

/// A picture for the terminal: a box per chiplet with name, type and `=M` where a memory interface is, lines
/// for links between neighbouring places, and below it the links that cannot be drawn so. Ends with a
/// newline. A package of more than 1024 places is listed as links only.
std::string draw(const Package& package);

/// What a package is, in pairs of a word and its value, for a table.
std::vector<std::pair<std::string, std::string>> describe(const Package& package);

/// The same for a chiplet type.
std::vector<std::pair<std::string, std::string>> describe(const ChipletType& type);

/// A table of the chiplet types: the first row is the header.
std::vector<std::vector<std::string>> type_table(const Package& package);

}  // namespace inlay::hardware
