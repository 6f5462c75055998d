#pragma once

#include "inlay/report/text/layer_costs.hpp"

namespace inlay::report::files {

/// schemas/costs.schema.json.
std::string layer_costs_json(const std::vector<text::ModelCostReport>& reports, const cost::CostTable& table,
                             const objective::Objective& objective);

}  // namespace inlay::report::files
