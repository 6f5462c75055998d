#pragma once

#include "inlay/report/text/layer_costs.hpp"

namespace inlay::report::files {

/// Every layer, mini-batch size and type; the first line is the header. The engine `table` reads it back
/// (docs/formats-costs.md).
std::vector<std::vector<std::string>> layer_costs_rows(const workload::Scenario& scenario,
                                                       const cost::CostTable& table,
                                                       const std::vector<hardware::ChipletType>& types,
                                                       const objective::Objective& objective);

}  // namespace inlay::report::files
