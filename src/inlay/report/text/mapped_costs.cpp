#include "inlay/report/text/mapped_costs.hpp"

#include <fmt/format.h>

#include "inlay/base/quantity.hpp"
#include "inlay/report/text/text_table.hpp"

namespace inlay::report::text {
namespace {

using cost::data_centric::kOutput;

std::string percent(double share) {
  return fmt::format("{:.1f}%", 100.0 * share);
}

std::vector<std::string> row_of(const std::string& name, const cost::LayerCost& cost, double clock) {
  return {name,
          fmt::format("{}", cost.cycles),
          base::format_time(static_cast<double>(cost.cycles) / clock),
          percent(cost.utilisation),
          base::format_energy(cost.energy.total()),
          base::format_energy(cost.energy.mac),
          base::format_energy(cost.energy.l1),
          base::format_energy(cost.energy.l2),
          base::format_energy(cost.energy.noc),
          cost::to_string(cost.bound_by)};
}

std::vector<std::pair<std::string, std::string>> heading(const figures::MappedReport& report) {
  std::vector<std::pair<std::string, std::string>> pairs = {
      {"mapping", report.mapping.name}, {"layer", report.mapping.layer}, {"chiplet type", report.type.name}};
  for (const cost::mapped::MappedLevel& level : report.mapping.levels) {
    pairs.emplace_back(cost::mapped::storage_words()[static_cast<std::size_t>(level.storage)],
                       cost::mapped::loops_text(report.mapping, level));
  }
  return pairs;
}

std::string accesses_text(const figures::MappedReport& report) {
  TextTable table({{"tensor"},
                   {"L1 reads", Align::kRight},
                   {"L1 writes", Align::kRight},
                   {"L2 reads", Align::kRight},
                   {"L2 writes", Align::kRight},
                   {"memory reads", Align::kRight},
                   {"memory writes", Align::kRight}});
  static constexpr std::array kNames = {"inputs", "weights", "outputs"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const cost::data_centric::Accesses& one = report.given.analysis.accesses[i];
    table.add({kNames[i], fmt::format("{}", one.l1_read), fmt::format("{}", one.l1_write),
               fmt::format("{}", one.l2_read), fmt::format("{}", one.l2_write),
               fmt::format("{} B", report.given.memory.read[i]),
               fmt::format("{} B", i == kOutput ? report.given.memory.written : 0)});
  }
  return table.text();
}

std::string commands_text(const cost::systolic::CommandCosts& commands) {
  return text_of_pairs(
      {{"tile commands",
        fmt::format("{}, with {} compute commands", commands.tile_commands, commands.compute_commands)},
       {"cycles of parts",
        fmt::format("array {:.0f}, loads {:.0f}, stores {:.0f}, commands {:.0f}", commands.array_cycles,
                    commands.load_cycles, commands.store_cycles, commands.command_cycles)},
       {"least cycles", fmt::format("{}: one row of operands a cycle", commands.operand_rows)},
       {"DMA", fmt::format("{:.0f} requests, {:.0f} lines missed, {} B read, {} B written", commands.requests,
                           commands.missed_lines, commands.read_bytes, commands.written_bytes)}});
}

}  // namespace

std::string mapped_costs_text(const figures::MappedReport& report) {
  TextTable costs({{"mapping"},
                   {"cycles", Align::kRight},
                   {"time", Align::kRight},
                   {"PEs at work", Align::kRight},
                   {"energy", Align::kRight},
                   {"MAC", Align::kRight},
                   {"L1", Align::kRight},
                   {"L2", Align::kRight},
                   {"NoC", Align::kRight},
                   {"bound by"}});
  costs.add(row_of("as given", report.given.cost, report.type.clock));
  if (report.tuned) {
    costs.add(row_of("tuned by " + report.engine, *report.tuned, report.type.clock));
  }
  std::string text = text_of_pairs(heading(report)) + "\n" + costs.text() + "\n" + accesses_text(report);
  if (report.given.commands) {
    text += fmt::format("\n{}", commands_text(*report.given.commands));
  }
  std::vector<std::pair<std::string, std::string>> notes;
  if (!report.tiling.empty()) {
    notes.emplace_back("tuned sizes", report.tiling);
  }
  if (!report.tuned) {
    notes.emplace_back("not tuned", report.tuned_reason);
  }
  for (const std::string& note : report.mapping.notes) {
    notes.emplace_back("note", note);
  }
  return notes.empty() ? text : fmt::format("{}\n{}", text, text_of_pairs(notes));
}

}  // namespace inlay::report::text
