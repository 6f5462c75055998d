// inlay explain: why is a schedule worse than the best one that can be found?
#include <fmt/format.h>

#include <memory>

#include "command.hpp"
#include "constraint_options.hpp"
#include "cost_cache.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/text/explanation.hpp"
#include "inlay/report/text/replan.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/schedule/schedule_json.hpp"
#include "inlay/schedule/shares.hpp"
#include "inlay/search/sharding/replanned.hpp"
#include "progress_line.hpp"
#include "search_options.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string file;
  std::string against;
  std::string strategy = "auto";
  std::string objective;
  SearchOptions search;
  bool json = false;
};

/// Valid and within the constraints: those of its file and those of the command line.
void require_sound(const std::string& file, const schedule::Problem& problem,
                   const schedule::Schedule& schedule) {
  std::vector<std::string> wrong = schedule::check(problem, schedule);
  if (wrong.empty()) {
    wrong =
        evaluate::broken_latency_limits(problem, schedule, evaluate::evaluate_reference(problem, schedule));
  }
  if (!wrong.empty()) {
    throw base::InputError(fmt::format("{}: no valid schedule of this problem: {}", file, wrong.front()));
  }
}

void restore_shares(const Options& options, schedule::ScheduleDocument& document) {
  const std::string tuned_for =
      document.statement.certificate ? document.statement.certificate->objective : "edp";
  solve::restore_shares(tuned_for, static_cast<int>(options.search.threads),
                        cost_cache(options.search.no_cache), document.problem);
}

/// The other schedule: out of a file, or searched for, with the given one as the start.
schedule::Schedule better_one(const Options& options, schedule::ScheduleDocument& document,
                              const objective::Objective& objective) {
  if (!options.against.empty()) {
    const schedule::ScheduleDocument other =
        schedule::read_document(base::read_file(options.against), options.against);
    schedule::adopt_shares(other.problem.costs, document.problem.costs);
    require_sound(options.against, document.problem, other.schedule);
    return other.schedule;
  }
  restore_shares(options, document);
  search::Options how = search_options(options.search, {options.strategy});
  how.start = document.schedule;
  search::Answer answer = search::solve(document.problem, objective, options.strategy, how);
  end_progress();
  return std::move(answer.schedule);
}

/// Adds the constraints of the command line, but for those on shardings: a schedule need not keep them, it is
/// re-planned with them.
std::vector<schedule::ShardingDemand> add_constraints(const Options& options, schedule::Problem& problem) {
  std::vector<schedule::ShardingDemand>& all = problem.constraints.shardings;
  const auto known = static_cast<std::ptrdiff_t>(all.size());
  schedule::add_constraints(options.search.constraints, problem);
  std::vector<schedule::ShardingDemand> demands(all.begin() + known, all.end());
  all.erase(all.begin() + known, all.end());
  return demands;
}

std::string value_text(const schedule::Problem& problem, const objective::Objective& objective,
                       const evaluate::ScheduleCost& cost) {
  const objective::Objective of = objective.of(workload::samples_of(problem.scenario));
  return report::figures::format_objective(of, of.value(cost.latency, cost.energy.total()));
}

/// The same stages with other shardings.
int show_replanned(const Options& options, schedule::ScheduleDocument& document,
                   const objective::Objective& objective,
                   const std::vector<schedule::ShardingDemand>& demands) {
  if (!options.against.empty()) {
    throw base::InputError(
        "--sharding divides the stages of the schedule anew; it does not go with --against");
  }
  restore_shares(options, document);
  const evaluate::ScheduleCost cost = evaluate::evaluate_reference(document.problem, document.schedule);
  std::string asked;
  for (const schedule::ShardingDemand& demand : demands) {
    document.problem.constraints.shardings.push_back(demand);
    asked += (asked.empty() ? "" : "; ") + schedule::to_string(document.problem, demand);
  }
  const schedule::Schedule other = search::sharding::replanned(
      document.problem, search::sharding::plan_goal(objective), demands, document.schedule);
  const evaluate::ScheduleCost other_cost = evaluate::evaluate_reference(document.problem, other);
  const auto stages =
      report::text::replanned_stages(document.problem, {document.schedule, cost}, {other, other_cost});
  if (options.json) {
    fmt::print("{}", report::text::replan_json(stages));
    return 0;
  }
  fmt::print("{}: {} here, {} with {}\n{}", objective::to_string(objective),
             value_text(document.problem, objective, cost),
             value_text(document.problem, objective, other_cost), asked, report::text::replan_text(stages));
  return 0;
}

int run(const Options& options) {
  schedule::ScheduleDocument document = schedule::read_document(base::read_file(options.file), options.file);
  const std::vector<schedule::ShardingDemand> demands = add_constraints(options, document.problem);
  require_sound(options.file, document.problem, document.schedule);
  const bool says = options.objective.empty() && document.statement.certificate.has_value();
  const objective::Objective objective =
      objective::from_text(says ? document.statement.certificate->objective
                                : (options.objective.empty() ? "edp" : options.objective));
  if (!demands.empty()) {
    return show_replanned(options, document, objective, demands);
  }
  const evaluate::ScheduleCost cost = evaluate::evaluate_reference(document.problem, document.schedule);
  const schedule::Schedule better = better_one(options, document, objective);
  const evaluate::ScheduleCost better_cost = evaluate::evaluate_reference(document.problem, better);
  const report::text::Explanation explanation =
      report::text::explain(document.problem, objective, {document.schedule, cost}, {better, better_cost});
  if (options.json) {
    fmt::print("{}", report::text::explanation_json(explanation));
    return 0;
  }
  fmt::print("{}: {} here, {} in {}\n{}", objective::to_string(objective),
             value_text(document.problem, objective, cost),
             value_text(document.problem, objective, better_cost),
             options.against.empty() ? "the best schedule found" : options.against,
             report::text::explanation_text(explanation));
  return 0;
}

}  // namespace

void add_explain(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "explain",
                  "Says why a schedule is worse than the best one found: which term, stage by stage",
                  "inlay explain inlay-out/schedule.json --time-limit 10s");
  command.positional("SCHEDULE.json", options->file,
                     "a schedule that 'inlay schedule --out' wrote, or one of your own");
  command.option("--against", options->against, "FILE",
                 "compare with this schedule of the same problem; do not search");
  command.option("--strategy", options->strategy, "NAME", "how to search for a better one; default: auto");
  command.option("--objective", options->objective, "NAME",
                 "what counts; default: that of the schedule, or edp");
  command.option("--time-limit", options->search.time_limit, "TIME",
                 "end the search after this time, as 30s");
  declare(command, options->search.constraints);
  command.flag("--json", options->json, "print JSON alone");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
