#include "inlay/report/text/maestro_costs.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "inlay/base/checked.hpp"
#include "inlay/base/counted.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/base/version.hpp"
#include "inlay/cost/maestro/csv.hpp"
#include "inlay/cost/maestro/energy.hpp"
#include "inlay/report/text/text_table.hpp"

namespace inlay::report::text {
namespace {

using cost::maestro::Analysis;
using Json = nlohmann::ordered_json;

/// Joules of a layer: the definition of MAESTRO's screen, which has every counter of the layer itself
/// (section 7).
double joules(const Analysis& analysis) {
  return total_energy(analysis) * cost::maestro::kMacNanojoule * 1e-9;
}

std::int64_t bytes(const std::array<std::int64_t, cost::maestro::kTensors>& requests) {
  std::int64_t sum = 0;
  for (const std::int64_t request : requests) {
    sum = base::checked_add(sum, request);
  }
  return sum;
}

struct Totals {
  std::int64_t cycles = 0;
  std::int64_t macs = 0;
  double joules = 0.0;
  int dropped = 0;   // layers of which MAESTRO drops every step (B5)
  int above_l1 = 0;  // layers that need more than the file's l1_size_cstr
  int above_l2 = 0;
};

Totals totals_of(const MaestroCosts& costs) {
  Totals totals;
  for (const Analysis& analysis : costs.analyses) {
    totals.cycles = base::checked_add(totals.cycles, analysis.runtime);
    totals.macs = base::checked_add(totals.macs, analysis.macs);
    totals.joules += joules(analysis);
    totals.dropped += analysis.valid ? 0 : 1;
    totals.above_l1 +=
        costs.hardware.l1_bytes && bytes(analysis.l1_request) > *costs.hardware.l1_bytes ? 1 : 0;
    totals.above_l2 +=
        costs.hardware.l2_bytes && bytes(analysis.l2_request) > *costs.hardware.l2_bytes ? 1 : 0;
  }
  return totals;
}

std::string notes(const Totals& totals) {
  std::string text =
      "energy: all L1 and L2 accesses and MACs of the layer, as on MAESTRO's screen; its CSV column leaves "
      "some out "
      "(B14)\n";
  const auto note = [&text](int layers, const char* what) {
    if (layers > 0) {
      text += fmt::format("note: {} {} {}\n", layers, layers == 1 ? "layer" : "layers", what);
    }
  };
  note(totals.dropped, "without any step left by MAESTRO's rules: no time, no MACs (B5)");
  note(totals.above_l1, "with tiles above l1_size_cstr, which limits nothing (B12)");
  note(totals.above_l2, "with tiles above l2_size_cstr, which limits nothing (B12)");
  return text;
}

Json to_json(const cost::maestro::Accesses& accesses) {
  return {{"l1_read", accesses.l1_read},
          {"l1_write", accesses.l1_write},
          {"l2_read", accesses.l2_read},
          {"l2_write", accesses.l2_write}};
}

Json to_json(const importers::maestro::MappingLayer& layer, const Analysis& analysis) {
  return {{"layer", layer.name},
          {"type", layer.type},
          {"cycles", analysis.runtime},
          {"macs", analysis.macs},
          {"energy", joules(analysis)},
          {"average_pes", analysis.average_pes},
          {"noc_bandwidth", analysis.peak_bandwidth},
          {"l1_bytes", bytes(analysis.l1_request)},
          {"l2_bytes", bytes(analysis.l2_request)},
          {"accesses",
           {{"input", to_json(analysis.accesses[cost::maestro::kInput])},
            {"weight", to_json(analysis.accesses[cost::maestro::kWeight])},
            {"output", to_json(analysis.accesses[cost::maestro::kOutput])}}}};
}

/// The place of a layer in front of what is wrong with it.
std::string placed(const importers::maestro::MappingLayer& layer, const std::string& message) {
  return fmt::format("{}:{}:{}: layer '{}': {}", layer.position.file, layer.position.line,
                     layer.position.column, layer.name, message);
}

}  // namespace

MaestroCosts maestro_costs(importers::maestro::MappingFile mapping,
                           const importers::maestro::HardwareFile& hardware) {
  MaestroCosts costs{std::move(mapping), hardware, {}};
  for (const importers::maestro::MappingLayer& layer : costs.mapping.layers) {
    if (layer.mapped.levels == 0) {
      throw base::InputError(placed(layer, "has no Dataflow, so it cannot be costed"));
    }
    try {
      costs.analyses.push_back(cost::maestro::analyse(layer.mapped, hardware.hardware));
    } catch (const base::InfeasibleError& error) {
      throw base::InfeasibleError(placed(layer, error.what()));
    } catch (const base::OverflowError& error) {
      throw base::InfeasibleError(placed(layer, error.what()));
    }
  }
  return costs;
}

std::string maestro_csv(const MaestroCosts& costs) {
  cost::maestro::CsvWriter writer(costs.hardware.hardware);
  std::string text = cost::maestro::CsvWriter::header();
  for (std::size_t at = 0; (at = text.find(", ", at)) != std::string::npos;) {
    text.erase(at + 1, 1);
  }
  text += '\n';
  for (std::size_t i = 0; i < costs.analyses.size(); ++i) {
    text += writer.row(costs.mapping.network, costs.mapping.layers[i].short_name, costs.analyses[i]) + "\n";
  }
  return text;
}

std::string maestro_text(const MaestroCosts& costs) {
  const auto pes = static_cast<double>(costs.hardware.hardware.pes);
  TextTable table({{"layer"},
                   {"type"},
                   {"MACs", Align::kRight},
                   {"cycles", Align::kRight},
                   {"PEs used", Align::kRight},
                   {"MACs/cycle", Align::kRight},
                   {"energy", Align::kRight},
                   {"NoC needed", Align::kRight},
                   {"L1 needed", Align::kRight},
                   {"L2 needed", Align::kRight}});
  const auto row = [&](const std::string& name, const std::string& type, std::int64_t macs,
                       std::int64_t cycles, double energy) {
    const double rate = cycles == 0 ? 0.0 : static_cast<double>(macs) / static_cast<double>(cycles);
    return std::vector<std::string>{name,
                                    type,
                                    base::format_count(static_cast<double>(macs)),
                                    fmt::format("{}", cycles),
                                    "",
                                    fmt::format("{:.1f}", rate),
                                    base::format_energy(energy),
                                    "",
                                    "",
                                    ""};
  };
  for (std::size_t i = 0; i < costs.analyses.size(); ++i) {
    const Analysis& analysis = costs.analyses[i];
    const importers::maestro::MappingLayer& layer = costs.mapping.layers[i];
    auto cells = row(layer.name, layer.type, analysis.macs, analysis.runtime, joules(analysis));
    cells[4] = fmt::format("{:.0f} %", 100.0 * analysis.average_pes / pes);
    cells[7] = fmt::format("{} B/cycle", analysis.peak_bandwidth);
    cells[8] = base::format_bytes(static_cast<double>(bytes(analysis.l1_request)));
    cells[9] = base::format_bytes(static_cast<double>(bytes(analysis.l2_request)));
    table.add(cells);
  }
  const Totals totals = totals_of(costs);
  table.add(row("total", "", totals.macs, totals.cycles, totals.joules));
  return fmt::format("{}, {} on {} PEs\n{}{}", costs.mapping.network,
                     base::counted(costs.analyses.size(), "layer"), costs.hardware.hardware.pes, table.text(),
                     notes(totals));
}

std::string maestro_json(const MaestroCosts& costs) {
  Json layers = Json::array();
  for (std::size_t i = 0; i < costs.analyses.size(); ++i) {
    layers.push_back(to_json(costs.mapping.layers[i], costs.analyses[i]));
  }
  const cost::maestro::Hardware& hardware = costs.hardware.hardware;
  const Totals totals = totals_of(costs);
  const Json json = {{"format", "inlay-maestro-costs"},
                     {"format_version", 1},
                     {"program_version", base::version()},
                     {"network", costs.mapping.network},
                     {"hardware",
                      {{"pes", hardware.pes},
                       {"noc_bandwidth", hardware.noc_bandwidth},
                       {"noc_hops", hardware.noc_hops},
                       {"offchip_bandwidth", hardware.offchip_bandwidth},
                       {"simd_lanes", hardware.simd_lanes}}},
                     {"layers", std::move(layers)},
                     {"totals",
                      {{"cycles", totals.cycles},
                       {"macs", totals.macs},
                       {"energy", totals.joules},
                       {"dropped_layers", totals.dropped}}}};
  return json.dump(2) + "\n";
}

}  // namespace inlay::report::text
