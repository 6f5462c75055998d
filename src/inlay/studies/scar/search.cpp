#include "inlay/studies/scar/search.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/search/search.hpp"
#include "inlay/studies/scar/costs.hpp"
#include "inlay/studies/scar/setting_file.hpp"

namespace inlay::studies::scar {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExact = "exact";

bool interrupted(const StudyOptions& options) {
  return options.interrupted != nullptr && options.interrupted->load();
}

const Setting& setting_named(const Plan& plan, const std::string& name) {
  for (const auto* list : {&plan.settings, &plan.variations}) {
    for (const Setting& setting : *list) {
      if (setting.name == name) {
        return setting;
      }
    }
  }
  throw base::DefectError(fmt::format("no setting is called '{}'", name));
}

std::string text_of(const Outcome& outcome) {
  return Json{{"latency", outcome.latency},
              {"energy", outcome.energy},
              {"gap", outcome.gap},
              {"stopped_by", outcome.stopped_by},
              {"failure", outcome.failure}}
      .dump();
}

Outcome outcome_of(const std::string& text) {
  const Json json = Json::parse(text);
  return {json.at("latency"), json.at("energy"), json.at("gap"), json.at("stopped_by"), json.at("failure")};
}

/// The scenarios with their costs, made when they are first asked for.
class CostBook {
 public:
  explicit CostBook(const Plan& plan) : plan_(plan) {}

  ScenarioCosts& of(const Point& point) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<ScenarioCosts>& costs = costs_[{point.setting, plain(point.scenario)}];
    if (!costs) {
      costs = std::make_unique<ScenarioCosts>(setting_named(plan_, point.setting), point.scenario);
    }
    return *costs;
  }

 private:
  const Plan& plan_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<ScenarioCosts>> costs_;
};

search::Options options_of(const Plan& plan, const Point& point, const StudyOptions& options) {
  search::Options how;
  how.seed = plan.seed;
  how.stop.interrupted = options.interrupted;
  if (point.strategy == kExact) {
    how.stop.evaluations = plan.exact_evaluations;
    how.stop.gap = plan.exact_gap;
  }
  for (const auto& [name, value] : point.options) {
    how.settings.set(name, value);
  }
  return how;
}

/// What the published method finds on the package: `exact` starts from it, and so is never worse.
std::optional<schedule::Schedule> published_schedule(const schedule::Problem& problem, const Point& point,
                                                     const search::Options& how) {
  search::Options published;
  published.seed = how.seed;
  published.stop.interrupted = how.stop.interrupted;
  published.settings.set("scar.splits", std::to_string(how.settings.integer("exact.splits")));
  try {
    return search::solve(problem, objective::from_text(point.objective), "scar", published).schedule;
  } catch (const base::InfeasibleError&) {
    return std::nullopt;
  }
}

Outcome solve(const Plan& plan, const Point& point, ScenarioCosts& costs, const StudyOptions& options) {
  const Setting& setting = setting_named(plan, point.setting);
  try {
    schedule::Problem problem;
    problem.scenario = costs.scenario();
    problem.package = package_under(setting, point.package);
    problem.costs = costs.table(problem.package.types);
    problem.communication = setting.communication;
    problem.overlap = setting.overlap;
    search::Options how = options_of(plan, point, options);
    if (point.strategy == kExact) {
      how.start = published_schedule(problem, point, how);
    }
    const search::Answer answer =
        search::solve(problem, objective::from_text(point.objective), point.strategy, how);
    const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, answer.schedule);
    return {cost.latency, cost.energy.total(), answer.certificate.gap, answer.certificate.stopped_by, ""};
  } catch (const base::InfeasibleError& error) {
    return {0.0, 0.0, 0.0, "", error.what()};
  }
}

/// A point and all of the study's file that its outcome depends on; other files stand in the journal's
/// settings.
std::string journal_key(const Plan& plan, const Point& point) {
  std::string key = fmt::format("{}; seed {}", point.key(), plan.seed);
  if (point.strategy == kExact) {
    key += fmt::format("; {} evaluations; gap {}", plan.exact_evaluations, plan.exact_gap);
  }
  const Setting& setting = setting_named(plan, point.setting);
  key += fmt::format("; {} {} {}", setting.engine, schedule::to_string(setting.communication),
                     schedule::to_string(setting.overlap));
  for (const std::string& line : changes_of(setting)) {
    key += "; " + line;
  }
  return key;
}

/// Counts what is done, for the progress.
class Counter {
 public:
  Counter(const StudyOptions& options, std::size_t all) : options_(options), all_(all) {}
  void add() {
    const std::lock_guard lock(mutex_);
    ++done_;
    if (options_.progress) {
      options_.progress(done_, all_);
    }
  }
  std::size_t done() const { return done_; }

 private:
  const StudyOptions& options_;
  std::size_t all_;
  std::size_t done_ = 0;
  std::mutex mutex_;
};

}  // namespace

hardware::Package package_under(const Setting& setting, const std::string& file) {
  hardware::Package package = hardware::load_package(file);
  for (hardware::ChipletType& type : package.types) {
    for (const TypeChange& change : setting.types) {
      if (change.type != type.name) {
        continue;
      }
      type.dataflow = change.dataflow.value_or(type.dataflow);
      type.noc_bytes_per_cycle = change.noc_bytes_per_cycle.value_or(type.noc_bytes_per_cycle);
    }
    type.noc_bytes_per_cycle = setting.noc_bytes_per_cycle.value_or(type.noc_bytes_per_cycle);
  }
  package.memory.bandwidth = setting.memory_bandwidth.value_or(package.memory.bandwidth);
  package.memory.weight_loads = setting.weight_loads;
  return package;
}

Outcomes search_points(const Plan& plan, const std::vector<Point>& points, Journal& journal,
                       const StudyOptions& options) {
  CostBook book(plan);
  std::vector<Outcome> found(points.size());
  Counter counter(options, points.size());
  const auto run = [&](std::size_t i) {
    const std::string key = journal_key(plan, points[i]);
    if (const auto known = journal.find(key)) {
      found[i] = outcome_of(*known);
    } else {
      found[i] = solve(plan, points[i], book.of(points[i]), options);
      if (interrupted(options)) {
        return;  // cut short: not what an undisturbed run would have found
      }
      journal.add(key, text_of(found[i]));
    }
    counter.add();
  };
  std::atomic<std::size_t> next{0};
  tbb::task_arena arena(options.threads > 0 ? options.threads : tbb::task_arena::automatic);
  arena.execute([&] {
    tbb::parallel_for(
        0, arena.max_concurrency(),
        [&](int) {
          for (std::size_t i = next++; i < points.size() && !interrupted(options); i = next++) {
            run(i);
          }
        },
        tbb::simple_partitioner());
  });
  if (interrupted(options)) {
    throw base::InfeasibleError(fmt::format("interrupted after {} of {} searches; {}", counter.done(),
                                            points.size(), journal.what_becomes_of_it()));
  }
  Outcomes outcomes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    outcomes[points[i].key()] = std::move(found[i]);
  }
  return outcomes;
}

}  // namespace inlay::studies::scar
