#pragma once

#include "inlay/report/layer_costs.hpp"

namespace inlay::report {

/// schemas/costs.schema.json.
std::string layer_costs_json(const std::vector<ModelCostReport>& reports, const cost::CostTable& table,
                             const objective::Objective& objective);

}  // namespace inlay::report
