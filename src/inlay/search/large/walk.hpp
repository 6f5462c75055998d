#pragma once

#include <vector>

#include "inlay/base/random.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::search {

/// All chiplets of a package in a row, most of them linked with the next. Pipelines stand on pieces of it.
struct Walk {
  std::vector<int> chiplets;
  std::vector<char> linked;  // [place in the row] with the next one
  bool operator==(const Walk&) const = default;
};

/// There and back through rows and through columns, singly and in strips of two and three, around in spirals,
/// and along links to wherever the fewest are left; each in both directions.
std::vector<Walk> plain_walks(const hardware::Package& package);

/// Some pieces of the walk turned around or put elsewhere, preferably so that few links are lost.
Walk changed_walk(const hardware::Package& package, const Walk& walk, base::Random& random);

}  // namespace inlay::search
