#include "inlay/studies/agreement/study.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/cost/default_engine.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/search/parallel.hpp"
#include "inlay/studies/agreement/report.hpp"
#include "inlay/studies/journal.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::studies::agreement {
namespace {

using Json = nlohmann::json;

std::string text_of(const ConditionResult& result) {
  Json schedules = Json::array();
  for (const Comparison& one : result.schedules) {
    schedules.push_back({one.estimate, one.replay, one.estimated_edp, one.replayed_edp});
  }
  return Json{{"schedules", std::move(schedules)},
              {"ends", result.end_errors},
              {"memory_share", result.memory_share},
              {"failure", result.failure}}
      .dump();
}

ConditionResult result_of(const Condition& condition, const std::string& text) {
  const Json json = Json::parse(text);
  ConditionResult result;
  result.condition = condition;
  for (const Json& one : json.at("schedules")) {
    result.schedules.push_back({one.at(0), one.at(1), one.at(2), one.at(3)});
  }
  result.end_errors = json.at("ends").get<std::vector<double>>();
  result.memory_share = json.at("memory_share");
  result.failure = json.at("failure");
  return result;
}

/// What a condition's answer depends on beside the files.
std::string key_of(const Condition& condition, const Plan& plan) {
  std::string key = to_string(condition) + fmt::format("; {} evaluations", plan.evaluations);
  for (const std::string& strategy : plan.strategies) {
    key += ", " + strategy;
  }
  return key;
}

/// Reads what the conditions name, so that the journal knows of it.
void read_inputs(const Plan& plan) {
  for (const Condition& condition : plan.conditions) {
    hardware::load_package(condition.package);
    workload::load_scenario(condition.scenario);
  }
}

/// Runs the conditions, those of one scenario and package one after the other: they share the costs of
/// layers.
class Run {
 public:
  Run(const Plan& plan, Journal& journal, const StudyOptions& options)
      : plan_(plan), journal_(journal), options_(options), results_(plan.conditions.size()) {
    for (std::size_t i = 0; i < plan.conditions.size(); ++i) {
      problems_[{plan.conditions[i].scenario, plan.conditions[i].package}].push_back(i);
    }
  }

  std::vector<ConditionResult> results() {
    std::vector<const std::vector<std::size_t>*> shares;
    for (const auto& [names, conditions] : problems_) {
      shares.push_back(&conditions);
    }
    const int threads =
        options_.threads > 0 ? options_.threads : static_cast<int>(std::thread::hardware_concurrency());
    search::for_each_index(threads, shares.size(), [&](std::size_t i) { run(*shares[i]); });
    return std::move(results_);
  }

 private:
  void run(const std::vector<std::size_t>& conditions) {
    std::optional<schedule::Problem> problem;
    for (const std::size_t i : conditions) {
      const Condition& condition = plan_.conditions[i];
      const std::string key = key_of(condition, plan_);
      if (const auto known = journal_.find(key)) {
        results_[i] = result_of(condition, *known);
      } else {
        refuse_if_interrupted();
        if (!problem) {
          problem = problem_of(condition, plan_);
        }
        results_[i] = compare(condition, *problem, plan_, options_.interrupted);
        refuse_if_interrupted();
        journal_.add(key, text_of(results_[i]));
      }
      count();
    }
  }

  void refuse_if_interrupted() const {
    if (options_.interrupted != nullptr && options_.interrupted->load()) {
      throw base::InfeasibleError("the study was interrupted; " + journal_.what_becomes_of_it());
    }
  }

  void count() {
    const std::lock_guard lock(mutex_);
    ++done_;
    if (options_.progress) {
      options_.progress(done_, plan_.conditions.size());
    }
  }

  const Plan& plan_;
  Journal& journal_;
  const StudyOptions& options_;
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> problems_;
  std::vector<ConditionResult> results_;
  std::mutex mutex_;
  std::size_t done_ = 0;
};

}  // namespace

StudyAnswer run(const StudyOptions& options) {
  const base::ReadLog log;
  const base::YamlNode root = base::YamlNode::load(base::data_folder() / "studies" / "agreement.yaml");
  read_inputs(read_plan(root, false));
  const std::unique_ptr<Journal> journal = open_journal(options.journal, log, {cost::kDefaultEngine});
  const Plan plan = read_plan(root, options.quick);
  const Report report = make_report(plan, options.quick, Run(plan, *journal, options).results());
  return {report_text(report), report_json(report)};
}

std::string summary(const base::YamlNode& root) {
  const Plan plan = read_plan(root, false);
  return fmt::format("study '{}', {} conditions", plan.name, plan.conditions.size());
}

}  // namespace inlay::studies::agreement
