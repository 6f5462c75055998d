#include "inlay/report/files/mapped_costs_json.hpp"

#include <nlohmann/json.hpp>

#include "inlay/base/version.hpp"

namespace inlay::report::files {
namespace {

using cost::data_centric::kOutput;
using Json = nlohmann::ordered_json;

Json to_json(const cost::LayerCost& cost, double clock) {
  return {{"cycles", cost.cycles},
          {"seconds", static_cast<double>(cost.cycles) / clock},
          {"utilisation", cost.utilisation},
          {"energy",
           {{"mac", cost.energy.mac},
            {"l1", cost.energy.l1},
            {"l2", cost.energy.l2},
            {"noc", cost.energy.noc},
            {"vector", cost.energy.vector},
            {"total", cost.energy.total()}}},
          {"tile_bytes", cost.tile_bytes},
          {"bound_by", cost::to_string(cost.bound_by)}};
}

Json accesses_json(const figures::MappedReport& report) {
  static constexpr std::array kNames = {"inputs", "weights", "outputs"};
  Json json = Json::object();
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const cost::data_centric::Accesses& one = report.given.analysis.accesses[i];
    json[kNames[i]] = {{"l1_read", one.l1_read},
                       {"l1_write", one.l1_write},
                       {"l2_read", one.l2_read},
                       {"l2_write", one.l2_write},
                       {"memory_read_bytes", report.given.memory.read[i]},
                       {"memory_written_bytes", i == kOutput ? report.given.memory.written : 0}};
  }
  return json;
}

}  // namespace

std::string mapped_costs_json(const figures::MappedReport& report) {
  Json levels = Json::array();
  for (const cost::mapped::MappedLevel& level : report.mapping.levels) {
    Json loops = Json::array();
    for (const cost::mapped::MappedLoop& loop : level.loops) {
      loops.push_back({{"dimension", cost::mapped::dimension_name(report.mapping, loop.dimension)},
                       {"factor", loop.factor},
                       {"spatial", loop.spatial}});
    }
    levels.push_back({{"level", cost::mapped::storage_words()[static_cast<std::size_t>(level.storage)]},
                      {"loops", std::move(loops)}});
  }
  Json json = {{"format", "inlay-mapped-costs"},
               {"format_version", 1},
               {"program_version", base::version()},
               {"mapping", report.mapping.name},
               {"layer", report.mapping.layer},
               {"chiplet", report.type.name},
               {"levels", std::move(levels)},
               {"given", to_json(report.given.cost, report.type.clock)},
               {"accesses", accesses_json(report)},
               {"engine", report.engine},
               {"tuned", report.tuned ? to_json(*report.tuned, report.type.clock) : Json(nullptr)},
               {"tiling", report.tiling},
               {"notes", report.mapping.notes}};
  if (report.given.commands) {
    const cost::systolic::CommandCosts& commands = *report.given.commands;
    json["tile_commands"] = {
        {"count", commands.tile_commands},           {"compute_commands", commands.compute_commands},
        {"least_cycles", commands.operand_rows},     {"array_cycles", commands.array_cycles},
        {"load_cycles", commands.load_cycles},       {"store_cycles", commands.store_cycles},
        {"command_cycles", commands.command_cycles}, {"requests", commands.requests},
        {"missed_lines", commands.missed_lines},     {"read_bytes", commands.read_bytes},
        {"written_bytes", commands.written_bytes}};
  }
  return json.dump(2) + "\n";
}

}  // namespace inlay::report::files
