// The registered studies.
#include "inlay/studies/studies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/studies/agreement/study.hpp"
#include "inlay/studies/monolith/json.hpp"
#include "inlay/studies/monolith/report.hpp"
#include "inlay/studies/monolith/search.hpp"
#include "inlay/studies/monolith/text.hpp"
#include "inlay/studies/scar/study.hpp"
#include "inlay/studies/silicon/study.hpp"

namespace inlay::studies {
namespace {

std::size_t machines_of(const std::vector<monolith::ComparisonPlan>& plans) {
  std::size_t sum = 0;
  for (const monolith::ComparisonPlan& plan : plans) {
    sum += monolith::machine_count(plan);
  }
  return sum;
}

/// Progress of one engine's searches as that of all.
StudyOptions part_of_all(const StudyOptions& options, std::size_t before, std::size_t all) {
  StudyOptions part = options;
  if (options.progress) {
    part.progress = [before, all, show = options.progress](std::size_t done, std::size_t /*of*/) {
      show(before + done, all);
    };
  }
  return part;
}

/// arXiv 2312.09401: packages of four chiplets against one monolithic accelerator.
StudyAnswer chiplets_against_monolith(const StudyOptions& options) {
  const base::ReadLog log;
  const std::filesystem::path file = base::data_folder() / "studies" / "2312.09401.yaml";
  std::vector<monolith::ComparisonStudy> studies;
  std::vector<monolith::ComparisonPlan> plans =
      monolith::read_comparison_plans(base::YamlNode::load(file), options.quick);
  const std::size_t all = machines_of(plans);
  std::size_t before = 0;
  std::vector<std::string> engines;
  for (const monolith::ComparisonPlan& plan : plans) {
    engines.push_back(plan.engine);
  }
  const std::unique_ptr<Journal> journal = open_journal(options.journal, log, engines);
  for (monolith::ComparisonPlan& plan : plans) {
    const std::size_t machines = monolith::machine_count(plan);
    std::vector<monolith::ConditionResult> conditions =
        monolith::search_comparison(plan, *journal, part_of_all(options, before, all));
    before += machines;
    monolith::ComparisonStudy study = monolith::evaluate_comparison(std::move(plan), std::move(conditions));
    const std::unique_ptr<cost::CostEngine> engine = cost::make_engine(study.plan.engine);
    study.quick = options.quick;
    study.plan_hash = base::content_hash(base::read_file(file));
    study.engine_version = engine->version();
    study.assumptions = engine->assumptions();
    studies.push_back(std::move(study));
  }
  return {monolith::comparison_text(studies), monolith::comparison_json(studies)};
}

struct Study {
  const char* name;
  StudyAnswer (*run)(const StudyOptions&);
};

constexpr std::array<Study, 4> kStudies = {{
    {"2312.09401", chiplets_against_monolith},
    {"agreement", agreement::run},
    {"scar", scar::run},
    {"silicon", silicon::run},
}};

/// The keys of a file.
std::set<std::string> keys_of(const std::filesystem::path& file) {
  base::YamlMap map = base::YamlNode::load(file).map();
  std::set<std::string> keys;
  for (const auto& [key, value] : map.entries()) {
    keys.insert(key);
  }
  return keys;
}

bool is_comparison(const std::set<std::string>& keys) {
  return keys.count("published") > 0 && keys.count("workloads") > 0;
}

bool is_agreement(const std::set<std::string>& keys) {
  return keys.count("variants") > 0 && keys.count("replay") > 0;
}

bool is_scar(const std::set<std::string>& keys) {
  return keys.count("settings") > 0 && keys.count("ablations") > 0;
}

}  // namespace

std::vector<std::string> study_names() {
  std::vector<std::string> names;
  for (const Study& study : kStudies) {
    names.emplace_back(study.name);
  }
  return names;
}

void require_study(const std::string& name) {
  const std::vector<std::string> names = study_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw base::InputError(fmt::format("'{}' is no study; {}", name, base::allowed_values(name, names)));
  }
}

std::vector<std::string> study_files(const std::string& name) {
  if (name != "silicon") {
    return {};
  }
  return {"silicon-gemmini-16.svg", "silicon-gemmini-sizes.svg", "silicon-eyeriss.svg"};
}

bool takes_data(const std::string& name) {
  return name == "silicon";
}

StudyAnswer run_study(const std::string& name, const StudyOptions& options) {
  require_study(name);
  const auto found =
      std::find_if(kStudies.begin(), kStudies.end(), [&](const Study& study) { return name == study.name; });
  return found->run(options);
}

bool is_study_file(const std::filesystem::path& file) {
  try {
    const std::set<std::string> keys = keys_of(file);
    return is_comparison(keys) || is_scar(keys) || is_agreement(keys);
  } catch (const base::InputError&) {
    return false;
  }
}

std::string check_study_file(const std::filesystem::path& file) {
  const std::set<std::string> keys = keys_of(file);
  if (is_scar(keys)) {
    return scar::summary(base::YamlNode::load(file));
  }
  if (is_agreement(keys)) {
    return agreement::summary(base::YamlNode::load(file));
  }
  const std::vector<monolith::ComparisonPlan> plans =
      monolith::read_comparison_plans(base::YamlNode::load(file), false);
  const monolith::ComparisonPlan& plan = plans.front();
  const std::size_t points = plan.workloads.size() * plan.batches.size() * plan.packages.size() *
                             plan.noc_bandwidths.size() * plan.overlaps.size();
  return fmt::format("study '{}', {} points under each of {} engines", plan.name, points, plans.size());
}

}  // namespace inlay::studies
