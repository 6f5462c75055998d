#pragma once

#include <map>
#include <mutex>
#include <string>

#include "inlay/cost/cost_table.hpp"
#include "inlay/studies/scar/plan.hpp"

namespace inlay::studies::scar {

/// What a scenario's layers cost under a setting, each chiplet type costed once however many packages have
/// it.
class ScenarioCosts {
 public:
  ScenarioCosts(const Setting& setting, const std::string& scenario);

  const workload::Scenario& scenario() const { return scenario_; }
  /// The cost table of a package with these types; safe to call from several threads. Throws
  /// base::InfeasibleError as the engine does.
  cost::CostTable table(const std::vector<hardware::ChipletType>& types);

 private:
  const cost::CostTable& column(const hardware::ChipletType& type);
  cost::CostTable costed(const hardware::ChipletType& type) const;
  std::int64_t offchip_of(const std::string& model) const;

  const Setting& setting_;
  workload::Scenario scenario_;
  std::unique_ptr<cost::CostEngine> engine_;
  std::mutex mutex_;
  std::map<std::string, cost::CostTable> columns_;  // of one type each
};

}  // namespace inlay::studies::scar
