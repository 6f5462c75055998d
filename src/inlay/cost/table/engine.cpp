#include "inlay/cost/table/engine.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engine_parts.hpp"
#include "inlay/cost/table/sources.hpp"

namespace inlay::cost::table {
namespace {

using hardware::ChipletType;

/// What the files lack, for one message.
class Missing {
 public:
  void add(const std::string& what) {
    constexpr std::size_t kShown = 20;
    ++count_;
    if (shown_.size() < kShown) {
      shown_.push_back(what);
    }
  }
  void throw_if_any(const std::vector<TableFile>& files) const {
    if (count_ == 0) {
      return;
    }
    std::vector<std::string> names;
    for (const TableFile& file : files) {
      names.push_back(file.file);
    }
    const std::size_t hidden = count_ - shown_.size();
    throw base::InputError(fmt::format("{}: {} {} missing: {}{}", fmt::join(names, ", "), count_,
                                       count_ == 1 ? "cost is" : "costs are", fmt::join(shown_, "; "),
                                       hidden > 0 ? fmt::format("; and {} more", hidden) : ""));
  }

 private:
  std::size_t count_ = 0;
  std::vector<std::string> shown_;
};

class TableEngine : public CostEngine {
 public:
  TableEngine(std::vector<TableFile> files, const std::string& hash)
      : files_(std::move(files)), version_("1-" + hash) {}

  std::string name() const override { return "table"; }
  std::string version() const override { return version_; }
  std::vector<std::string> assumptions() const override;
  LayerCost evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                     const ChipletType& type) const override;
  bool knows_names() const override { return true; }
  std::shared_ptr<const CostTable> named_costs(const workload::Scenario& scenario,
                                               const std::vector<ChipletType>& types) const override;

 private:
  void check_chiplets(const std::vector<ChipletType>& types) const;
  std::vector<LayerCost> layer_costs(const workload::ScenarioModel& model, const workload::Layer& layer,
                                     const std::vector<Source>& sources,
                                     const std::vector<ChipletType>& types, Missing& missing) const;
  ModelCosts model_costs(const workload::ScenarioModel& model, const std::vector<ChipletType>& types,
                         Missing& missing) const;
  LayerCost cost_or_note(const Source& source, const workload::ScenarioModel& model,
                         const workload::Layer& layer, std::int64_t mini_batch, const ChipletType& type,
                         Missing& missing) const;

  TableFiles files_;
  std::string version_;
};

std::vector<std::string> TableEngine::assumptions() const {
  std::vector<std::string> lines = {
      "table: a layer given for a single sample alone costs that many times more for a mini-batch"};
  for (const TableFile& file : files_.files()) {
    if (!file.maestro.empty()) {
      lines.push_back(fmt::format(
          "{}: results of MAESTRO, by layer name, or by position where the names differ and the "
          "numbers of layers with MACs agree; energy from its counters with the chiplet's energies; "
          "layers without MACs by the vector unit's lanes",
          file.file));
    } else {
      lines.push_back(
          fmt::format("{}: costs as given{}", file.file,
                      file.totals_only ? "; an energy without parts is shown as MAC energy" : ""));
    }
  }
  return lines;
}

LayerCost TableEngine::evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                                const ChipletType& type) const {
  check_request(mini_batch, type);
  workload::ScenarioModel model;
  model.model.layers = {layer};
  Missing missing;
  const LayerCost cost =
      cost_or_note(files_.sources(model, type).front(), model, layer, mini_batch, type, missing);
  missing.throw_if_any(files_.files());
  return cost;
}

/// MAESTRO's files do not say which chiplet they are of, and a name that the user gave may be misspelt.
void TableEngine::check_chiplets(const std::vector<ChipletType>& types) const {
  std::vector<std::string> names;
  for (const ChipletType& type : types) {
    names.push_back(type.name);
  }
  for (const TableFile& file : files_.files()) {
    if (file.only_chiplet.empty()) {
      if (!file.maestro.empty() && types.size() > 1) {
        throw base::InputError(
            fmt::format("{}: results of MAESTRO are of one chiplet type, and there are several here ({}): "
                        "say which, as in "
                        "table:{}={}",
                        file.file, fmt::join(names, ", "), names.front(), file.file));
      }
    } else if (std::find(names.begin(), names.end(), file.only_chiplet) == names.end()) {
      throw base::InputError(fmt::format("engine table: '{}' of '{}={}' is no chiplet type here; {}",
                                         file.only_chiplet, file.only_chiplet, file.file,
                                         base::allowed_values(file.only_chiplet, names)));
    }
  }
}

LayerCost TableEngine::cost_or_note(const Source& source, const workload::ScenarioModel& model,
                                    const workload::Layer& layer, std::int64_t mini_batch,
                                    const ChipletType& type, Missing& missing) const {
  try {
    if (const auto cost = files_.cost(source, layer, mini_batch, type)) {
      return *cost;
    }
  } catch (const base::OverflowError& error) {
    throw infeasible(layer, mini_batch, type, error);
  }
  std::string what = fmt::format("layer '{}' on '{}'", layer.name, type.name);
  if (!model.name.empty()) {
    what = fmt::format("model '{}' ", model.name) + what;
  }
  const TableFile& file = files_.files()[static_cast<std::size_t>(source.file)];
  if (source.kind == SourceKind::kEntry) {
    const NamedEntry& entry = file.entries[static_cast<std::size_t>(source.index)];
    std::vector<std::int64_t> given;
    for (const auto& [size, cost] : entry.costs) {
      given.push_back(size);
    }
    what +=
        fmt::format(" for mini-batch {} (line {}: {} given)", mini_batch, entry.line, fmt::join(given, ", "));
  } else if (source.kind == SourceKind::kMaestroRow) {
    what += fmt::format(" (line {}: MAESTRO dropped it, its runtime is not above 0)",
                        file.maestro[static_cast<std::size_t>(source.index)].line);
  }
  missing.add(what);
  return {};
}

std::vector<LayerCost> TableEngine::layer_costs(const workload::ScenarioModel& model,
                                                const workload::Layer& layer,
                                                const std::vector<Source>& sources,
                                                const std::vector<ChipletType>& types,
                                                Missing& missing) const {
  std::vector<LayerCost> costs;
  for (const std::int64_t mini_batch : mini_batch_sizes(model.batch)) {
    for (std::size_t type = 0; type < types.size(); ++type) {
      const bool said = mini_batch > 1 && sources[type].kind == SourceKind::kMissing;
      costs.push_back(said ? LayerCost{}
                           : cost_or_note(sources[type], model, layer, mini_batch, types[type], missing));
    }
  }
  return costs;
}

ModelCosts TableEngine::model_costs(const workload::ScenarioModel& model,
                                    const std::vector<ChipletType>& types, Missing& missing) const {
  ModelCosts costs;
  costs.types = static_cast<int>(types.size());
  costs.mini_batches = mini_batch_sizes(model.batch);
  std::vector<std::vector<Source>> of_type;
  for (const ChipletType& type : types) {
    of_type.push_back(files_.sources(model, type));
  }
  // Layers share a class if they agree in their shape and in every cost, as those of repeated blocks may.
  std::map<workload::Shape, std::vector<std::pair<int, std::vector<LayerCost>>>> known;
  int classes = 0;
  for (std::size_t i = 0; i < model.model.layers.size(); ++i) {
    const workload::Layer& layer = model.model.layers[i];
    std::vector<Source> sources;
    for (const auto& list : of_type) {
      sources.push_back(list[i]);
    }
    auto entries = layer_costs(model, layer, sources, types, missing);
    auto& same_shape = known[layer.shape];
    const auto same = std::find_if(same_shape.begin(), same_shape.end(),
                                   [&entries](const auto& one) { return one.second == entries; });
    if (same != same_shape.end()) {
      costs.class_of.push_back(same->first);
      continue;
    }
    costs.class_of.push_back(classes);
    costs.entries.insert(costs.entries.end(), entries.begin(), entries.end());
    same_shape.emplace_back(classes++, std::move(entries));
  }
  return costs;
}

std::shared_ptr<const CostTable> TableEngine::named_costs(const workload::Scenario& scenario,
                                                          const std::vector<ChipletType>& types) const {
  check_chiplets(types);
  Missing missing;
  auto table = std::make_unique<CostTable>();
  table->engine = name();
  table->engine_version = version();
  table->assumptions = assumptions();
  for (const workload::ScenarioModel& model : scenario.models) {
    table->models.push_back(model_costs(model, types, missing));
  }
  missing.throw_if_any(files_.files());
  return table;
}

/// "nvdla=ws.csv" -> ("nvdla", "ws.csv"); an equals sign behind a slash belongs to the path.
std::pair<std::string, std::string> chiplet_and_file(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || text.substr(0, equals).find('/') != std::string::npos) {
    return {"", text};
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

std::unique_ptr<CostEngine> make_engine(const std::string& files) {
  std::vector<TableFile> tables;
  std::string contents;
  for (std::size_t start = 0; start <= files.size();) {
    const std::size_t comma = std::min(files.size(), files.find(',', start));
    const auto [chiplet, file] = chiplet_and_file(files.substr(start, comma - start));
    if (file.empty()) {
      throw base::InputError(fmt::format(
          "engine table: '{}' names no file at column {}; [CHIPLET=]FILE.csv is expected, several "
          "with commas between",
          files, start + 1));
    }
    const std::string text = base::read_file(file);
    tables.push_back(parse_table_file(text, file, chiplet));
    contents += fmt::format("{}={}\n", chiplet, text);
    start = comma + 1;
  }
  return make_engine(std::move(tables), base::content_hash(contents));
}

std::unique_ptr<CostEngine> make_engine(std::vector<TableFile> files, const std::string& hash) {
  return std::make_unique<TableEngine>(std::move(files), hash);
}

}  // namespace inlay::cost::table
