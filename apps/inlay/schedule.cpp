// inlay schedule: the best schedule of a scenario on a package.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/report/files/front_json.hpp"
#include "inlay/report/files/output_folder.hpp"
#include "inlay/report/text/front_table.hpp"
#include "inlay/report/text/replay_text.hpp"
#include "inlay/report/text/schedule_text.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/simulate/replay.hpp"
#include "inlay/solve/solved.hpp"
#include "inlay/solve/solved_front.hpp"
#include "progress_line.hpp"
#include "search_options.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string scenario;
  std::string package;
  std::string strategy = "auto";
  SearchOptions search;
  std::string pareto;
  std::string start;
  std::string out;
  bool replay = false;
  bool json = false;
};

constexpr const char* kScheduleFile = "schedule.json";
constexpr const char* kStagesFile = "stages.csv";
constexpr const char* kFrontJson = "front.json";
constexpr const char* kFrontCsv = "front.csv";

/// The schedule of a file as a start; it may come from another package or other options as long as it fits.
schedule::Schedule read_start(const std::string& file, const schedule::Problem& problem) {
  schedule::Schedule start = schedule::read_document(base::read_file(file), file).schedule;
  std::vector<std::string> wrong = schedule::check(problem, start);
  if (wrong.empty() && !problem.constraints.latency_limits.empty()) {
    wrong = evaluate::broken_latency_limits(problem, start, evaluate::evaluate_reference(problem, start));
  }
  if (!wrong.empty()) {
    throw base::InputError(
        fmt::format("{}: cannot be a start for this scenario and package: {}", file, wrong.front()));
  }
  return start;
}

/// Fronts are of two things; a third one, or another one, would need searches that keep it apart.
void require_front_axes(const std::string& pareto) {
  if (pareto == "latency,energy" || pareto == "energy,latency") {
    return;
  }
  std::string rest = pareto;
  while (!rest.empty()) {
    const std::string name = rest.substr(0, rest.find(','));
    if (name != "latency" && name != "energy") {
      throw base::InputError(fmt::format("--pareto: '{}' is nothing that fronts are found of; {}", name,
                                         base::allowed_values(name, {"latency", "energy"})));
    }
    rest.erase(0, name.size() + 1);
  }
  throw base::InputError(
      fmt::format("--pareto: '{}' is not two things to weigh up; write latency,energy", pareto));
}

report::text::FrontTable table_of(const solve::StatedProblem& stated, const solve::SolvedFront& front,
                                  bool with_files) {
  report::text::FrontTable table;
  table.scenario = stated.problem.scenario.name;
  table.package = stated.problem.package.name;
  table.engine = stated.problem.costs.engine;
  table.communication = schedule::to_string(stated.problem.communication);
  table.assumptions = stated.problem.costs.assumptions;
  table.certificate = front.certificate;
  for (const solve::SolvedFront::Point& point : front.points) {
    const evaluate::ScheduleCost& cost = point.cost;
    table.rows.push_back({cost.latency, cost.energy.total(), cost.edp(), cost.throughput(),
                          with_files ? fmt::format("point-{:04}.json", table.rows.size()) : ""});
  }
  return table;
}

void write_points(const std::string& out, const report::text::FrontTable& table,
                  const solve::SolvedFront& front) {
  std::vector<std::string> names;
  for (const report::text::FrontRow& row : table.rows) {
    names.push_back(row.schedule_file);
  }
  const report::files::OutputFolder folder(out, names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    folder.write(names[i], schedule::write_document(front.points[i].document));
  }
}

int run_front(const Options& options) {
  require_front_axes(options.pareto);
  std::optional<report::files::OutputFolder> folder;
  if (!options.out.empty()) {
    folder.emplace(options.out, std::vector<std::string>{kFrontJson, kFrontCsv});
  }
  search::Options how = search_options(options.search, {options.strategy});
  const auto stated = solve::make_problem(
      problem_request(options.search, options.scenario, options.package, {options.strategy}));
  if (!options.start.empty()) {
    how.start = read_start(options.start, stated.problem);
  }
  const solve::SolvedFront front = solve::solve_front_verified(stated, options.strategy, how);
  end_progress();
  const report::text::FrontTable table = table_of(stated, front, folder.has_value());
  if (folder) {
    write_points(options.out, table, front);
    folder->write(kFrontCsv, report::text::front_csv(table));
    folder->write(kFrontJson, report::files::front_json(table));
  }
  fmt::print("{}", options.json ? report::files::front_json(table) : report::text::front_text(table));
  return 0;
}

int run(const Options& options) {
  if (options.replay && (options.json || !options.pareto.empty())) {
    throw base::InputError(
        "--replay cannot be combined with --json or --pareto; 'inlay simulate' replays a schedule's file");
  }
  if (!options.pareto.empty()) {
    return run_front(options);
  }
  std::optional<report::files::OutputFolder> folder;
  if (!options.out.empty()) {
    folder.emplace(options.out, std::vector<std::string>{kScheduleFile, kStagesFile});
  }
  const objective::Objective objective = objective::from_text(options.search.objective);
  search::Options how = search_options(options.search, {options.strategy});
  const auto stated = solve::make_problem(
      problem_request(options.search, options.scenario, options.package, {options.strategy}));
  if (!options.start.empty()) {
    how.start = read_start(options.start, stated.problem);
  }
  const solve::Solved solved = solve::solve_verified(stated, objective, options.strategy, how);
  end_progress();

  const std::string document = schedule::write_document(solved.document);
  if (folder) {
    folder->write(kScheduleFile, document);
    folder->write(kStagesFile, report::text::stages_csv(solved.document, solved.cost));
  }
  fmt::print("{}", options.json ? document : report::text::schedule_text(solved.document, solved.cost));
  if (options.replay) {
    schedule::Problem problem = solved.document.problem;
    problem.repeated = false;  // a replay is one pass
    const schedule::Schedule& found = solved.document.schedule;
    fmt::print("\n{}", report::text::replay_text(problem, evaluate::evaluate_reference(problem, found),
                                                 simulate::replay(problem, found)));
  }
  return 0;
}

}  // namespace

void add_schedule(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(program, "schedule",
                  "Finds the best schedule of a scenario on a package, and proves how good it is",
                  "inlay schedule gpt2-small-resnet50 --package het-sides-2x2 --time-limit 30s");
  command.positional("SCENARIO", options->scenario, "a scenario: a file or a shipped name");
  command.option("--package", options->package, "PACKAGE",
                 "a package: a file, a shipped name, or monolithic:PACKAGE for one chiplet of the same size");
  command.require("--package");
  command.option("--strategy", options->strategy, "NAME",
                 "how to search ('inlay list strategies'); default: auto");
  declare(command, options->search);
  command.option("--pareto", options->pareto, "latency,energy",
                 "all schedules that no other beats in both, instead of the best by one objective");
  command.option("--start", options->start, "FILE",
                 "a schedule.json to start from: the answer is never worse");
  command.option(
      "--out", options->out, "DIR",
      "write schedule.json and stages.csv there; of a front front.json, front.csv and every schedule");
  command.flag("--replay", options->replay,
               "also replay the schedule on shared links and memory (see 'inlay simulate')");
  command.flag("--json", options->json, "print JSON alone (the content of schedule.json)");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
