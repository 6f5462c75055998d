#include "inlay/studies/scar/quick_subset.hpp"

#include <algorithm>

namespace inlay::studies::scar {
namespace {

using base::YamlMap;
using base::YamlNode;

/// The positions of the scenarios that `node` names among those of the whole study.
std::vector<std::size_t> kept_positions(const YamlNode& node, const std::vector<std::string>& scenarios) {
  std::vector<std::size_t> kept;
  for (const YamlNode& entry : node.list()) {
    kept.push_back(entry.choice(scenarios));
  }
  return kept;
}

template <typename Value>
void keep(std::vector<Value>& values, const std::vector<std::size_t>& positions) {
  std::vector<Value> kept;
  for (const std::size_t position : positions) {
    kept.push_back(values[position]);
  }
  values = std::move(kept);
}

void keep_scenarios(const YamlNode& node, Table& table) {
  const std::vector<std::size_t> positions = kept_positions(node, table.scenarios);
  keep(table.scenarios, positions);
  for (TableRow& row : table.rows) {
    for (auto& [objective, figures] : row.published) {
      keep(figures.latency, positions);
      keep(figures.edp, positions);
    }
  }
}

void keep_scenarios(const YamlNode& node, Ablation& ablation) {
  keep(ablation.scenarios, kept_positions(node, ablation.scenarios));
}

/// By name a list of scenarios; what is left without any goes.
template <typename Thing>
void keep_by_name(const YamlNode& node, std::vector<Thing>& things) {
  YamlMap map = node.map();
  for (Thing& thing : things) {
    if (const auto scenarios = map.optional(thing.name)) {
      keep_scenarios(*scenarios, thing);
    }
  }
  map.finish();
  std::erase_if(things, [](const Thing& thing) { return thing.scenarios.empty(); });
}

void keep_settings(const YamlNode& node, std::size_t always, std::vector<Setting>& settings) {
  std::vector<std::string> names;
  for (const Setting& setting : settings) {
    names.push_back(setting.name);
  }
  std::vector<Setting> kept(settings.begin(), settings.begin() + static_cast<std::ptrdiff_t>(always));
  for (const YamlNode& entry : node.list()) {
    kept.push_back(settings[entry.choice(names)]);
  }
  settings = std::move(kept);
}

}  // namespace

void keep_quick_subset(const YamlNode& node, Plan& plan) {
  YamlMap keys = node.map();
  keep_settings(keys.required("settings"), 0, plan.settings);
  keep_by_name(keys.required("tables"), plan.tables);
  std::erase_if(plan.reductions,
                [&](const Reduction& reduction) { return plan.table(reduction.table) == nullptr; });
  keep_by_name(keys.required("ablations"), plan.ablations);
  keep_settings(keys.required("variations"), 1, plan.variations);  // the first is what the others vary
  keys.finish();
}

}  // namespace inlay::studies::scar
