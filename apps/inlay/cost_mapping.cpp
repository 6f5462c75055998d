#include "cost_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "inlay/base/error.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/importers/mappings/load_mapping.hpp"
#include "inlay/report/files/mapped_costs_json.hpp"
#include "inlay/report/text/mapped_costs.hpp"

namespace inlay::app {
namespace {

const workload::Layer& layer_named(const workload::Model& model, const std::string& name) {
  std::vector<std::string> names;
  for (const workload::Layer& layer : model.layers) {
    if (layer.name == name) {
      return layer;
    }
    names.push_back(layer.name);
  }
  const std::string nearest = base::nearest_spelling(name, names);
  throw base::InputError(
      fmt::format("--layer: model '{}' has no layer '{}'{}; 'inlay cost {} --all' lists them", model.name,
                  name, nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest), model.name));
}

std::map<std::string, std::string> read_levels(const std::vector<std::string>& texts) {
  const std::vector<std::string>& words = cost::mapped::storage_words();
  std::map<std::string, std::string> levels;
  for (const std::string& text : texts) {
    const std::size_t at = text.find('=');
    const std::string level = at == std::string::npos ? "" : text.substr(at + 1);
    if (at == 0 || std::find(words.begin(), words.end(), level) == words.end()) {
      throw base::InputError(fmt::format("--level: '{}' is not NAME=LEVEL; for LEVEL, {}", text,
                                         base::allowed_values(level, words)));
    }
    if (!levels.emplace(text.substr(0, at), level).second) {
      throw base::InputError(fmt::format("--level: '{}' is given twice", text.substr(0, at)));
    }
  }
  return levels;
}

hardware::ChipletType chiplet_of(const FixedMappingOptions& options) {
  std::string name = options.chiplet;
  if (name.empty()) {
    name = importers::mappings::chiplet_of_mapping(options.file).value_or("");
  }
  if (name.empty()) {
    throw base::InputError("--chiplet is required: the mapping file names no chiplet type");
  }
  hardware::ChipletType type = hardware::load_chiplet_type(name);
  return options.energy.empty() ? type
                                : hardware::with_energy(type, hardware::load_energy_table(options.energy));
}

/// What the engine would do with the same layer.
void tune(const FixedMappingOptions& options, report::figures::MappedReport& report) {
  workload::Layer layer;
  layer.name = report.mapping.layer;
  layer.shape = report.mapping.shape;
  layer.precision = report.mapping.precision;
  const auto engine = cost::make_engine(options.engine, cost::tuning_for(options.objective));
  report.engine = engine->name();
  try {
    report.tuned = engine->evaluate(layer, report.mapping.mini_batch, report.type);
    report.tiling = engine->tiling(layer, report.mapping.mini_batch, report.type);
  } catch (const base::InfeasibleError& error) {
    report.tuned_reason = error.what();
  }
}

}  // namespace

int cost_mapping(const FixedMappingOptions& options, const workload::ScenarioModel* model) {
  report::figures::MappedReport report;
  report.type = chiplet_of(options);
  importers::mappings::MappingRequest request;
  request.file = options.file;
  request.type = &report.type;
  request.levels = read_levels(options.levels);
  if (options.batch > 0 || model != nullptr) {
    request.mini_batch = std::max<std::int64_t>({1, options.batch, model != nullptr ? model->batch : 1});
  }
  if (model != nullptr) {
    request.layer = layer_named(model->model, options.layer);
  }
  report.mapping = importers::mappings::load_mapping(request);
  report.given = cost::mapped::mapped_cost(report.mapping, report.type);
  tune(options, report);
  fmt::print("{}", options.json ? report::files::mapped_costs_json(report)
                                : report::text::mapped_costs_text(report));
  return 0;
}

}  // namespace inlay::app
