#pragma once

#include "inlay/cost/maestro/cases.hpp"

namespace inlay::cost::maestro {

/// Elements that one case moves and computes at a level (section 5).
struct Volumes {
  std::int64_t input;  // into the units, multicast counted once
  std::int64_t weight;
  std::int64_t output;        // out of the units, summed up over units once
  std::int64_t partial_sums;  // multiply-accumulates on the critical path of one unit
};

Volumes volumes(const Level& level, const Case& step);

/// Multiply-accumulates of all units in the case.
std::int64_t macs(const Level& level, const Case& step);

}  // namespace inlay::cost::maestro
