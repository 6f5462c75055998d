#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "inlay/base/yaml.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::hardware {

/// More chiplets than any package; a larger number in a file is a slip.
constexpr std::int64_t kMostChiplets = 4096;

/// Gives the package rows x columns chiplets c0, c1, ... row by row, each linked to its neighbours in row and
/// column; `triangular` adds, in every cell of four, the link from the upper left to the lower right chiplet
/// (SCAR's -T packages). `types` holds one index into Package::types per chiplet, row by row. Throws
/// base::DefectError unless it has rows x columns entries.
void build_mesh(Package& package, int rows, int columns, bool triangular, const std::vector<int>& types);

/// One memory interface at every chiplet of the leftmost and of the rightmost column, row by row: SCAR's
/// arrangement.
void place_interfaces_left_and_right(Package& package);

/// A memory interface m0, m1, ... at each of the chiplets, in this order.
void place_interfaces(Package& package, const std::vector<int>& chiplets);

/// Reads the value of `mesh:`. Throws base::InputError.
void read_mesh(const base::YamlNode& value, Package& package, const std::map<std::string, int>& types);

/// Reads the value of `chiplets:`, a list of {name, type, position}. Throws base::InputError.
void read_chiplets(const base::YamlNode& value, Package& package, const std::map<std::string, int>& types);

/// Reads the value of `links:`, a list of pairs of chiplet names. Throws base::InputError.
void read_links(const base::YamlNode& value, Package& package);

/// Reads the value of `groups:`, a list of {name, shape: [rows, columns], chiplets: [names row by row]}.
/// Throws base::InputError; whether a group is a submesh is only known once routes are
/// (hardware/submesh.hpp).
void read_groups(const base::YamlNode& value, Package& package);

/// Reads the value of `interfaces:`, `left-and-right` or a list of chiplet names. Throws base::InputError.
void read_interfaces(const base::YamlNode& value, Package& package);

}  // namespace inlay::hardware
