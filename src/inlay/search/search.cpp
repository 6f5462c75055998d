// The registered strategies. To add one: a line in kStrategies, with its option records.
#include "inlay/search/search.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "inlay/base/error.hpp"
#include "inlay/search/automatic.hpp"
#include "inlay/search/constraints/constrained.hpp"
#include "inlay/search/constraints/start_schedule.hpp"
#include "inlay/search/exact/exact.hpp"
#include "inlay/search/exact/front_search.hpp"
#include "inlay/search/large/large.hpp"
#include "inlay/search/layerwise/layerwise.hpp"
#include "inlay/search/scar/knobs.hpp"
#include "inlay/search/scar/scar.hpp"

namespace inlay::search {
namespace {

/// As `exact`, with another strategy's family of windows: for problems with constraints, of which `large`
/// knows nothing.
Answer within_constraints(const schedule::Problem& problem, const Objective& objective, Options options,
                          const std::string& splits) {
  options.settings.set("exact.splits", std::to_string(options.settings.integer(splits)));
  const StopRule& stop = options.stop;
  if (std::isinf(stop.time_limit) && stop.evaluations == std::numeric_limits<std::int64_t>::max()) {
    options.stop.evaluations = options.settings.integer("auto.evaluations");
  }
  Answer answer = exact::solve(problem, objective, options);
  answer.certificate.space += "; strategies that ran: exact";
  return answer;
}

Answer large_or_exact(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  return problem.constraints.empty() && !problem.repeated
             ? large::solve(problem, objective, options)
             : within_constraints(problem, objective, options, "large.splits");
}

Answer auto_or_exact(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  return problem.constraints.empty() && !problem.repeated
             ? automatic(problem, objective, options)
             : within_constraints(problem, objective, options, "auto.splits");
}

/// Fronts are exact's matter.
exact::Space auto_space(const schedule::Problem& problem, const Options& options) {
  Options as_exact = options;
  as_exact.settings.set("exact.splits", std::to_string(options.settings.integer("auto.splits")));
  exact::Space space = exact::space(problem, as_exact);
  space.name += "; strategies that ran: exact";
  return space;
}

std::vector<OptionRecord> auto_options() {
  return automatic_records();
}

std::vector<OptionRecord> large_options() {
  return large::option_records();
}

std::vector<OptionRecord> scar_options() {
  return scar::option_records("scar");
}

std::vector<OptionRecord> simba_options() {
  return scar::option_records("simba");
}

std::vector<OptionRecord> no_options() {
  return {};
}

struct Strategy {
  const char* name;
  const char* description;
  Answer (*solve)(const schedule::Problem&, const Objective&, const Options&);
  std::vector<OptionRecord> (*options)();
  bool submeshes = false;  // stages may run on several chiplets
  exact::Space (*space)(const schedule::Problem&, const Options&) = nullptr;  // of those that can find fronts
};

constexpr std::array<Strategy, 8> kStrategies = {{
    {"auto", "exact or large, whichever the package's size asks for, each started from the other's schedule",
     auto_or_exact, auto_options, true, auto_space},
    {"exact",
     "the proven optimum over first-fit windows, paths of neighbouring chiplets, cuts and mini-batches",
     exact::solve, exact::option_records, true, exact::space},
    {"large", "good schedules of large packages, along orderings of the chiplets, with a lower bound",
     large_or_exact, large_options, true},
    {"layerwise", "a layer of each model at a time, on the best free chiplet, without pipelines",
     layerwise::solve, no_options},
    {"scar", "the published pipeline: windows, provisioning, segmentation, scheduling trees", scar::solve,
     scar_options},
    {"sequential", "one model after the other, each pipelined over the package", exact::solve_sequential,
     no_options, true, exact::sequential_space},
    {"simba", "as scar, on chiplets of one type only: the baseline of homogeneous packages",
     scar::solve_simba, simba_options},
    {"standalone", "all models at once, each whole on a chiplet of its own", exact::solve_standalone,
     no_options, true, exact::standalone_space},
}};

const Strategy& strategy_named(const std::string& name) {
  const auto* found = std::find_if(kStrategies.begin(), kStrategies.end(),
                                   [&](const Strategy& known) { return name == known.name; });
  if (found == kStrategies.end()) {
    throw base::InputError(
        fmt::format("'{}' is no strategy; {}", name, base::allowed_values(name, strategy_names())));
  }
  return *found;
}

/// A formula that is not proven to be non-decreasing has no bounds: the answer is one schedule, no more.
void withdraw_claims(const Objective& objective, Certificate& certificate) {
  if (objective.non_decreasing()) {
    return;
  }
  certificate.lower_bound = 0.0;
  certificate.proven = false;
  certificate.gap = certificate.value > 0.0 ? 1.0 : 0.0;
  certificate.space = "feasible, no certificate; searched: " + certificate.space;
  certificate.binds = "nothing: the formula is not proven to be non-decreasing in latency and energy";
  if (certificate.stopped_by == "proof" || certificate.stopped_by == "gap") {
    certificate.stopped_by = "its end";
  }
}

}  // namespace

const std::vector<OptionRecord>& option_records() {
  static const std::vector<OptionRecord> kRecords = [] {
    std::vector<OptionRecord> records;
    for (const Strategy& strategy : kStrategies) {
      for (OptionRecord& record : strategy.options()) {
        records.push_back(std::move(record));
      }
    }
    return records;
  }();
  return kRecords;
}

std::vector<std::string> strategy_names() {
  std::vector<std::string> names;
  for (const Strategy& strategy : kStrategies) {
    names.emplace_back(strategy.name);
  }
  return names;
}

std::vector<std::string> front_strategy_names() {
  std::vector<std::string> names;
  for (const Strategy& strategy : kStrategies) {
    if (strategy.space != nullptr) {
      names.emplace_back(strategy.name);
    }
  }
  return names;
}

std::vector<std::string> submesh_strategy_names() {
  std::vector<std::string> names;
  for (const Strategy& strategy : kStrategies) {
    if (strategy.submeshes) {
      names.emplace_back(strategy.name);
    }
  }
  return names;
}

std::string strategy_description(const std::string& strategy) {
  return strategy_named(strategy).description;
}

Answer solve(const schedule::Problem& problem, const Objective& objective, const std::string& strategy,
             const Options& options) {
  const Objective sought = objective.of(workload::samples_of(problem.scenario));
  const Strategy& method = strategy_named(strategy);
  Answer answer = constraints::solve_constrained(
      problem, options,
      [&](const schedule::Problem& of, const Options& how) { return method.solve(of, sought, how); });
  answer.certificate.strategy = strategy;
  answer.certificate.options = options.settings.of(strategy);
  withdraw_claims(sought, answer.certificate);
  return answer;
}

FrontAnswer solve_front(const schedule::Problem& problem, const std::string& strategy,
                        const Options& options) {
  const Strategy& chosen = strategy_named(strategy);
  if (chosen.space == nullptr) {
    throw base::InputError(fmt::format("strategy '{}' finds no fronts; those that do: {}", strategy,
                                       fmt::join(front_strategy_names(), ", ")));
  }
  if (strategy == "exact" && options.settings.word("exact.windows") != "first-fit") {
    throw base::InputError("fronts are found over first-fit windows; exact.windows must be first-fit");
  }
  FrontAnswer answer;
  try {
    answer = exact::search_front(problem, chosen.space(problem, options), options);
  } catch (const base::InfeasibleError&) {
    solve(problem, Objective::kEdp, strategy, options);  // names the constraints that conflict, if some do
    throw;
  }
  for (const FrontPoint& point : answer.points) {
    constraints::require_constraints_kept(problem, point.schedule);
  }
  answer.certificate.strategy = strategy;
  answer.certificate.options = options.settings.of(strategy);
  return answer;
}

}  // namespace inlay::search
