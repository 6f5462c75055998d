#include "inlay/studies/scar/setting_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/reference.hpp"
#include "inlay/studies/scar/setting_file.hpp"

namespace inlay::studies::scar {
namespace {

using base::YamlMap;
using base::YamlNode;

constexpr double kMostBytesPerCycle = 1e9;

std::int64_t bytes_per_cycle(const YamlNode& node) {
  const double bytes = node.quantity(base::Dimension::kBytesPerCycle, true);
  const auto whole = static_cast<std::int64_t>(std::min(bytes, kMostBytesPerCycle));
  if (static_cast<double>(whole) != bytes) {
    node.fail(fmt::format("'{}' is not a whole number of bytes per cycle (at most {:.0f} B/cycle)",
                          node.text(), kMostBytesPerCycle));
  }
  return whole;
}

std::vector<TypeChange> read_types(const YamlNode& node) {
  std::vector<TypeChange> types;
  YamlMap map = node.map();
  for (const auto& [name, value] : map.entries()) {
    YamlMap keys = value.map();
    TypeChange change{name, {}, {}};
    if (const auto dataflow = keys.optional("dataflow")) {
      change.dataflow = dataflow::load_dataflow(hardware::referenced_file(*dataflow, "dataflows"));
    }
    if (const auto noc = keys.optional("noc_bandwidth")) {
      change.noc_bytes_per_cycle = bytes_per_cycle(*noc);
    }
    keys.finish();
    types.push_back(std::move(change));
  }
  return types;
}

void read_offchip(YamlMap& keys, Setting& setting) {
  if (const auto offchip = keys.optional("offchip_bandwidth")) {
    setting.offchip = bytes_per_cycle(*offchip);
  }
  if (const auto of = keys.optional("offchip_bandwidth_of")) {
    YamlMap models = of->map();
    for (const auto& [model, value] : models.entries()) {
      setting.offchip_of[model] = bytes_per_cycle(value);
    }
  }
}

void read_transfers(YamlMap& keys, Setting& setting) {
  if (const auto node = keys.optional("communication")) {
    setting.communication = node->choice({"paper", "shared"}) == 0 ? schedule::Communication::kPaper
                                                                   : schedule::Communication::kShared;
  }
  if (const auto node = keys.optional("overlap")) {
    setting.overlap = node->choice({"serial", "overlapped"}) == 0 ? hardware::Overlap::kSerial
                                                                  : hardware::Overlap::kOverlapped;
  }
  if (const auto node = keys.optional("memory_bandwidth")) {
    setting.memory_bandwidth = node->quantity(base::Dimension::kBandwidth, true);
  }
  if (const auto node = keys.optional("weight_loads")) {
    setting.weight_loads = node->choice({"timed", "untimed"}) == 0 ? hardware::WeightLoads::kTimed
                                                                   : hardware::WeightLoads::kUntimed;
  }
}

}  // namespace

std::vector<std::string> changes_of(const Setting& setting) {
  std::vector<std::string> lines;
  for (const TypeChange& change : setting.types) {
    std::string line = fmt::format("chiplet type {}:", change.type);
    line += change.dataflow ? " dataflow " + change.dataflow->name : "";
    line += change.noc_bytes_per_cycle ? fmt::format(" NoC {} B/cycle", *change.noc_bytes_per_cycle) : "";
    lines.push_back(std::move(line));
  }
  if (setting.noc_bytes_per_cycle) {
    lines.push_back(fmt::format("NoC of every chiplet: {} B/cycle", *setting.noc_bytes_per_cycle));
  }
  if (setting.memory_bandwidth) {
    lines.push_back(fmt::format("memory bandwidth: {:g} GB/s", *setting.memory_bandwidth / 1e9));
  }
  if (setting.weight_loads == hardware::WeightLoads::kUntimed) {
    lines.emplace_back("weight loads untimed: reading weights takes energy, but a stage no time");
  }
  if (setting.offchip > 0) {
    lines.push_back(
        fmt::format("MAESTRO's off-chip charge (B3) is on inside the engine: {} B/cycle", setting.offchip));
  }
  for (const auto& [model, bandwidth] : setting.offchip_of) {
    lines.push_back(fmt::format("MAESTRO's off-chip charge (B3) of model {}: {} B/cycle", model, bandwidth));
  }
  return lines;
}

Setting read_setting(const YamlNode& node, const Setting& base) {
  YamlMap keys = node.map();
  Setting setting = base;
  setting.name = keys.required("name").name();
  if (const auto about = keys.optional("about")) {
    setting.about = about->text();
  }
  if (const auto fit = keys.optional("fit")) {
    setting.fit = fit->boolean();
  }
  const auto engine = keys.optional("engine");
  if (engine) {
    const std::vector<std::string> engines = cost::engine_names();
    setting.engine = engines[engine->choice(engines)];
  } else if (setting.engine.empty()) {
    keys.fail("key 'engine' is missing");
  }
  if (const auto types = keys.optional("types")) {
    setting.types = read_types(*types);
  }
  if (const auto noc = keys.optional("noc_bandwidth")) {
    setting.noc_bytes_per_cycle = bytes_per_cycle(*noc);
  }
  read_transfers(keys, setting);
  read_offchip(keys, setting);
  keys.finish();
  return setting;
}

}  // namespace inlay::studies::scar
