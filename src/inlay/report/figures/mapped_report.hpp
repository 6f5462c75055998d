#pragma once

#include <optional>
#include <string>

#include "inlay/cost/mapped/mapped_cost.hpp"

namespace inlay::report::figures {

/// A mapping that was given, and what an engine chooses for the same layer.
struct MappedReport {
  cost::mapped::FixedMapping mapping;
  cost::mapped::MappedCost given;
  hardware::ChipletType type;
  std::string engine;                    // of the tuned mapping
  std::optional<cost::LayerCost> tuned;  // none: the engine cannot map the layer
  std::string tuned_reason;              // why not
  std::string tiling;                    // what it has chosen
};

}  // namespace inlay::report::figures
