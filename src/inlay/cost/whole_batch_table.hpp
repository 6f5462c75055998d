#pragma once

#include "inlay/cost/cost_table.hpp"

namespace inlay::cost {

/// As build_cost_table, for one mini-batch size of each model: its whole batch. For showing what layers cost;
/// a schedule needs all sizes.
CostTable whole_batch_table(const workload::Scenario& scenario,
                            const std::vector<hardware::ChipletType>& types, const CostEngine& engine,
                            int threads = 0, CostCache* cache = nullptr, const CostWatch& watch = {});

}  // namespace inlay::cost
