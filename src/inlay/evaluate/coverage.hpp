#pragma once

#include <vector>

#include "inlay/workload/division.hpp"

namespace inlay::evaluate {

/// Whether every member that held `held` and was brought `needed` has all of `claimed`: [member] boxes of one
/// tensor. It may not: members without work are brought nothing, and strides leave elements out.
bool covered(const std::vector<workload::Box>& claimed, const std::vector<workload::Box>& held,
             const std::vector<workload::Box>& needed);

}  // namespace inlay::evaluate
