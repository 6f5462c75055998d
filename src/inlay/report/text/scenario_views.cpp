#include "inlay/report/text/scenario_views.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "inlay/base/quantity.hpp"
#include "inlay/report/text/text_table.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::report::text {
namespace {

std::string models_of(const workload::Scenario& scenario) {
  std::vector<std::string> models;
  for (const workload::ScenarioModel& entry : scenario.models) {
    models.push_back(entry.batch == 1 ? entry.name : fmt::format("{} x {}", entry.batch, entry.name));
  }
  return fmt::format("{}", fmt::join(models, ", "));
}

nlohmann::ordered_json json_of(const workload::Scenario& scenario, const workload::ScenarioModel& entry) {
  nlohmann::ordered_json json = {{"name", entry.name}, {"model", entry.model.name}, {"batch", entry.batch}};
  if (!entry.model.settings.empty()) {
    json["parameters"] = entry.model.settings;
  }
  if (entry.rate) {
    json["rate"] = *entry.rate;
  }
  if (entry.deadline) {
    json["deadline"] = *entry.deadline;
  }
  if (entry.probability) {
    json["probability"] = *entry.probability;
  }
  for (const int needed : entry.depends_on) {
    json["depends_on"].push_back(scenario.models[static_cast<std::size_t>(needed)].name);
  }
  return json;
}

}  // namespace

std::string scenarios_text(const std::vector<workload::Scenario>& scenarios) {
  TextTable table({{"scenario", Align::kLeft},
                   {"MACs", Align::kRight},
                   {"models with their batches, and source", Align::kLeft}});
  for (const workload::Scenario& scenario : scenarios) {
    table.add({scenario.name, base::format_count(static_cast<double>(workload::macs(scenario))),
               models_of(scenario)});
    table.add({"", "", scenario.source});
  }
  return table.text();
}

nlohmann::ordered_json scenarios_json(const std::vector<workload::Scenario>& scenarios) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const workload::Scenario& scenario : scenarios) {
    nlohmann::ordered_json models = nlohmann::ordered_json::array();
    for (const workload::ScenarioModel& entry : scenario.models) {
      models.push_back(json_of(scenario, entry));
    }
    list.push_back({{"name", scenario.name},
                    {"source", scenario.source},
                    {"description", scenario.description},
                    {"macs", workload::macs(scenario)},
                    {"models", std::move(models)}});
  }
  return list;
}

}  // namespace inlay::report::text
