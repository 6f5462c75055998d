#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "inlay/base/checked.hpp"

namespace inlay::cost {

/// The distinct values of ceil(extent / i), i = 1..extent, ascending: for every number of pieces that an
/// extent of at least 1 can be cut into, the smallest size of the pieces. About 2 sqrt(extent) values.
inline std::vector<std::int64_t> balanced_pieces(std::int64_t extent) {
  std::vector<std::int64_t> sizes;
  // From i = 1 on, jump to the first i with a smaller quotient.
  for (std::int64_t size = extent; size > 1;) {
    sizes.push_back(size);
    const std::int64_t last = (extent - 1) / (size - 1);  // the last i with ceil(extent / i) >= size
    size = base::ceil_divide(extent, last + 1);
  }
  sizes.push_back(1);
  std::reverse(sizes.begin(), sizes.end());
  return sizes;
}

}  // namespace inlay::cost
