#include "inlay/report/text/comparison.hpp"

#include <fmt/format.h>

#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/figures/memory_share.hpp"
#include "inlay/report/figures/schedule_summary.hpp"
#include "inlay/report/text/csv.hpp"
#include "inlay/report/text/text_table.hpp"

namespace inlay::report::text {

ComparisonResult comparison_result(const schedule::Problem& problem, const schedule::Schedule& schedule,
                                   const evaluate::ScheduleCost& cost,
                                   const search::Certificate& certificate) {
  ComparisonResult result;
  result.latency = cost.latency;
  result.throughput = cost.throughput();
  result.energy = cost.energy.total();
  result.energy_efficiency = cost.energy_efficiency();
  result.edp = cost.edp();
  result.bottleneck =
      to_string(figures::find_bottleneck(problem, schedule, cost), schedule.windows.size() > 1);
  result.memory_share = figures::busiest_shared_window(cost).share;
  result.certificate = certificate;
  return result;
}

std::optional<std::size_t> best_row(const Comparison& comparison) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const auto& result = comparison.rows[i].result;
    if (result && (!best || result->certificate.value < comparison.rows[*best].result->certificate.value)) {
      best = i;
    }
  }
  return best;
}

std::optional<std::size_t> reference_row(const Comparison& comparison) {
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    if (comparison.rows[i].result) {
      return i;
    }
  }
  return std::nullopt;
}

double improvement(const Comparison& comparison, const ComparisonRow& row) {
  const double reference = comparison.rows[reference_row(comparison).value()].result->certificate.value;
  const double value = row.result.value().certificate.value;
  return reference == value ? 1.0 : reference / value;  // also where both are zero
}

namespace {

/// One chiplet runs one pipeline at a time, so that nothing delays it: a communication without contention is
/// exact for monoliths and too fast for packages.
std::string favour_of_packages(const Comparison& comparison) {
  const std::string contended = schedule::to_string(schedule::Communication::kContended);
  const ComparisonRow* most = nullptr;
  bool monolith = false;
  for (const ComparisonRow& row : comparison.rows) {
    monolith = monolith || row.package.starts_with("monolithic");
    if (row.result && row.result->memory_share > (most == nullptr ? 0.0 : most->result->memory_share)) {
      most = &row;
    }
  }
  if (!monolith || most == nullptr || comparison.communication == contended) {
    return "";
  }
  return fmt::format(
      "\nCommunication '{}' favours packages over monoliths: it leaves out how pipelines that run at once "
      "delay each other "
      "at the memory,\nwhich is busy for up to {} of a window of {} ({}). '--communication {}' counts it.\n",
      comparison.communication, figures::format_share(most->result->memory_share), most->package,
      most->strategy, contended);
}

}  // namespace

std::string comparison_text(const Comparison& comparison) {
  const auto best = best_row(comparison);
  std::string reasons;
  TextTable table({{"", Align::kLeft},
                   {"package", Align::kLeft},
                   {"strategy", Align::kLeft},
                   {"latency", Align::kRight},
                   {"samples/s", Align::kRight},
                   {"energy", Align::kRight},
                   {"EDP", Align::kRight},
                   {"optimality", Align::kRight},
                   {objective::to_string(comparison.objective) + " gain", Align::kRight},
                   {"bottleneck", Align::kLeft}});
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const ComparisonRow& row = comparison.rows[i];
    if (!row.result) {
      table.add({"", row.package, row.strategy, "-", "-", "-", "-", "-", "-", "no schedule, see below"});
      reasons += fmt::format("\n{}, {}: {}\n", row.package, row.strategy, row.infeasible);
      continue;
    }
    const ComparisonResult& result = *row.result;
    table.add({best == i ? "*" : "", row.package, row.strategy, base::format_time(result.latency),
               fmt::format("{:.4g}", result.throughput), base::format_energy(result.energy),
               figures::format_edp(result.edp),
               figures::format_gap(result.certificate.proven, result.certificate.gap),
               fmt::format("{:.2f}x", improvement(comparison, row)), result.bottleneck});
  }
  std::string text =
      fmt::format("{}, by {} ({} communication, engine {})\n\n", comparison.scenario,
                  objective::to_string(comparison.objective), comparison.communication, comparison.engine);
  text += table.text();
  if (best) {
    text += comparison.objective == objective::Objective::kThroughput
                ? "\n* best. Gain: throughput of this row over that of the first row with a schedule.\n"
                : fmt::format("\n* best. Gain: {} of the first row with a schedule over that of this row.\n",
                              objective::to_string(comparison.objective));
  }
  return text + favour_of_packages(comparison) + reasons;
}

std::string comparison_csv(const Comparison& comparison) {
  std::vector<std::vector<std::string>> rows = {
      {"package", "strategy", "latency_s", "throughput_per_s", "energy_J", "energy_efficiency_per_J",
       "edp_Js", "objective_value", "lower_bound", "gap", "improvement", "best", "bottleneck", "infeasible"}};
  const auto best = best_row(comparison);
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const ComparisonRow& row = comparison.rows[i];
    if (!row.result) {
      rows.push_back(
          {row.package, row.strategy, "", "", "", "", "", "", "", "", "", "no", "", row.infeasible});
      continue;
    }
    const ComparisonResult& result = *row.result;
    rows.push_back({row.package, row.strategy, csv_number(result.latency), csv_number(result.throughput),
                    csv_number(result.energy), csv_number(result.energy_efficiency), csv_number(result.edp),
                    csv_number(result.certificate.value), csv_number(result.certificate.lower_bound),
                    csv_number(result.certificate.gap), csv_number(improvement(comparison, row)),
                    best == i ? "yes" : "no", result.bottleneck, ""});
  }
  return csv_text(rows);
}

}  // namespace inlay::report::text
