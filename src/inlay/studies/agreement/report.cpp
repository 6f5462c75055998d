#include "inlay/studies/agreement/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "inlay/base/version.hpp"
#include "inlay/report/text/text_table.hpp"

namespace inlay::studies::agreement {
namespace {

using Json = nlohmann::ordered_json;
using report::text::Align;

/// Mean of the sizes, mean, and the value farthest from zero.
struct Errors {
  double sizes = 0.0;
  double sum = 0.0;
  double worst = 0.0;
  std::size_t count = 0;
  void add(double error) {
    sizes += std::abs(error);
    sum += error;
    worst = std::abs(error) > std::abs(worst) ? error : worst;
    ++count;
  }
  double mean_size() const { return count == 0 ? 0.0 : sizes / static_cast<double>(count); }
  double mean() const { return count == 0 ? 0.0 : sum / static_cast<double>(count); }
};

Group group_of(const std::string& name, const std::vector<ConditionResult>& results,
               const std::function<bool(const ConditionResult&)>& takes) {
  Group group;
  group.name = name;
  Errors latencies;
  Errors ends;
  Errors correlations;
  Errors regrets;
  group.least_rank_correlation = 1.0;
  for (const ConditionResult& result : results) {
    if (result.schedules.empty() || !takes(result)) {
      continue;
    }
    ++group.conditions;
    for (const Comparison& one : result.schedules) {
      latencies.add(one.error());
    }
    for (const double error : result.end_errors) {
      ends.add(error);
    }
    if (const auto rho = result.rank_correlation()) {
      correlations.add(*rho);
      group.least_rank_correlation = std::min(group.least_rank_correlation, *rho);
    }
    regrets.add(result.regret());
  }
  group.schedules = latencies.count;
  group.mean_error = latencies.mean_size();
  group.bias = latencies.mean();
  group.worst_error = latencies.worst;
  group.rank_correlation = correlations.mean();
  group.mean_regret = regrets.mean();
  group.worst_regret = regrets.worst;
  group.mean_end_error = ends.mean_size();
  group.worst_end_error = ends.worst;
  return group;
}

/// The memory's share of the best schedule's time from which on a group begins.
constexpr double kShares[] = {0.0, 0.2, 0.4, 0.6, 0.8};

std::vector<Group> groups_of(const std::vector<ConditionResult>& results) {
  std::vector<Group> groups;
  std::set<std::pair<hardware::Overlap, double>> ways;
  std::set<std::string> packages;
  for (const ConditionResult& result : results) {
    ways.emplace(result.condition.overlap, -result.condition.memory);
    packages.insert(result.condition.package);
  }
  for (const auto& [overlap, memory] : ways) {
    groups.push_back(
        group_of(fmt::format("{}, memory x{}",
                             overlap == hardware::Overlap::kSerial ? "serial" : "overlapped", -memory),
                 results, [&, overlap = overlap, memory = memory](const ConditionResult& result) {
                   return result.condition.overlap == overlap && result.condition.memory == -memory;
                 }));
  }
  for (const std::string& package : packages) {
    groups.push_back(group_of(package, results, [&](const ConditionResult& result) {
      return result.condition.package == package;
    }));
  }
  for (std::size_t i = 0; i < std::size(kShares); ++i) {
    const double from = kShares[i];
    const double to = i + 1 < std::size(kShares) ? kShares[i + 1] : 2.0;
    groups.push_back(group_of(to > 1.0
                                  ? fmt::format("memory above {:.0f}% of the time", 100 * from)
                                  : fmt::format("memory {:.0f} to {:.0f}% of the time", 100 * from, 100 * to),
                              results, [&](const ConditionResult& result) {
                                return result.memory_share >= from && result.memory_share < to;
                              }));
  }
  std::erase_if(groups, [](const Group& group) { return group.conditions == 0; });
  groups.push_back(group_of("all", results, [](const ConditionResult&) { return true; }));
  return groups;
}

std::string size_text(double share) {
  return fmt::format("{:.1f}%", 100.0 * share);
}
std::string signed_text(double share) {
  return fmt::format("{:+.1f}%", 100.0 * share);
}

Json to_json(const Group& group) {
  return {{"name", group.name},
          {"conditions", group.conditions},
          {"schedules", group.schedules},
          {"mean_error", group.mean_error},
          {"bias", group.bias},
          {"worst_error", group.worst_error},
          {"rank_correlation", group.rank_correlation},
          {"least_rank_correlation", group.least_rank_correlation},
          {"mean_regret", group.mean_regret},
          {"worst_regret", group.worst_regret},
          {"mean_end_error", group.mean_end_error},
          {"worst_end_error", group.worst_end_error}};
}

Json to_json(const ConditionResult& result) {
  Json schedules = Json::array();
  for (const Comparison& one : result.schedules) {
    schedules.push_back({{"estimate", one.estimate},
                         {"replay", one.replay},
                         {"estimated_edp", one.estimated_edp},
                         {"replayed_edp", one.replayed_edp}});
  }
  Json json = {{"scenario", result.condition.scenario},
               {"package", result.condition.package},
               {"overlap", result.condition.overlap == hardware::Overlap::kSerial ? "serial" : "overlapped"},
               {"memory", result.condition.memory},
               {"memory_share", result.memory_share},
               {"schedules", std::move(schedules)}};
  if (const auto rho = result.rank_correlation(); !result.schedules.empty() && rho) {
    json["rank_correlation"] = *rho;
  }
  if (result.schedules.empty()) {
    json["failure"] = result.failure;
  } else {
    json["regret"] = result.regret();
  }
  return json;
}

/// The conditions whose worst schedule is farthest off.
std::string worst_text(const std::vector<ConditionResult>& results) {
  std::vector<std::pair<double, const ConditionResult*>> worst;
  for (const ConditionResult& result : results) {
    Errors errors;
    for (const Comparison& one : result.schedules) {
      errors.add(one.error());
    }
    if (errors.count > 0) {
      worst.emplace_back(errors.worst, &result);
    }
  }
  std::stable_sort(worst.begin(), worst.end(),
                   [](const auto& a, const auto& b) { return std::abs(a.first) > std::abs(b.first); });
  constexpr std::size_t kShown = 5;
  worst.resize(std::min(worst.size(), kShown));
  std::string text = "farthest off\n";
  for (const auto& [error, result] : worst) {
    text += fmt::format("  {:<8} {}\n", signed_text(error), to_string(result->condition));
  }
  return text;
}

}  // namespace

Report make_report(Plan plan, bool quick, std::vector<ConditionResult> results) {
  std::vector<Group> groups = groups_of(results);
  return {std::move(plan), quick, std::move(results), std::move(groups)};
}

std::string report_text(const Report& report) {
  report::text::TextTable table({{"conditions"},
                                 {"number", Align::kRight},
                                 {"schedules", Align::kRight},
                                 {"mean error", Align::kRight},
                                 {"bias", Align::kRight},
                                 {"worst", Align::kRight},
                                 {"rank corr.", Align::kRight},
                                 {"regret", Align::kRight},
                                 {"worst", Align::kRight},
                                 {"models' ends", Align::kRight},
                                 {"worst", Align::kRight}});
  for (const Group& one : report.groups) {
    table.add({one.name, fmt::format("{}", one.conditions), fmt::format("{}", one.schedules),
               size_text(one.mean_error), signed_text(one.bias), signed_text(one.worst_error),
               fmt::format("{:.3f}", one.rank_correlation), size_text(one.mean_regret),
               size_text(one.worst_regret), size_text(one.mean_end_error), signed_text(one.worst_end_error)});
  }
  std::string text = fmt::format("Study {}: {}{}\n\n", report.plan.name, report.plan.title,
                                 report.quick ? " (quick subset)" : "");
  text += table.text() + "\n" + worst_text(report.results);
  for (const ConditionResult& result : report.results) {
    if (result.schedules.empty()) {
      text += fmt::format("left out: {}: {}\n", to_string(result.condition), result.failure);
    }
  }
  return text;
}

std::string report_json(const Report& report) {
  Json groups = Json::array();
  for (const Group& group : report.groups) {
    groups.push_back(to_json(group));
  }
  Json conditions = Json::array();
  for (const ConditionResult& result : report.results) {
    conditions.push_back(to_json(result));
  }
  const Json json = {{"format", "inlay-study-agreement"},
                     {"format_version", 1},
                     {"program_version", base::version()},
                     {"study", report.plan.name},
                     {"quick", report.quick},
                     {"jitter", report.plan.jitter},
                     {"runs", report.plan.runs},
                     {"groups", std::move(groups)},
                     {"conditions", std::move(conditions)}};
  return json.dump(2) + "\n";
}

}  // namespace inlay::studies::agreement
