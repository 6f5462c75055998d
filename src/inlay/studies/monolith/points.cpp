#include "inlay/studies/monolith/points.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "inlay/base/error.hpp"

namespace inlay::studies::monolith {
namespace {

using Wanted = std::function<bool(const Outcome&)>;
using Figure = std::function<double(const Outcome&)>;

constexpr const char* kExact = "exact";
constexpr const char* kSequential = "sequential";

double edp(const Outcome& outcome) {
  return outcome.edp();
}

/// The outcome with the lowest figure among those that are wanted; null if there is none.
const Outcome* lowest(const ConditionResult& result, const Wanted& wanted, const Figure& figure) {
  const Outcome* best = nullptr;
  for (const Outcome& outcome : result.outcomes) {
    if (wanted(outcome) && (best == nullptr || figure(outcome) < figure(*best))) {
      best = &outcome;
    }
  }
  return best;
}

const Outcome& lowest_of(const ConditionResult& result, const std::string& what, const Wanted& wanted,
                         const Figure& figure) {
  const Outcome* best = lowest(result, wanted, figure);
  if (best == nullptr) {
    throw base::DefectError("the study has no " + what + " for workload '" + result.condition.workload + "'");
  }
  return *best;
}

Wanted made_by(const std::string& strategy, Organisation organisation) {
  return [strategy, organisation](const Outcome& outcome) {
    return outcome.strategy == strategy && outcome.organisation == organisation;
  };
}

bool is_output_stationary_monolith(const Outcome& outcome) {
  return made_by(kExact, Organisation::kMonolith)(outcome) && outcome.output_stationary;
}

bool is_published_monolith(const Outcome& outcome) {
  return is_output_stationary_monolith(outcome) && outcome.published_mapping;
}

Baselines baselines_by(const ConditionResult& result, const Figure& figure) {
  return {&lowest_of(result, "output-stationary monolith", is_output_stationary_monolith, figure),
          &lowest_of(result, "monolith", made_by(kExact, Organisation::kMonolith), figure),
          &lowest_of(result, "homogeneous package", made_by(kExact, Organisation::kHomogeneous), figure),
          &lowest_of(result, "monolith with a published mapping", is_published_monolith, figure)};
}

RatiosAgainst ratios_against(const Outcome& outcome, const Baselines& baselines) {
  return {ratios(outcome, *baselines.output_stationary_monolith), ratios(outcome, *baselines.monolith),
          ratios(outcome, *baselines.homogeneous), ratios(outcome, *baselines.published_monolith)};
}

RatiosAgainst against_individually_best(const ConditionResult& result, const Outcome& outcome) {
  const RatiosAgainst fastest =
      ratios_against(outcome, baselines_by(result, [](const Outcome& other) { return other.latency; }));
  const RatiosAgainst thriftiest =
      ratios_against(outcome, baselines_by(result, [](const Outcome& other) { return other.energy; }));
  const auto both = [](const Ratios& speed, const Ratios& energy) {
    return Ratios{speed.throughput, energy.energy_efficiency};
  };
  return {both(fastest.output_stationary_monolith, thriftiest.output_stationary_monolith),
          both(fastest.monolith, thriftiest.monolith), both(fastest.homogeneous, thriftiest.homogeneous),
          both(fastest.published_monolith, thriftiest.published_monolith)};
}

Outcome without_repeated_writes(Outcome outcome) {
  outcome.energy -= outcome.repeated_writes;
  outcome.repeated_writes = 0.0;
  return outcome;
}

RatiosAgainst ratios_without_repeated_writes(const Outcome& outcome, const Baselines& baselines) {
  const Outcome monolith = without_repeated_writes(*baselines.monolith);
  const Outcome output_stationary = without_repeated_writes(*baselines.output_stationary_monolith);
  const Outcome homogeneous = without_repeated_writes(*baselines.homogeneous);
  const Outcome published = without_repeated_writes(*baselines.published_monolith);
  return ratios_against(without_repeated_writes(outcome),
                        {&output_stationary, &monolith, &homogeneous, &published});
}

std::vector<Step> steps_to(const ConditionResult& result, const Baselines& baselines,
                           const Outcome& outcome) {
  const Outcome& sequential = lowest_of(result, "homogeneous package by strategy 'sequential'",
                                        made_by(kSequential, Organisation::kHomogeneous), edp);
  return {{"dataflow", ratios(*baselines.monolith, *baselines.output_stationary_monolith)},
          {"chiplets", ratios(sequential, *baselines.monolith)},
          {"side by side", ratios(*baselines.homogeneous, sequential)},
          {"heterogeneity", ratios(outcome, *baselines.homogeneous)}};
}

std::optional<Ratios> standalone_against(const ConditionResult& result, const Outcome& monolith) {
  const Outcome* standalone = lowest(result, made_by("standalone", Organisation::kHomogeneous), edp);
  return standalone == nullptr ? std::nullopt : std::optional<Ratios>(ratios(*standalone, monolith));
}

}  // namespace

std::string to_string(Organisation organisation) {
  switch (organisation) {
    case Organisation::kMonolith:
      return "monolith";
    case Organisation::kHomogeneous:
      return "homogeneous";
    case Organisation::kHeterogeneous:
      return "heterogeneous";
  }
  throw base::DefectError("unknown organisation");
}

Ratios ratios(const Outcome& of, const Outcome& against) {
  return {of.throughput() / against.throughput(), of.energy_efficiency() / against.energy_efficiency()};
}

Baselines baselines(const ConditionResult& result) {
  return baselines_by(result, edp);
}

std::vector<Point> points(const ConditionResult& result) {
  const Baselines against = baselines(result);
  std::vector<std::string> packages;
  for (const Outcome& outcome : result.outcomes) {
    if (outcome.organisation != Organisation::kMonolith &&
        std::find(packages.begin(), packages.end(), outcome.package) == packages.end()) {
      packages.push_back(outcome.package);
    }
  }
  std::vector<Point> points;
  for (const std::string& package : packages) {
    const Outcome& best = lowest_of(
        result, "schedule of package '" + package + "'",
        [&](const Outcome& outcome) { return outcome.package == package && outcome.strategy == kExact; },
        edp);
    points.push_back({result.condition, best, ratios_against(best, against),
                      against_individually_best(result, best), ratios_without_repeated_writes(best, against),
                      steps_to(result, against, best), standalone_against(result, *against.monolith),
                      *against.output_stationary_monolith, *against.monolith, *against.homogeneous,
                      *against.published_monolith});
  }
  return points;
}

std::optional<Point> headline(const std::vector<Point>& points, const std::vector<std::string>& workloads) {
  const Point* best = nullptr;
  for (const Point& point : points) {
    const bool qualifies =
        point.outcome.organisation == Organisation::kHeterogeneous &&
        std::find(workloads.begin(), workloads.end(), point.condition.workload) != workloads.end();
    if (qualifies && (best == nullptr || point.against.output_stationary_monolith.edp() >
                                             best->against.output_stationary_monolith.edp())) {
      best = &point;
    }
  }
  return best == nullptr ? std::nullopt : std::optional<Point>(*best);
}

Spread spread(std::vector<double> values) {
  if (values.empty()) {
    throw base::DefectError("the spread of no values");
  }
  std::sort(values.begin(), values.end());
  return {values.front(), values[values.size() / 2], values.back()};
}

std::vector<Step> mean_steps(const std::vector<Point>& points) {
  std::vector<Step> means;
  for (std::size_t i = 0; !points.empty() && i < points.front().steps.size(); ++i) {
    double speed = 0.0;
    double energy = 0.0;
    for (const Point& point : points) {
      speed += std::log(point.steps.at(i).gain.throughput);
      energy += std::log(point.steps.at(i).gain.energy_efficiency);
    }
    const auto count = static_cast<double>(points.size());
    means.push_back({points.front().steps[i].name, {std::exp(speed / count), std::exp(energy / count)}});
  }
  return means;
}

}  // namespace inlay::studies::monolith
