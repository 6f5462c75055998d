#include "inlay/evaluate/coverage.hpp"

#include <algorithm>

namespace inlay::evaluate {
namespace {

using workload::Box;

Box common(const Box& a, const Box& b) {
  Box both;
  for (std::size_t axis = 0; axis < both.size(); ++axis) {
    both[axis] = {std::max(a[axis].first, b[axis].first), std::min(a[axis].last, b[axis].last)};
  }
  return both;
}

}  // namespace

bool covered(const std::vector<Box>& claimed, const std::vector<Box>& held, const std::vector<Box>& needed) {
  for (std::size_t member = 0; member < claimed.size(); ++member) {
    const Box had = common(claimed[member], held[member]);
    const Box came = common(claimed[member], needed[member]);
    const std::int64_t twice = workload::volume(common(had, came));
    if (workload::volume(had) + workload::volume(came) - twice < workload::volume(claimed[member])) {
      return false;
    }
  }
  return true;
}

}  // namespace inlay::evaluate
