#include "inlay/cost/table/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <variant>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/engine_parts.hpp"

namespace inlay::cost::table {
namespace {

bool has_macs(const workload::Layer& layer) {
  return !std::holds_alternative<workload::VectorShape>(layer.shape);
}

bool is_for(const TableFile& file, const std::string& chiplet) {
  return file.only_chiplet.empty() || file.only_chiplet == chiplet;
}

/// Rows of the network that has the model's name, or all rows if they are of one network, whatever its name.
std::vector<int> rows_of(const TableFile& file, const workload::ScenarioModel& model) {
  std::vector<int> all;
  std::vector<int> same;
  std::set<std::string> networks;
  for (std::size_t i = 0; i < file.maestro.size(); ++i) {
    const std::string& network = file.maestro[i].network;
    networks.insert(network);
    all.push_back(static_cast<int>(i));
    if (network == model.name || network == model.model.name) {
      same.push_back(static_cast<int>(i));
    }
  }
  return same.empty() && networks.size() == 1 ? all : same;
}

LayerCost multiplied(const LayerCost& one, std::int64_t factor) {
  const auto times = static_cast<double>(factor);
  LayerCost cost = one;
  cost.cycles = base::checked_multiply(one.cycles, factor);
  for (double* part :
       {&cost.energy.mac, &cost.energy.l1, &cost.energy.l2, &cost.energy.noc, &cost.energy.vector}) {
    *part *= times;
  }
  return cost;
}

/// Section 7 of MAESTRO's rules with the chiplet's energies, without L2's traffic with the outside.
LayerCost cost_of(const MaestroRow& row, const hardware::ChipletType& type) {
  LayerCost cost;
  cost.cycles = row.cycles;
  cost.energy.mac = static_cast<double>(row.macs) * type.energy.mac;
  cost.energy.l1 = static_cast<double>(row.accesses.l1) * type.energy.l1_access;
  cost.energy.l2 = static_cast<double>(row.accesses.l2 - row.accesses.l2_outside) * type.energy.l2_access;
  cost.tile_bytes = row.l2_bytes;
  cost.utilisation = row.average_pes / static_cast<double>(row.pes);
  return cost;
}

}  // namespace

TableFiles::TableFiles(std::vector<TableFile> files) : files_(std::move(files)) {
  for (const TableFile& file : files_) {
    Index index;
    for (std::size_t i = 0; i < file.entries.size(); ++i) {
      const std::string& layer = file.entries[i].layer;
      auto& list = layer.find('*') == std::string::npos ? index.names[layer] : index.patterns;
      list.push_back(static_cast<int>(i));
    }
    indices_.push_back(std::move(index));
  }
}

Source TableFiles::find_entry(int file, const workload::ScenarioModel& model, const std::string& layer,
                              const std::string& chiplet) const {
  const auto place = static_cast<std::size_t>(file);
  const auto& entries = files_[place].entries;
  Source best;
  const auto look_through = [&](const std::vector<int>& candidates) {
    for (const int i : candidates) {
      const NamedEntry& entry = entries[static_cast<std::size_t>(i)];
      const bool right = (entry.model.empty() || fits(entry.model, model.name)) && fits(entry.layer, layer) &&
                         (entry.chiplet.empty() || fits(entry.chiplet, chiplet));
      if (right && (best.kind == SourceKind::kMissing || i < best.index)) {
        best = {SourceKind::kEntry, file, i};
        return;
      }
    }
  };
  if (const auto named = indices_[place].names.find(layer); named != indices_[place].names.end()) {
    look_through(named->second);
  }
  look_through(indices_[place].patterns);
  return best;
}

std::vector<Source> TableFiles::find_maestro(int file, const workload::ScenarioModel& model) const {
  const TableFile& table = files_[static_cast<std::size_t>(file)];
  const std::vector<int> rows = rows_of(table, model);
  std::map<std::string, std::vector<int>> named;
  for (const int row : rows) {
    named[table.maestro[static_cast<std::size_t>(row)].layer].push_back(row);
  }
  const auto& layers = model.model.layers;
  const bool by_name = std::all_of(layers.begin(), layers.end(), [&](const workload::Layer& layer) {
    const auto found = named.find(layer.name);
    return !has_macs(layer) || (found != named.end() && found->second.size() == 1);
  });
  const bool by_position = !by_name && static_cast<std::ptrdiff_t>(rows.size()) ==
                                           std::count_if(layers.begin(), layers.end(), has_macs);
  std::vector<Source> sources;
  std::size_t position = 0;
  for (const workload::Layer& layer : layers) {
    Source source{SourceKind::kMaestroVector, file, 0};
    if (has_macs(layer)) {
      const auto found = named.find(layer.name);
      source = {};
      if (by_position) {
        source = {SourceKind::kMaestroRow, file, rows[position++]};
      } else if (found != named.end() && found->second.size() == 1) {
        source = {SourceKind::kMaestroRow, file, found->second.front()};
      }
    }
    sources.push_back(source);
  }
  return sources;
}

std::vector<Source> TableFiles::sources(const workload::ScenarioModel& model,
                                        const hardware::ChipletType& type) const {
  std::vector<Source> result(model.model.layers.size());
  for (std::size_t file = 0; file < files_.size(); ++file) {
    if (!is_for(files_[file], type.name)) {
      continue;
    }
    const int number = static_cast<int>(file);
    const bool is_maestro = !files_[file].maestro.empty();
    const std::vector<Source> from_maestro = is_maestro ? find_maestro(number, model) : std::vector<Source>();
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (result[i].kind == SourceKind::kMissing) {
        result[i] =
            is_maestro ? from_maestro[i] : find_entry(number, model, model.model.layers[i].name, type.name);
      }
    }
  }
  return result;
}

std::optional<LayerCost> TableFiles::cost(const Source& source, const workload::Layer& layer,
                                          std::int64_t mini_batch, const hardware::ChipletType& type) const {
  const TableFile& file = files_[static_cast<std::size_t>(source.file)];
  const auto index = static_cast<std::size_t>(source.index);
  if (source.kind == SourceKind::kMissing) {
    return std::nullopt;
  }
  if (source.kind == SourceKind::kMaestroVector) {
    return vector_cost(std::get<workload::VectorShape>(layer.shape), layer.precision, mini_batch, type);
  }
  if (source.kind == SourceKind::kMaestroRow) {
    const MaestroRow& row = file.maestro[index];
    if (row.pes != type.pes) {
      throw base::InputError(
          {file.file, row.line, 1}, "NumPEs",
          fmt::format("the row is of {} PEs, chiplet type '{}' has {}", row.pes, type.name, type.pes));
    }
    if (row.cycles <= 0) {
      return std::nullopt;
    }
    LayerCost cost = multiplied(cost_of(row, type), mini_batch);
    add_fused(layer, mini_batch, type, cost);
    return cost;
  }
  const auto& costs = file.entries[index].costs;
  if (const auto found = costs.find(mini_batch); found != costs.end()) {
    return found->second;
  }
  const bool single_sample_alone = costs.size() == 1 && costs.begin()->first == 1;
  return single_sample_alone ? std::optional(multiplied(costs.begin()->second, mini_batch)) : std::nullopt;
}

}  // namespace inlay::cost::table
