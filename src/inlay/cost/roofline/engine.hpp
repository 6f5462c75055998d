#pragma once

#include <memory>

#include "inlay/cost/engine.hpp"

namespace inlay::cost::roofline {

/// What no mapping of a layer can beat on a chiplet type: its multipliers and its NoC at their peak, and
/// every byte moved once (docs/engines.md).
std::unique_ptr<CostEngine> make_engine();

}  // namespace inlay::cost::roofline
