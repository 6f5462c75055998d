// The registered strategies. To add one: a line in kStrategies, with its option records.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "inlay/base/error.hpp"
#include "inlay/search/automatic.hpp"
#include "inlay/search/constrained.hpp"
#include "inlay/search/front_search.hpp"
#include "inlay/search/large/large.hpp"
#include "inlay/search/layerwise.hpp"
#include "inlay/search/path_trie.hpp"
#include "inlay/search/scar/knobs.hpp"
#include "inlay/search/scar/scar.hpp"
#include "inlay/search/space_search.hpp"
#include "inlay/search/start_schedule.hpp"
#include "inlay/search/window_search.hpp"

namespace inlay::search {
namespace {

/// All paths of a 4x4 mesh are 28,512; those of a 6x6 mesh could not even be listed.
constexpr std::int64_t kMostPaths = 50'000;

/// How long paths may be, and how to say so.
struct Paths {
  int longest;
  std::string words;
};

Paths paths_of(const schedule::Problem& problem) {
  const int longest = affordable_length(problem.package, kMostPaths);
  if (longest == static_cast<int>(problem.package.chiplets.size())) {
    return {longest, "paths of neighbouring chiplets"};
  }
  return {longest, fmt::format("paths of at most {} neighbouring chiplets", longest)};
}

Space exact_space(const schedule::Problem& problem, const Options& options) {
  const Paths paths = paths_of(problem);
  const int splits = static_cast<int>(options.settings.integer("exact.splits"));
  return {fmt::format(
              "first-fit windows of all models together and of one model after the other, 0 to {} splits; "
              "contiguous segments on {}; any mini-batch ceil(b/i)",
              splits, paths.words),
          window_family(problem, splits), paths.longest};
}

Answer exact(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  const Space family = exact_space(problem, options);
  const std::string& windows = options.settings.word("exact.windows");
  return windows == "blocks" ? search_block_windows(problem, objective, family, options)
         : windows == "free" ? search_free_windows(problem, objective, family, options)
                             : search_space(problem, objective, family, options);
}

Space standalone_space(const schedule::Problem& problem, const Options&) {
  const bool at_once = problem.constraints.dependencies.empty();
  return {fmt::format("standalone: {}, each model whole on a chiplet of its own; any mini-batch ceil(b/i)",
                      at_once ? "one window" : "as few windows as models that wait for others need"),
          {first_fit(problem, 0)},
          1};
}

Answer standalone(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  return search_space(problem, objective, standalone_space(problem, options), options);
}

Space sequential_space(const schedule::Problem& problem, const Options&) {
  const Paths paths = paths_of(problem);
  return {
      fmt::format("sequential: a window per model in the scenario's order, contiguous segments on {}; any "
                  "mini-batch ceil(b/i)",
                  paths.words),
      {one_after_the_other(problem, 0)},
      paths.longest};
}

Answer sequential(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  return search_space(problem, objective, sequential_space(problem, options), options);
}

/// As `exact`, with another strategy's family of windows: for problems with constraints, of which walks know
/// nothing.
Answer within_constraints(const schedule::Problem& problem, const Objective& objective, Options options,
                          const std::string& splits) {
  options.settings.set("exact.splits", std::to_string(options.settings.integer(splits)));
  const StopRule& stop = options.stop;
  if (std::isinf(stop.time_limit) && stop.evaluations == std::numeric_limits<std::int64_t>::max()) {
    options.stop.evaluations = options.settings.integer("auto.evaluations");
  }
  Answer answer = exact(problem, objective, options);
  answer.certificate.space += "; strategies that ran: exact";
  return answer;
}

Answer large_or_exact(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  return problem.constraints.empty() ? large(problem, objective, options)
                                     : within_constraints(problem, objective, options, "large.splits");
}

Answer auto_or_exact(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  return problem.constraints.empty() ? automatic(problem, objective, options)
                                     : within_constraints(problem, objective, options, "auto.splits");
}

/// Fronts are exact's matter.
Space auto_space(const schedule::Problem& problem, const Options& options) {
  Options as_exact = options;
  as_exact.settings.set("exact.splits", std::to_string(options.settings.integer("auto.splits")));
  Space space = exact_space(problem, as_exact);
  space.name += "; strategies that ran: exact";
  return space;
}

std::vector<OptionRecord> auto_options() {
  return automatic_records();
}

std::vector<OptionRecord> exact_options() {
  return {
      {"exact.splits",
       "most boundaries between windows: families of 0 to this many are searched together",
       OptionRecord::Kind::kInteger,
       "4",
       0,
       16,
       {}},
      {"exact.windows",
       "first-fit: those families alone; blocks: also every cut into two windows between blocks of the "
       "models; free: also boundaries moved layer by layer around the best, with the bound of all schedules",
       OptionRecord::Kind::kWord,
       "first-fit",
       0,
       0,
       {"first-fit", "blocks", "free"}}};
}

std::vector<OptionRecord> large_options() {
  return large_records();
}

std::vector<OptionRecord> scar_options() {
  return scar_records("scar");
}

std::vector<OptionRecord> simba_options() {
  return scar_records("simba");
}

std::vector<OptionRecord> no_options() {
  return {};
}

struct Strategy {
  const char* name;
  const char* description;
  Answer (*solve)(const schedule::Problem&, const Objective&, const Options&);
  std::vector<OptionRecord> (*options)();
  Space (*space)(const schedule::Problem&, const Options&) = nullptr;  // of those that can find fronts
};

constexpr std::array<Strategy, 8> kStrategies = {{
    {"auto", "exact or large, whichever the package's size asks for, each started from the other's schedule",
     auto_or_exact, auto_options, auto_space},
    {"exact",
     "the proven optimum over first-fit windows, paths of neighbouring chiplets, cuts and mini-batches",
     exact, exact_options, exact_space},
    {"large", "good schedules of large packages: pieces of walks over all chiplets, with a lower bound",
     large_or_exact, large_options},
    {"layerwise", "a layer of each model at a time, on the best free chiplet, without pipelines", layerwise,
     no_options},
    {"scar", "the published pipeline: windows, provisioning, segmentation, scheduling trees", scar,
     scar_options},
    {"sequential", "one model after the other, each pipelined over the package", sequential, no_options,
     sequential_space},
    {"simba", "as scar, on chiplets of one type only: the baseline of homogeneous packages", simba,
     simba_options},
    {"standalone", "all models at once, each whole on a chiplet of its own", standalone, no_options,
     standalone_space},
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

std::string strategy_description(const std::string& strategy) {
  return strategy_named(strategy).description;
}

Answer solve(const schedule::Problem& problem, const Objective& objective, const std::string& strategy,
             const Options& options) {
  const Objective sought = objective.of(problem);
  const Strategy& method = strategy_named(strategy);
  Answer answer = solve_constrained(problem, options, [&](const schedule::Problem& of, const Options& how) {
    return method.solve(of, sought, how);
  });
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
    answer = search_front(problem, chosen.space(problem, options), options);
  } catch (const base::InfeasibleError&) {
    solve(problem, Objective::kEdp, strategy, options);  // names the constraints that clash, if some do
    throw;
  }
  for (const FrontPoint& point : answer.points) {
    require_constraints_kept(problem, point.schedule);
  }
  answer.certificate.strategy = strategy;
  answer.certificate.options = options.settings.of(strategy);
  return answer;
}

}  // namespace inlay::search
