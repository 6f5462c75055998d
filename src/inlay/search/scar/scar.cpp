#include "inlay/search/scar/scar.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/search/layerwise/layerwise.hpp"
#include "inlay/search/scar/scar_run.hpp"

namespace inlay::search::scar {
namespace {

/// The answer of one or several runs. If none came to a schedule before it was stopped, the plainest one is
/// given.
Answer answer_of(const schedule::Problem& problem, const Objective& objective, Incumbent& incumbent,
                 const std::string& space, bool finished, std::int64_t evaluations, const StopClock& clock) {
  if (incumbent.exists()) {
    return incumbent.answer(space, finished, evaluations, clock);
  }
  try {
    const schedule::Schedule plain = layerwise::layerwise_schedule(problem, objective, clock);
    const evaluate::FastCost cost = evaluate::FastEvaluator(problem).evaluate(plain);
    incumbent.offer(plain, cost.latency, cost.energy);
  } catch (const base::InfeasibleError& error) {
    throw StoppedEarly(
        fmt::format("stopped by {} before a schedule was found, and {}", clock.reason(), error.what()));
  }
  return incumbent.answer(space + ", stopped before it had a schedule; this one is layerwise", finished,
                          evaluations, clock);
}

/// Whether chiplets of a type can run every layer, each with some mini-batch.
bool runs_everything(const schedule::Problem& problem, int type) {
  return std::all_of(problem.costs.models.begin(), problem.costs.models.end(), [type](const auto& costs) {
    for (int layer = 0; layer < static_cast<int>(costs.class_of.size()); ++layer) {
      bool runs = false;
      for (int size = 0; size < static_cast<int>(costs.mini_batches.size()) && !runs; ++size) {
        runs = costs.at(layer, size, type).mappable;
      }
      if (!runs) {
        return false;
      }
    }
    return true;
  });
}

/// The types of which the package has chiplets that can run every layer.
std::vector<int> types_in_use(const schedule::Problem& problem) {
  std::vector<int> types;
  for (const hardware::Chiplet& chiplet : problem.package.chiplets) {
    const bool known = std::find(types.begin(), types.end(), chiplet.type) != types.end();
    if (!known && runs_everything(problem, chiplet.type)) {
      types.push_back(chiplet.type);
    }
  }
  std::sort(types.begin(), types.end());
  return types;
}

}  // namespace

Answer solve(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  const StopClock clock(options.stop);
  Incumbent incumbent(problem, objective, options);
  const ScarKnobs knobs = scar_knobs(options.settings, "scar");
  std::int64_t evaluations = 0;
  ScarRun run(problem, objective, options, knobs, -1);
  bool finished = true;
  try {
    finished = run.run(incumbent, clock, evaluations);
  } catch (const base::InfeasibleError&) {
    if (!incumbent.exists()) {
      throw;
    }
  }
  return answer_of(problem, objective, incumbent, run.space(), finished, evaluations, clock);
}

Answer solve_simba(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  const StopClock clock(options.stop);
  Incumbent incumbent(problem, objective, options);
  const ScarKnobs knobs = scar_knobs(options.settings, "simba");
  std::string space = "chiplets of one type";
  std::string refusal = "no chiplet type can run every layer";
  bool possible = false;
  bool finished = true;
  std::int64_t evaluations = 0;
  for (const int type : types_in_use(problem)) {
    try {
      ScarRun run(problem, objective, options, knobs, type);
      finished = run.run(incumbent, clock, evaluations) && finished;
      space = "chiplets of one type, " + run.space();
      possible = true;
    } catch (const base::InfeasibleError& error) {
      refusal = error.what();
    }
  }
  if (!possible && !incumbent.exists()) {
    throw base::InfeasibleError(refusal);
  }
  return answer_of(problem, objective, incumbent, space, finished, evaluations, clock);
}

}  // namespace inlay::search::scar
