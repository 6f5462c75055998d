// inlay schedule: the best schedule of a scenario on a package.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/explore/solved.hpp"
#include "inlay/report/output_folder.hpp"
#include "inlay/report/schedule_text.hpp"
#include "inlay/schedule/check.hpp"
#include "search_options.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string scenario;
  std::string package;
  std::string strategy = "auto";
  SearchOptions search;
  std::string start;
  std::string out;
  bool json = false;
};

constexpr const char* kScheduleFile = "schedule.json";
constexpr const char* kStagesFile = "stages.csv";

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

int run(const Options& options) {
  std::optional<report::OutputFolder> folder;
  if (!options.out.empty()) {
    folder.emplace(options.out, std::vector<std::string>{kScheduleFile, kStagesFile});
  }
  const search::Objective objective = search::objective_named(options.search.objective);
  search::Options how = search_options(options.search, {options.strategy});
  const auto stated =
      search::make_problem(problem_request(options.search, options.scenario, options.package));
  if (!options.start.empty()) {
    how.start = read_start(options.start, stated.problem);
  }
  const explore::Solved solved = explore::solve_verified(stated, objective, options.strategy, how);
  end_progress();

  const std::string document = schedule::write_document(solved.document);
  if (folder) {
    folder->write(kScheduleFile, document);
    folder->write(kStagesFile, report::stages_csv(solved.document, solved.cost));
  }
  fmt::print("{}", options.json ? document : report::schedule_text(solved.document, solved.cost));
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
  command.option("--start", options->start, "FILE",
                 "a schedule.json to start from: the answer is never worse");
  command.option("--out", options->out, "DIR", "write schedule.json and stages.csv there");
  command.flag("--json", options->json, "print JSON alone (the content of schedule.json)");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
