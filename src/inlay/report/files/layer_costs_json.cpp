#include "inlay/report/files/layer_costs_json.hpp"

#include <nlohmann/json.hpp>

#include "inlay/base/version.hpp"

namespace inlay::report::files {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const cost::LayerCost& cost, const hardware::ChipletType& type) {
  return {{"chiplet", type.name},
          {"cycles", cost.cycles},
          {"seconds", static_cast<double>(cost.cycles) / type.clock},
          {"utilisation", cost.utilisation},
          {"energy",
           {{"mac", cost.energy.mac},
            {"l1", cost.energy.l1},
            {"l2", cost.energy.l2},
            {"noc", cost.energy.noc},
            {"vector", cost.energy.vector},
            {"total", cost.energy.total()}}},
          {"tile_bytes", cost.tile_bytes},
          {"substituted", cost.substituted},
          {"mappable", cost.mappable},
          {"bound_by", cost::to_string(cost.bound_by)}};
}

}  // namespace

std::string layer_costs_json(const std::vector<text::ModelCostReport>& reports, const cost::CostTable& table,
                             const objective::Objective& objective) {
  Json models = Json::array();
  for (const text::ModelCostReport& report : reports) {
    Json layers = Json::array();
    for (const text::LayerCostRow& row : report.rows) {
      Json costs = Json::array();
      for (std::size_t t = 0; t < report.types.size(); ++t) {
        costs.push_back(to_json(row.costs[t], report.types[t]));
      }
      layers.push_back({{"layer", row.layer},
                        {"op", row.op},
                        {"shape", row.shape},
                        {"count", row.count},
                        {"macs", row.macs},
                        {"preferred", report.types[static_cast<std::size_t>(row.preferred)].name},
                        {"advantage", row.advantage},
                        {"costs", std::move(costs)}});
    }
    Json totals = Json::array();
    for (std::size_t t = 0; t < report.types.size(); ++t) {
      totals.push_back({{"chiplet", report.types[t].name},
                        {"seconds", report.seconds[t]},
                        {"energy", report.joules[t]},
                        {"energy_table", report.types[t].energy.name}});
    }
    models.push_back({{"model", report.model},
                      {"batch", report.batch},
                      {"layers", std::move(layers)},
                      {"totals", std::move(totals)}});
  }
  const Json json = {{"format", "inlay-costs"},
                     {"format_version", 1},
                     {"program_version", base::version()},
                     {"engine", table.engine},
                     {"engine_version", table.engine_version},
                     {"objective", objective::to_string(objective)},
                     {"assumptions", table.assumptions},
                     {"refusals", table.refusals},
                     {"models", std::move(models)}};
  return json.dump(2) + "\n";
}

}  // namespace inlay::report::files
