// inlay compare: one scenario on several packages, by several strategies.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "command.hpp"
#include "inlay/base/error.hpp"
#include "inlay/report/files/comparison_json.hpp"
#include "inlay/report/files/output_folder.hpp"
#include "inlay/report/text/comparison.hpp"
#include "inlay/solve/solved.hpp"
#include "progress_line.hpp"
#include "search_options.hpp"

namespace inlay::app {
namespace {

struct Options {
  std::string scenario;
  std::vector<std::string> packages;
  std::vector<std::string> strategies;
  SearchOptions search;
  std::string out;
  bool json = false;
};

constexpr const char* kCsvFile = "comparison.csv";
constexpr const char* kJsonFile = "comparison.json";

/// "0-het-sides-2x2-exact.json": the number keeps names apart that differ in their folder only.
std::string schedule_file(std::size_t row, const std::string& package, const std::string& strategy) {
  std::string name;
  for (const char c : package.substr(package.find_last_of('/') + 1)) {
    name += c == ':' || c == '@' ? '-' : c;
  }
  if (name.ends_with(".yaml")) {
    name.resize(name.size() - 5);
  }
  return fmt::format("schedule-{}-{}-{}.json", row, name, strategy);
}

std::vector<report::text::ComparisonRow> empty_rows(const Options& options) {
  std::vector<report::text::ComparisonRow> rows;
  for (const std::string& package : options.packages) {
    for (const std::string& strategy : options.strategies) {
      report::text::ComparisonRow row;
      row.package = package;
      row.strategy = strategy;
      row.schedule_file = options.out.empty() ? "" : schedule_file(rows.size(), package, strategy);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::vector<std::string> file_names(const std::vector<report::text::ComparisonRow>& rows) {
  std::vector<std::string> names = {kCsvFile, kJsonFile};
  for (const report::text::ComparisonRow& row : rows) {
    names.push_back(row.schedule_file);
  }
  return names;
}

/// A package's problem, or why there is none.
struct Stated {
  std::optional<solve::StatedProblem> problem;
  std::string infeasible;
};

/// All inputs are read before anything is searched or written, so that an error in the last one costs
/// nothing.
std::vector<Stated> state_all(const Options& options) {
  std::vector<Stated> all;
  for (const std::string& package : options.packages) {
    Stated stated;
    try {
      stated.problem =
          solve::make_problem(problem_request(options.search, options.scenario, package, options.strategies));
    } catch (const base::InfeasibleError& error) {
      stated.infeasible = error.what();
    }
    all.push_back(std::move(stated));
  }
  return all;
}

/// Fills in what the row's package and strategy reach; what is infeasible is a row that says why.
void solve_row(const solve::StatedProblem& stated, const objective::Objective& objective,
               const search::Options& how, const std::optional<report::files::OutputFolder>& folder,
               report::text::ComparisonRow& row) {
  try {
    const solve::Solved solved = solve::solve_verified(stated, objective, row.strategy, how);
    row.result = report::text::comparison_result(stated.problem, solved.document.schedule, solved.cost,
                                                 solved.certificate);
    if (folder) {
      folder->write(row.schedule_file, schedule::write_document(solved.document));
    }
  } catch (const base::InfeasibleError& error) {
    row.infeasible = error.what();
  }
}

void solve_all(const Options& options, const std::vector<Stated>& problems,
               const std::optional<report::files::OutputFolder>& folder,
               report::text::Comparison& comparison) {
  const search::Options how = search_options(options.search, options.strategies);
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    report::text::ComparisonRow& row = comparison.rows[i];
    const Stated& stated = problems[i / options.strategies.size()];
    if (!stated.problem) {
      row.infeasible = stated.infeasible;
      continue;
    }
    comparison.scenario = stated.problem->problem.scenario.name;
    comparison.assumptions = stated.problem->problem.costs.assumptions;
    if (how.stop.interrupted->load()) {
      row.infeasible = "interrupted before its turn";
      continue;
    }
    solve_row(*stated.problem, comparison.objective, how, folder, row);
  }
  end_progress();
}

void require_known(const std::vector<std::string>& strategies) {
  const std::vector<std::string> known = search::strategy_names();
  for (const std::string& name : strategies) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw base::InputError(fmt::format("'{}' is no strategy; {}", name, base::allowed_values(name, known)));
    }
  }
}

int run(Options options) {
  if (options.strategies.empty()) {
    options.strategies = {"auto"};
  }
  require_known(options.strategies);
  report::text::Comparison comparison;
  comparison.scenario = options.scenario;
  comparison.objective = objective::from_text(options.search.objective);
  comparison.engine = options.search.engine;
  comparison.communication = options.search.communication;
  comparison.rows = empty_rows(options);
  std::optional<report::files::OutputFolder> folder;
  if (!options.out.empty()) {
    folder.emplace(options.out, file_names(comparison.rows));
  }
  solve_all(options, state_all(options), folder, comparison);
  if (folder) {
    folder->write(kCsvFile, report::text::comparison_csv(comparison));
    folder->write(kJsonFile, report::files::comparison_json(comparison));
  }
  fmt::print("{}", options.json ? report::files::comparison_json(comparison)
                                : report::text::comparison_text(comparison));
  return report::text::best_row(comparison) ? 0 : 1;
}

}  // namespace

void add_compare(CLI::App& program, Action& chosen) {
  auto options = std::make_shared<Options>();
  Command command(
      program, "compare", "Compares packages and strategies on one scenario",
      "inlay compare gpt2-small-resnet50 --package het-sides-2x2 --package monolithic:het-sides-2x2");
  command.positional("SCENARIO", options->scenario, "a scenario: a file or a shipped name");
  command.options(
      "--package", options->packages, "PACKAGE",
      "a package: a file, a shipped name, or monolithic:PACKAGE for one chiplet of the same size");
  command.require("--package");
  command.options("--strategy", options->strategies, "NAME",
                  "how to search ('inlay list strategies'); default: auto");
  declare(command, options->search);
  command.option("--out", options->out, "DIR",
                 "write comparison.csv, comparison.json and every schedule there");
  command.flag("--json", options->json, "print JSON alone (the content of comparison.json)");
  command.finish(chosen, [options] { return run(*options); });
}

}  // namespace inlay::app
