#include "inlay/studies/scar/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "inlay/base/file.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/studies/scar/json.hpp"
#include "inlay/studies/scar/report.hpp"
#include "inlay/studies/scar/search.hpp"
#include "inlay/studies/scar/text.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::studies::scar {
namespace {

/// A quick run and a whole one share their searches, so a journal's settings are those of the whole plan: its
/// packages and scenarios are read here for the log's sake.
std::unique_ptr<Journal> journal_of(const Plan& whole, const base::ReadLog& log,
                                    const StudyOptions& options) {
  std::set<std::string> packages;
  std::set<std::string> scenarios;
  for (const Point& point : all_points(whole)) {
    packages.insert(point.package);
    scenarios.insert(point.scenario);
  }
  std::for_each(packages.begin(), packages.end(), hardware::load_package);
  for (const std::string& scenario : scenarios) {
    workload::load_scenario(scenario);
  }
  std::set<std::string> engines;
  for (const Setting& setting : whole.settings) {
    engines.insert(setting.engine);
  }
  return open_journal(options.journal, log, {engines.begin(), engines.end()});
}

}  // namespace

StudyAnswer run(const StudyOptions& options) {
  const std::filesystem::path file = base::data_folder() / "studies" / "scar.yaml";
  const base::YamlNode root = base::YamlNode::load(file);
  const base::ReadLog
      log;  // not of the study's own file: what a search depends on of it stands in the search's key
  const Plan whole = read_plan(root, false);
  const std::unique_ptr<Journal> journal = journal_of(whole, log, options);
  const Plan plan = options.quick ? read_plan(root, true) : whole;
  const Outcomes outcomes = search_points(plan, all_points(plan), *journal, options);
  Report report = make_report(plan, outcomes);
  report.quick = options.quick;
  return {report_text(report), report_json(report)};
}

std::string summary(const base::YamlNode& root) {
  const Plan plan = read_plan(root, false);
  return fmt::format("study '{}', {} settings, {} searches", plan.name, plan.settings.size(),
                     all_points(plan).size());
}

}  // namespace inlay::studies::scar
