#include "inlay/studies/scar/costs.hpp"

#include <fmt/format.h>

#include <set>

#include "inlay/cost/engines.hpp"
#include "inlay/cost/memoizing_engine.hpp"
#include "inlay/studies/monolith/type_costs.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::studies::scar {
namespace {

/// Types of the study's packages that agree in this cost the same on every layer: clock and energies are the
/// same.
std::string key_of(const hardware::ChipletType& type) {
  return fmt::format("{} {} {} {}", type.dataflow.name, type.pes, type.noc_bytes_per_cycle, type.l2_bytes);
}

}  // namespace

ScenarioCosts::ScenarioCosts(const Setting& setting, const std::string& scenario)
    : setting_(setting),
      scenario_(workload::load_scenario(scenario)),
      engine_(cost::memoizing(cost::make_engine(setting.engine))) {}

std::int64_t ScenarioCosts::offchip_of(const std::string& model) const {
  const auto found = setting_.offchip_of.find(model);
  return found == setting_.offchip_of.end() ? setting_.offchip : found->second;
}

/// Each model with its own off-chip bandwidth.
cost::CostTable ScenarioCosts::costed(const hardware::ChipletType& type) const {
  std::set<std::int64_t> bandwidths;
  for (const workload::ScenarioModel& entry : scenario_.models) {
    bandwidths.insert(offchip_of(entry.model.name));
  }
  cost::CostTable whole;
  for (const std::int64_t bandwidth : bandwidths) {
    hardware::ChipletType charged = type;
    charged.offchip_bytes_per_cycle = bandwidth;
    cost::CostTable table = cost::build_cost_table(scenario_, {charged}, *engine_, 1);
    if (whole.models.empty()) {
      whole = table;
    }
    for (std::size_t m = 0; m < table.models.size(); ++m) {
      if (offchip_of(scenario_.models[m].model.name) == bandwidth) {
        whole.models[m] = std::move(table.models[m]);
      }
    }
  }
  return whole;
}

const cost::CostTable& ScenarioCosts::column(const hardware::ChipletType& type) {
  const std::string key = key_of(type);
  const auto found = columns_.find(key);
  return found != columns_.end() ? found->second : columns_.emplace(key, costed(type)).first->second;
}

cost::CostTable ScenarioCosts::table(const std::vector<hardware::ChipletType>& types) {
  const std::lock_guard lock(mutex_);
  std::vector<const cost::CostTable*> columns;
  for (const hardware::ChipletType& type : types) {
    columns.push_back(&column(type));
  }
  return monolith::join_columns(columns);
}

}  // namespace inlay::studies::scar
