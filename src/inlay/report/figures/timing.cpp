#include "inlay/report/figures/timing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "inlay/base/quantity.hpp"
#include "inlay/evaluate/latency_limits.hpp"

namespace inlay::report::figures {
namespace {

std::string rate_of(const workload::ScenarioModel& entry, double latency) {
  if (!entry.rate) {
    return "";
  }
  const double reached = static_cast<double>(entry.batch) / latency;
  return fmt::format("{:.4g}/s asked for, {:.4g}/s reached: {}", *entry.rate, reached,
                     reached >= *entry.rate ? "kept" : "missed");
}

std::string deadline_of(const workload::ScenarioModel& entry, double finish) {
  if (!entry.deadline) {
    return "";
  }
  const double late = finish - *entry.deadline;
  return fmt::format("{}, done after {}: {}", base::format_time(*entry.deadline), base::format_time(finish),
                     late <= 0.0 ? "kept" : "missed by " + base::format_time(late));
}

}  // namespace

std::string wanted_timing(const workload::Scenario& scenario, std::size_t model) {
  const workload::ScenarioModel& entry = scenario.models[model];
  std::vector<std::string> parts;
  if (entry.rate) {
    parts.push_back(fmt::format("{}/s", *entry.rate));
  }
  if (entry.deadline) {
    parts.push_back(fmt::format("done within {}", base::format_time(*entry.deadline)));
  }
  std::vector<std::string> needed;
  for (const int other : entry.depends_on) {
    needed.push_back(scenario.models[static_cast<std::size_t>(other)].name);
  }
  if (!needed.empty()) {
    parts.push_back(fmt::format("after {}", fmt::join(needed, " and ")));
  }
  if (entry.probability) {
    parts.push_back(fmt::format("with probability {}", *entry.probability));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<TimingRow> timing_rows(const schedule::Problem& problem, const schedule::Schedule& schedule,
                                   const evaluate::ScheduleCost& cost) {
  const std::vector<workload::ScenarioModel>& models = problem.scenario.models;
  const std::vector<double> finish = evaluate::model_latencies(problem, schedule, cost);
  std::vector<TimingRow> rows;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].rate || models[i].deadline) {
      rows.push_back({models[i].name, rate_of(models[i], cost.latency), deadline_of(models[i], finish[i])});
    }
  }
  return rows;
}

}  // namespace inlay::report::figures
