#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "inlay/cost/cost_table.hpp"
#include "inlay/studies/repeated_writes.hpp"

namespace inlay::studies::monolith {

/// What a scenario's layers cost on single chiplet types, each costed once however many packages have it.
class TypeCosts {
 public:
  /// Both must outlive this.
  TypeCosts(const workload::Scenario& scenario, const cost::CostEngine& engine)
      : scenario_(scenario), engine_(engine) {}

  /// The cost table of a package with these types. Throws base::InfeasibleError as the engine does.
  cost::CostTable table(const std::vector<hardware::ChipletType>& types);

  /// J of a schedule for writing outputs more than once (B1); 0 for engines other than `maestro`.
  double repeated_writes(const hardware::Package& package, const schedule::Schedule& schedule);

 private:
  struct Column {
    cost::CostTable costs;  // of one type
    std::unique_ptr<RepeatedWrites> repeated_writes;
  };
  const Column& column(const hardware::ChipletType& type);

  const workload::Scenario& scenario_;
  const cost::CostEngine& engine_;
  std::map<std::string, Column> columns_;  // by cost_key
};

/// One cost table of several types from tables of one type each, in their order.
cost::CostTable join_columns(const std::vector<const cost::CostTable*>& columns);

}  // namespace inlay::studies::monolith
