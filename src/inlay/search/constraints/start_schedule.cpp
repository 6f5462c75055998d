#include "inlay/search/constraints/start_schedule.hpp"

#include "inlay/base/error.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/constraints/constraint_effects.hpp"
#include "inlay/search/windows/model_order.hpp"

namespace inlay::search::constraints {
namespace {

std::optional<schedule::Window> whole_on_a_chiplet(const schedule::Problem& problem, int model) {
  const cost::ModelCosts& costs = problem.costs.models[static_cast<std::size_t>(model)];
  const int layers =
      static_cast<int>(problem.scenario.models[static_cast<std::size_t>(model)].model.layers.size());
  const std::vector<int> sizes = allowed_sizes(problem, model);
  if (sizes.empty()) {
    return std::nullopt;
  }
  const std::int64_t size = costs.mini_batches[static_cast<std::size_t>(sizes.front())];
  for (int chiplet = 0; chiplet < static_cast<int>(problem.package.chiplets.size()); ++chiplet) {
    if (!schedule::may_stand(problem.constraints, model, 0, layers, chiplet)) {
      continue;
    }
    schedule::Window window{{{model, size, {{0, layers, chiplet}}}}};
    try {
      evaluate::evaluate_reference(problem, {{window}, true});
      return window;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<schedule::Schedule> plain_schedule(const schedule::Problem& problem) {
  schedule::Schedule schedule;
  for (const int model : windows::dependency_order(problem)) {
    std::optional<schedule::Window> window = whole_on_a_chiplet(problem, model);
    if (!window) {
      return std::nullopt;
    }
    schedule.windows.push_back(std::move(*window));
  }
  if (!problem.constraints.latency_limits.empty() &&
      !evaluate::broken_latency_limits(problem, schedule, evaluate::evaluate_reference(problem, schedule))
           .empty()) {
    return std::nullopt;
  }
  return schedule;
}

void require_constraints_kept(const schedule::Problem& problem, const schedule::Schedule& schedule) {
  if (problem.constraints.empty()) {
    return;
  }
  std::vector<std::string> broken = schedule::check(problem, schedule);
  if (broken.empty()) {
    broken =
        evaluate::broken_latency_limits(problem, schedule, evaluate::evaluate_reference(problem, schedule));
  }
  if (!broken.empty()) {
    throw base::DefectError("the search's schedule breaks a constraint: " + broken.front());
  }
}

}  // namespace inlay::search::constraints
