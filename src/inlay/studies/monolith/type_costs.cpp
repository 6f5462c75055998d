#include "inlay/studies/monolith/type_costs.hpp"

#include "inlay/studies/monolith/machines.hpp"

namespace inlay::studies::monolith {

cost::CostTable join_columns(const std::vector<const cost::CostTable*>& columns) {
  cost::CostTable joined = *columns.front();
  for (std::size_t m = 0; m < joined.models.size(); ++m) {
    cost::ModelCosts& model = joined.models[m];
    const std::size_t rows = model.entries.size();
    model.types = static_cast<int>(columns.size());
    model.entries.clear();
    for (std::size_t row = 0; row < rows; ++row) {
      for (const cost::CostTable* column : columns) {
        model.entries.push_back(column->models.at(m).entries.at(row));
      }
    }
  }
  return joined;
}

const TypeCosts::Column& TypeCosts::column(const hardware::ChipletType& type) {
  const std::string key = cost_key(type);
  if (const auto found = columns_.find(key); found != columns_.end()) {
    return found->second;
  }
  Column column;
  column.costs = cost::build_cost_table(scenario_, {type}, engine_, 1);
  if (engine_.name() == "maestro") {
    column.repeated_writes = std::make_unique<RepeatedWrites>(scenario_, column.costs, type);
  }
  return columns_.emplace(key, std::move(column)).first->second;
}

cost::CostTable TypeCosts::table(const std::vector<hardware::ChipletType>& types) {
  std::vector<const cost::CostTable*> columns;
  for (const hardware::ChipletType& type : types) {
    columns.push_back(&column(type).costs);
  }
  return join_columns(columns);
}

double TypeCosts::repeated_writes(const hardware::Package& package, const schedule::Schedule& schedule) {
  double joules = 0.0;
  for (const schedule::Window& window : schedule.windows) {
    for (const schedule::Pipeline& pipeline : window.pipelines) {
      for (const schedule::Stage& stage : pipeline.stages) {
        const hardware::Chiplet& chiplet =
            package.chiplets.at(static_cast<std::size_t>(stage.submesh.lead()));
        const Column& costs = column(package.types.at(static_cast<std::size_t>(chiplet.type)));
        joules += costs.repeated_writes ? costs.repeated_writes->of_stage(pipeline, stage) : 0.0;
      }
    }
  }
  return joules;
}

}  // namespace inlay::studies::monolith
