#include "inlay/search/constraints/obvious_iis.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "inlay/base/quantity.hpp"
#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/search/constraints/constraint_effects.hpp"
#include "inlay/search/windows/model_order.hpp"

namespace inlay::search::constraints {
namespace {

using schedule::Constraint;
using schedule::Constraints;
using schedule::Problem;

int models_of(const Problem& problem) {
  return static_cast<int>(problem.scenario.models.size());
}

const workload::ScenarioModel& entry_of(const Problem& problem, int model) {
  return problem.scenario.models[static_cast<std::size_t>(model)];
}

/// No mini-batch size is left to a model.
std::optional<IrreducibleConflict> conflict_of_sizes(const Problem& problem, int model) {
  if (!allowed_sizes(problem, model).empty()) {
    return std::nullopt;
  }
  const auto& sizes = problem.costs.models[static_cast<std::size_t>(model)].mini_batches;
  IrreducibleConflict conflict;
  for (const schedule::FixedMiniBatch& fixed : problem.constraints.mini_batches) {
    if (fixed.model != model) {
      continue;
    }
    if (std::find(sizes.begin(), sizes.end(), fixed.size) == sizes.end()) {
      return IrreducibleConflict{{fixed},
                                 fmt::format("a mini-batch is ceil({} / i) for some i: {}",
                                             entry_of(problem, model).batch, fmt::join(sizes, ", "))};
    }
    const bool another = std::any_of(
        conflict.constraints.begin(), conflict.constraints.end(),
        [&](const Constraint& one) { return std::get<schedule::FixedMiniBatch>(one).size == fixed.size; });
    if (!another && conflict.constraints.size() < 2) {
      conflict.constraints.emplace_back(fixed);
    }
  }
  conflict.why = "a model has one mini-batch size";
  return conflict;
}

bool has_chiplet(const Problem& problem, const Constraints& constraints, int model, int layer) {
  for (int chiplet = 0; chiplet < static_cast<int>(problem.package.chiplets.size()); ++chiplet) {
    if (schedule::may_stand(constraints, model, layer, layer + 1, chiplet)) {
      return true;
    }
  }
  return false;
}

/// Leaves out one constraint after the other as long as the layer has no chiplet all the same.
std::vector<Constraint> least_without_chiplet(const Problem& problem, int model, int layer) {
  std::vector<Constraint> kept;
  for (const Constraint& one : problem.constraints.each()) {
    if (std::holds_alternative<schedule::Pin>(one) || std::holds_alternative<schedule::Ban>(one)) {
      kept.push_back(one);
    }
  }
  for (std::size_t at = kept.size(); at-- > 0;) {
    Constraints others;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (i != at) {
        others.add(kept[i]);
      }
    }
    if (!has_chiplet(problem, others, model, layer)) {
      kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  return kept;
}

/// A layer that may run nowhere.
std::optional<IrreducibleConflict> conflict_of_chiplets(const Problem& problem, int model) {
  const auto& layers = entry_of(problem, model).model.layers;
  for (int layer = 0; layer < static_cast<int>(layers.size()) && chiplets_differ(problem); ++layer) {
    if (!has_chiplet(problem, problem.constraints, model, layer)) {
      return IrreducibleConflict{
          least_without_chiplet(problem, model, layer),
          fmt::format("they leave no chiplet to layer '{}' of model '{}'",
                      layers[static_cast<std::size_t>(layer)].name, entry_of(problem, model).name)};
    }
  }
  return std::nullopt;
}

/// A circle is what is left when everything that can be put in order has been.
std::optional<IrreducibleConflict> conflict_of_order(const Problem& problem) {
  const std::vector<int> order = windows::dependency_order(problem);
  if (static_cast<int>(order.size()) == models_of(problem)) {
    return std::nullopt;
  }
  const auto in_order = [&order](int model) {
    return std::find(order.begin(), order.end(), model) != order.end();
  };
  int at = 0;
  while (in_order(at)) {
    ++at;
  }
  // Every model that is left waits for another one that is left: walk until one is met again.
  std::vector<int> walked;
  while (std::find(walked.begin(), walked.end(), at) == walked.end()) {
    walked.push_back(at);
    for (const int other : windows::predecessors(problem, at)) {
      if (!in_order(other)) {
        at = other;
        break;
      }
    }
  }
  IrreducibleConflict conflict;
  conflict.why = "they wait for each other in a circle";
  walked.push_back(at);
  for (auto one = std::find(walked.begin(), walked.end(), at); one + 1 != walked.end(); ++one) {
    conflict.constraints.emplace_back(schedule::Dependency{*one, *(one + 1)});
  }
  return conflict;
}

/// What a model alone takes at least.
double least_latency(const Problem& problem, int model) {
  const auto at = static_cast<std::size_t>(model);
  Problem alone;
  alone.package = problem.package;
  alone.communication = problem.communication;
  alone.overlap = problem.overlap;
  alone.scenario.models = {problem.scenario.models[at]};
  alone.costs.models = {problem.costs.models[at]};
  return evaluate::root_bounds(alone).latency;
}

/// What models take at least, alone and in the longest row of them that ends with each.
struct LeastLatencies {
  std::vector<double> alone;  // [model] s
  std::vector<int> before;    // [model] the one before it in that row; -1: none
};

LeastLatencies least_latencies(const Problem& problem) {
  const auto models = static_cast<std::size_t>(models_of(problem));
  LeastLatencies least{std::vector<double>(models, 0.0), std::vector<int>(models, -1)};
  std::vector<double> row(models, 0.0);
  for (const int model : windows::dependency_order(problem)) {
    const auto at = static_cast<std::size_t>(model);
    for (const int other : windows::predecessors(problem, model)) {
      if (row[static_cast<std::size_t>(other)] > row[at]) {
        row[at] = row[static_cast<std::size_t>(other)];
        least.before[at] = other;
      }
    }
    least.alone[at] = least_latency(problem, model);
    row[at] += least.alone[at];
  }
  return least;
}

/// A limit below the least that a model takes, or a row of models that ends with it: only as much of the row
/// as it needs.
std::optional<IrreducibleConflict> conflict_of_limits(const Problem& problem) {
  if (problem.constraints.latency_limits.empty()) {
    return std::nullopt;
  }
  const LeastLatencies least = least_latencies(problem);
  for (const schedule::LatencyLimit& limit : problem.constraints.latency_limits) {
    const double latest = limit.seconds * (1.0 + schedule::kLatencyTolerance);
    IrreducibleConflict conflict{{limit}, ""};
    int model = limit.model;
    double row = least.alone[static_cast<std::size_t>(model)];
    while (row <= latest && least.before[static_cast<std::size_t>(model)] >= 0) {
      const int other = least.before[static_cast<std::size_t>(model)];
      conflict.constraints.emplace_back(schedule::Dependency{model, other});
      row += least.alone[static_cast<std::size_t>(other)];
      model = other;
    }
    if (row > latest) {
      conflict.why = fmt::format("model '{}' is done after {} at the earliest, from compute and bytes alone",
                                 entry_of(problem, limit.model).name, base::format_time(row));
      return conflict;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<IrreducibleConflict> obvious_iis(const Problem& problem) {
  for (int model = 0; model < models_of(problem); ++model) {
    if (auto conflict = conflict_of_sizes(problem, model)) {
      return conflict;
    }
    if (auto conflict = conflict_of_chiplets(problem, model)) {
      return conflict;
    }
  }
  if (auto conflict = conflict_of_order(problem)) {
    return conflict;
  }
  return conflict_of_limits(problem);
}

}  // namespace inlay::search::constraints
