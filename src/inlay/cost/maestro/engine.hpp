#pragma once

#include <memory>

#include "inlay/cost/engine.hpp"

namespace inlay::cost::maestro {

/// MAESTRO's analysis as a cost engine: with unlimited off-chip bandwidth, and L2 energy without fills from
/// and drains to the outside, which the package model owns (docs/engines.md).
std::unique_ptr<CostEngine> make_engine();

}  // namespace inlay::cost::maestro
