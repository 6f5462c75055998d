#pragma once

#include <vector>

#include "inlay/base/random.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::search::large {

/// All chiplets of a package in a row, most of them linked with the next. Pipelines stand on intervals of it.
struct ChipletOrdering {
  std::vector<int> chiplets;
  std::vector<char> linked;  // [place in the row] with the next one
  bool operator==(const ChipletOrdering&) const = default;
};

/// There and back through rows and through columns, singly and in strips of two, three and each of `widths`,
/// around in spirals, and along links to wherever the fewest are left; each in both directions.
std::vector<ChipletOrdering> plain_orderings(const hardware::Package& package,
                                             const std::vector<int>& widths = {});

/// Some intervals of the ordering turned around or put elsewhere, preferably so that few links are lost.
ChipletOrdering changed_ordering(const hardware::Package& package, const ChipletOrdering& ordering,
                                 base::Random& random);

}  // namespace inlay::search::large
