#include "inlay/search/objective.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/error.hpp"

namespace inlay::search {
namespace {

const std::vector<std::string>& names() {
  static const std::vector<std::string> kNames = {"latency", "energy", "edp", "throughput"};
  return kNames;
}

}  // namespace

Objective Objective::of(const schedule::Problem& problem) const {
  Objective result = *this;
  result.samples_ = 0.0;
  for (const workload::ScenarioModel& entry : problem.scenario.models) {
    result.samples_ += static_cast<double>(entry.batch);
  }
  return result;
}

std::vector<std::string> objective_names() {
  return names();
}

Objective objective_named(const std::string& name) {
  const auto found = std::find(names().begin(), names().end(), name);
  if (found != names().end()) {
    return static_cast<Objective::Kind>(found - names().begin());
  }
  return Objective(std::make_shared<const evaluate::Formula>(name));
}

std::string to_string(const Objective& objective) {
  return objective == Objective::kFormula ? objective.formula().text()
                                          : names()[static_cast<std::size_t>(objective)];
}

double objective_value(const Objective& objective, double latency, double energy) {
  switch (objective) {
    case Objective::kEnergy:
      return energy;
    case Objective::kEdp:
      return latency * energy;
    case Objective::kFormula:
      return objective.formula().value(latency, energy, objective.samples());
    case Objective::kLatency:
    case Objective::kThroughput:
      break;
  }
  return latency;
}

void require_not_negative(const Objective& objective, double value) {
  if (value < 0.0) {
    throw base::InputError(fmt::format(
        "objective '{}' is {} here; it is minimised and must not be negative: to get much of something, "
        "divide by it",
        to_string(objective), value));
  }
}

double objective_bound(const Objective& objective, double latency, double energy) {
  return objective.non_decreasing() ? std::max(0.0, objective_value(objective, latency, energy)) : 0.0;
}

}  // namespace inlay::search
