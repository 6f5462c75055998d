#include "inlay/report/files/layer_costs_csv.hpp"

#include "inlay/base/checked.hpp"
#include "inlay/report/text/csv.hpp"
#include "inlay/workload/description.hpp"

namespace inlay::report::files {
namespace {

std::vector<std::string> cells(const std::string& model, const workload::Layer& layer,
                               std::int64_t mini_batch, const text::LayerCostRow& row, std::size_t t,
                               const hardware::ChipletType& type) {
  const cost::LayerCost& cost = row.costs[t];
  return {model,
          layer.name,
          type.name,
          std::to_string(mini_batch),
          std::to_string(cost.cycles),
          text::csv_number(cost.energy.mac),
          text::csv_number(cost.energy.l1),
          text::csv_number(cost.energy.l2),
          text::csv_number(cost.energy.noc),
          text::csv_number(cost.energy.vector),
          text::csv_number(cost.energy.total()),
          std::to_string(cost.tile_bytes),
          text::csv_number(cost.utilisation),
          cost.substituted ? "yes" : "no",
          cost::to_string(cost.bound_by),
          layer.op,
          workload::describe(layer.shape),
          std::to_string(base::checked_multiply(workload::macs(layer.shape), mini_batch)),
          text::csv_number(static_cast<double>(cost.cycles) / type.clock),
          row.preferred == static_cast<int>(t) ? "yes" : "no"};
}

}  // namespace

std::vector<std::vector<std::string>> layer_costs_rows(const workload::Scenario& scenario,
                                                       const cost::CostTable& table,
                                                       const std::vector<hardware::ChipletType>& types,
                                                       const objective::Objective& objective) {
  std::vector<std::vector<std::string>> rows = {
      {"model",    "layer", "chiplet",  "mini_batch", "cycles",   "mac_J",       "l1_J",
       "l2_J",     "noc_J", "vector_J", "energy_J",   "l2_bytes", "utilisation", "substituted",
       "bound_by", "op",    "shape",    "macs",       "seconds",  "preferred"}};
  for (std::size_t m = 0; m < scenario.models.size(); ++m) {
    const workload::ScenarioModel& entry = scenario.models[m];
    const cost::ModelCosts& costs = table.models[m];
    for (std::size_t i = 0; i < entry.model.layers.size(); ++i) {
      for (std::size_t size = 0; size < costs.mini_batches.size(); ++size) {
        text::LayerCostRow row;
        for (std::size_t t = 0; t < types.size(); ++t) {
          row.costs.push_back(costs.at(static_cast<int>(i), static_cast<int>(size), static_cast<int>(t)));
        }
        text::choose_type(row, types, objective);
        for (std::size_t t = 0; t < types.size(); ++t) {
          // The engine `table` would take a row of figures that mean nothing for a cost.
          if (!row.costs[t].mappable) {
            continue;
          }
          rows.push_back(
              cells(entry.name, entry.model.layers[i], costs.mini_batches[size], row, t, types[t]));
        }
      }
    }
  }
  return rows;
}

}  // namespace inlay::report::files
