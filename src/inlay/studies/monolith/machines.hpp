#pragma once

#include <string>
#include <vector>

#include "inlay/studies/monolith/outcome.hpp"
#include "inlay/studies/monolith/plan.hpp"

namespace inlay::studies::monolith {

/// A way to cut the silicon up, built with any of several dataflows.
struct Machine {
  std::string name;  // of the package; "monolith"
  Organisation organisation = Organisation::kMonolith;
  std::vector<hardware::Package> variants;  // the package with each combination of dataflows for its types
};

/// The machines of a plan with this NoC bandwidth in each chiplet: the monolith of the packages (they share
/// one), then each package. A homogeneous package may have any of the monolith's dataflows that keep in place
/// what its own keeps; the types of a heterogeneous one have those that the plan lists for them.
std::vector<Machine> machines(const ComparisonPlan& plan, std::int64_t noc_bytes_per_cycle);

/// "kcp_ws 16384 4096": chiplet types with the same key cost the same on every layer. They may only stem from
/// packages of the same silicon, as those of a plan do.
std::string cost_key(const hardware::ChipletType& type);

}  // namespace inlay::studies::monolith
