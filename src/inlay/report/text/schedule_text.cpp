#include "inlay/report/text/schedule_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/figures/memory_share.hpp"
#include "inlay/report/figures/schedule_summary.hpp"
#include "inlay/report/figures/timing.hpp"
#include "inlay/report/text/csv.hpp"
#include "inlay/report/text/text_table.hpp"
#include "inlay/search/search.hpp"

namespace inlay::report::text {
namespace {

using schedule::ScheduleDocument;
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// "memory 66 uJ (71.9%), network ...", largest first; parts below a thousandth are added up, so that nothing
/// is missing.
std::string breakdown(const evaluate::EnergyBreakdown& energy) {
  std::vector<std::pair<const char*, double>> parts = {
      {"MAC", energy.mac},         {"L1", energy.l1},         {"L2", energy.l2},
      {"NoC", energy.noc},         {"vector", energy.vector}, {"L2 fill and drain", energy.l2_traffic},
      {"network", energy.network}, {"memory", energy.memory}, {"static", energy.static_power}};
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  double rest = 0.0;
  const auto add = [&](const char* name, double joules) {
    text += fmt::format("{}{} {} ({})", text.empty() ? "" : ", ", name, base::format_energy(joules),
                        figures::format_share(joules / energy.total()));
  };
  for (const auto& [name, joules] : parts) {
    if (joules >= 0.001 * energy.total() && joules > 0.0) {
      add(name, joules);
    } else {
      rest += joules;
    }
  }
  if (rest > 0.0) {
    add("the rest", rest);
  }
  return text;
}

std::string workload_line(const schedule::Problem& problem) {
  std::string text = problem.scenario.name + ":";
  for (const workload::ScenarioModel& entry : problem.scenario.models) {
    text += fmt::format(" {} (batch {})", entry.name, entry.batch);
  }
  return text;
}

void add_certificate(const schedule::CertificateClaim& certificate, Pairs& pairs) {
  const objective::Objective objective = objective::from_text(certificate.objective);
  pairs.emplace_back("objective", fmt::format("{}: {}", certificate.objective,
                                              figures::format_objective(objective, certificate.value)));
  pairs.emplace_back("lower bound",
                     fmt::format("{} ({})", figures::format_objective(objective, certificate.lower_bound),
                                 figures::format_gap(certificate.proven, certificate.gap)));
  pairs.emplace_back("what binds", certificate.binds);
  pairs.emplace_back("space", certificate.space);
  pairs.emplace_back("search", fmt::format("{}, stopped by {} after {:.2f} s and {} evaluations, seed {}",
                                           certificate.strategy, certificate.stopped_by, certificate.seconds,
                                           certificate.evaluations, certificate.seed));
}

void add_timing(const ScheduleDocument& document, const evaluate::ScheduleCost& cost, Pairs& pairs) {
  for (const figures::TimingRow& row : figures::timing_rows(document.problem, document.schedule, cost)) {
    if (!row.rate.empty()) {
      pairs.emplace_back("rate", fmt::format("{}: {}", row.model, row.rate));
    }
    if (!row.deadline.empty()) {
      pairs.emplace_back("deadline", fmt::format("{}: {}", row.model, row.deadline));
    }
  }
}

std::string figures(const ScheduleDocument& document, const evaluate::ScheduleCost& cost) {
  const figures::Bottleneck bottleneck = figures::find_bottleneck(document.problem, document.schedule, cost);
  Pairs pairs = {
      {"scenario", workload_line(document.problem)},
      {"package", document.problem.package.name},
      {document.problem.repeated ? "period" : "latency", base::format_time(cost.latency)},
      {"throughput",
       fmt::format("{:.4g} samples/s ({:.4g} steady)", cost.throughput(), cost.steady_throughput)},
      {"energy", fmt::format("{} ({:.4g} samples/J)", base::format_energy(cost.energy.total()),
                             cost.energy_efficiency())},
      {"", breakdown(cost.energy)},
      {"EDP", figures::format_edp(cost.edp())},
      {"memory traffic", fmt::format("{}, {}", base::format_bytes(static_cast<double>(cost.memory_bytes)),
                                     figures::memory_shares(cost))},
      {"bottleneck", fmt::format("{}, {} of its time", to_string(bottleneck, cost.windows.size() > 1),
                                 figures::format_share(bottleneck.share))},
  };
  if (document.problem.repeated) {
    pairs.insert(pairs.begin() + 3, {"one pass", base::format_time(cost.pass)});
  }
  for (const schedule::Constraint& constraint : document.problem.constraints.each()) {
    pairs.emplace_back("constraint", schedule::to_string(document.problem, constraint));
  }
  const std::string warning =
      figures::contention_warning(document.problem.communication, figures::busiest_shared_window(cost));
  if (!warning.empty()) {
    pairs.emplace_back("warning", warning);
  }
  add_timing(document, cost, pairs);
  if (document.statement.certificate) {
    add_certificate(*document.statement.certificate, pairs);
  }
  return text_of_pairs(pairs);
}

std::string notes(const figures::StageRow& row) {
  std::string text = row.streamed ? "weights streamed" : "";
  if (!row.spilled.empty()) {
    text += fmt::format("{}spilled: {}", text.empty() ? "" : "; ", fmt::join(row.spilled, ", "));
  }
  return text;
}

std::string stages(const ScheduleDocument& document, const evaluate::ScheduleCost& cost) {
  TextTable table({{"window", Align::kRight},
                   {"model", Align::kLeft},
                   {"layers", Align::kLeft},
                   {"chiplet", Align::kLeft},
                   {"batch", Align::kRight},
                   {"compute", Align::kRight},
                   {"memory", Align::kRight},
                   {"network", Align::kRight},
                   {"steady", Align::kRight},
                   {"notes", Align::kLeft}});
  for (const figures::StageRow& row : figures::stage_rows(document.problem, document.schedule, cost)) {
    table.add({fmt::format("{}", row.window), row.model,
               row.layers == 1 ? row.first_layer : fmt::format("{} .. {}", row.first_layer, row.last_layer),
               fmt::format("{} {}", row.chiplet, row.type),
               fmt::format("{} x {}", row.mini_batches, row.mini_batch), base::format_time(row.time.compute),
               base::format_time(row.time.memory), base::format_time(row.time.network),
               base::format_time(row.steady), notes(row)});
  }
  return table.text();
}

std::string utilisation(const ScheduleDocument& document, const evaluate::ScheduleCost& cost) {
  TextTable chiplets({{"chiplet", Align::kLeft},
                      {"type", Align::kLeft},
                      {"computing", Align::kRight},
                      {"moving", Align::kRight},
                      {"PEs at work", Align::kRight}});
  for (const figures::ChipletUse& use : figures::chiplet_use(document.problem, document.schedule, cost)) {
    chiplets.add({use.chiplet, use.type, figures::format_share(use.computing),
                  figures::format_share(use.moving), figures::format_share(use.pe_utilisation)});
  }
  TextTable interfaces({{"interface", Align::kLeft},
                        {"at", Align::kLeft},
                        {"bytes", Align::kRight},
                        {"of its bandwidth", Align::kRight}});
  for (const figures::InterfaceUse& use : figures::interface_use(document.problem, document.schedule, cost)) {
    interfaces.add({use.interface, use.chiplet, base::format_bytes(static_cast<double>(use.bytes)),
                    figures::format_share(use.share)});
  }
  return chiplets.text() + "\n" + interfaces.text();
}

std::string assumptions(const ScheduleDocument& document) {
  const schedule::Problem& problem = document.problem;
  Pairs pairs = {{"engine", fmt::format("{} {}", problem.costs.engine, problem.costs.engine_version)},
                 {"communication", schedule::to_string(problem.communication)},
                 {"overlap", schedule::to_string(problem.overlap)}};
  for (const std::string& assumption : document.statement.assumptions) {
    pairs.emplace_back("assumption", assumption);
  }
  return text_of_pairs(pairs);
}

}  // namespace

std::string schedule_text(const schedule::ScheduleDocument& document, const evaluate::ScheduleCost& cost) {
  return fmt::format("{}\n{}\n{}\n{}", figures(document, cost), stages(document, cost),
                     utilisation(document, cost), assumptions(document));
}

std::string stages_csv(const schedule::ScheduleDocument& document, const evaluate::ScheduleCost& cost) {
  std::vector<std::vector<std::string>> rows = {
      {"window",      "model",        "stage",         "chiplet",          "type",
       "first_layer", "last_layer",   "layers",        "mini_batch",       "mini_batches",
       "compute_s",   "memory_s",     "network_s",     "steady_s",         "first_s",
       "energy_J",    "memory_bytes", "l2_need_bytes", "weights_streamed", "spilled"}};
  for (const figures::StageRow& row : figures::stage_rows(document.problem, document.schedule, cost)) {
    const auto whole = [](std::int64_t number) { return std::to_string(number); };
    rows.push_back({whole(row.window),
                    row.model,
                    whole(row.stage),
                    row.chiplet,
                    row.type,
                    row.first_layer,
                    row.last_layer,
                    whole(row.layers),
                    whole(row.mini_batch),
                    whole(row.mini_batches),
                    csv_number(row.time.compute),
                    csv_number(row.time.memory),
                    csv_number(row.time.network),
                    csv_number(row.steady),
                    csv_number(row.first),
                    csv_number(row.energy),
                    whole(row.memory_bytes),
                    whole(row.need_bytes),
                    row.streamed ? "yes" : "no",
                    fmt::format("{}", fmt::join(row.spilled, " "))});
  }
  return csv_text(rows);
}

}  // namespace inlay::report::text
