#include "inlay/studies/monolith/search.hpp"

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>

#include "inlay/base/error.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/cost/memoizing_engine.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/root_bounds.hpp"
#include "inlay/search/search.hpp"
#include "inlay/studies/monolith/journal.hpp"
#include "inlay/studies/monolith/machines.hpp"
#include "inlay/studies/monolith/type_costs.hpp"

namespace inlay::studies::monolith {
namespace {

/// What picks a heterogeneous package's dataflows: enough for the coarse passes of `exact`, which find what
/// its fine pass then seldom betters by more than a percent (docs/studies/2312.09401.md has the check).
constexpr std::int64_t kScreeningEvaluations = 100'000;

constexpr const char* kExact = "exact";

bool interrupted(const StudyOptions& options) {
  return options.interrupted != nullptr && options.interrupted->load();
}

/// Counts what is done, for the progress.
class Counter {
 public:
  Counter(const StudyOptions& options, std::size_t all) : options_(options), all_(all) {}

  void add(std::size_t machines = 1) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < machines; ++i) {
      ++done_;
      if (options_.progress) {
        options_.progress(done_, all_);
      }
    }
  }
  std::size_t done() const { return done_; }
  std::size_t all() const { return all_; }

 private:
  const StudyOptions& options_;
  std::size_t all_;
  std::size_t done_ = 0;
  std::mutex mutex_;
};

workload::Scenario scenario_of(const PlannedWorkload& workload, std::int64_t batch) {
  workload::Scenario scenario;
  scenario.name = workload.name;
  for (const workload::Model& model : workload.models) {
    scenario.models.push_back({model.name, model, batch});
  }
  return scenario;
}

/// The searches of one workload, batch and NoC bandwidth; both overlaps share the cost tables.
class ConditionSearch {
 public:
  ConditionSearch(const ComparisonPlan& plan, const cost::CostEngine& engine, const StudyOptions& options,
                  const PlannedWorkload& workload, std::int64_t batch)
      : published_(plan.dataflows.published), costs_(problem_.scenario, engine) {
    problem_.scenario = scenario_of(workload, batch);
    problem_.communication = plan.communication;
    search_.stop.gap = plan.gap;
    search_.stop.interrupted = options.interrupted;
    search_.settings.set("exact.splits", std::to_string(plan.splits));
  }

  ConditionResult run(const Condition& condition, const std::vector<Machine>& machines, Counter& counter) {
    result_ = {condition, {}, {}};
    problem_.overlap = condition.overlap;
    for (const Machine& machine : machines) {
      if (machine.organisation == Organisation::kHeterogeneous) {
        search_screened(machine);
      } else {
        search_each(machine);
      }
      counter.add();
    }
    return std::move(result_);
  }

 private:
  struct Solved {
    Outcome outcome;
    schedule::Schedule schedule;
  };

  /// Every variant of a monolith; of a package those that can still be best in something.
  void search_each(const Machine& machine) {
    Best best;
    for (const auto& [variant, bounds] : promising_first(machine)) {
      if (machine.organisation != Organisation::kMonolith && best.beats(bounds)) {
        continue;
      }
      for (const std::string& strategy : strategies_of(machine)) {
        if (const auto solved = solve(machine, *variant, strategy, search_)) {
          best.add(solved->outcome);
          result_.outcomes.push_back(solved->outcome);
        }
      }
    }
  }

  /// The best figures of a machine so far, each on its own.
  struct Best {
    double latency = std::numeric_limits<double>::infinity();
    double energy = std::numeric_limits<double>::infinity();
    double edp = std::numeric_limits<double>::infinity();

    void add(const Outcome& outcome) {
      latency = std::min(latency, outcome.latency);
      energy = std::min(energy, outcome.energy);
      edp = std::min(edp, outcome.edp());
    }
    /// No schedule within the bounds could better any of the figures.
    bool beats(const evaluate::RootBounds& bounds) const {
      return bounds.latency >= latency && bounds.energy >= energy && bounds.latency * bounds.energy >= edp;
    }
  };

  std::vector<std::pair<const hardware::Package*, evaluate::RootBounds>> promising_first(
      const Machine& machine) {
    std::vector<std::pair<const hardware::Package*, evaluate::RootBounds>> order;
    for (const hardware::Package& variant : machine.variants) {
      try {
        problem_.package = variant;
        problem_.costs = costs_.table(variant.types);
        order.emplace_back(&variant, evaluate::root_bounds(problem_));
      } catch (const base::InfeasibleError& error) {
        leave_out(machine, variant, kExact, error);
      }
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      return a.second.latency * a.second.energy < b.second.latency * b.second.energy;
    });
    return order;
  }

  /// The variant that is best after a short search, then searched from there to the end.
  void search_screened(const Machine& machine) {
    search::Options brief = search_;
    brief.stop.evaluations = kScreeningEvaluations;
    const hardware::Package* chosen = nullptr;
    std::optional<Solved> best;
    for (const hardware::Package& variant : machine.variants) {
      const auto solved = solve(machine, variant, kExact, brief);
      if (solved && (!best || solved->outcome.edp() < best->outcome.edp())) {
        best = solved;
        chosen = &variant;
      }
    }
    if (best) {
      search::Options whole = search_;
      whole.start = best->schedule;
      result_.outcomes.push_back(solve(machine, *chosen, kExact, whole)->outcome);
    }
  }

  static std::vector<std::string> strategies_of(const Machine& machine) {
    return machine.organisation == Organisation::kMonolith
               ? std::vector<std::string>{kExact}
               : std::vector<std::string>{kExact, "sequential", "standalone"};
  }

  std::optional<Solved> solve(const Machine& machine, const hardware::Package& package,
                              const std::string& strategy, const search::Options& options) {
    try {
      problem_.package = package;
      problem_.costs = costs_.table(package.types);
      search::Answer answer = search::solve(problem_, objective::Objective::kEdp, strategy, options);
      const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem_, answer.schedule);
      Outcome outcome = outcome_of(machine, package, cost);
      outcome.strategy = strategy;
      outcome.repeated_writes = costs_.repeated_writes(package, answer.schedule);
      outcome.gap = answer.certificate.gap;
      return Solved{std::move(outcome), std::move(answer.schedule)};
    } catch (const base::InfeasibleError& error) {
      leave_out(machine, package, strategy, error);
      return std::nullopt;
    }
  }

  Outcome outcome_of(const Machine& machine, const hardware::Package& package,
                     const evaluate::ScheduleCost& cost) const {
    Outcome outcome;
    outcome.package = machine.name;
    outcome.organisation = machine.organisation;
    outcome.samples = cost.samples;
    outcome.latency = cost.latency;
    outcome.energy = cost.energy.total();
    outcome.output_stationary = true;
    outcome.published_mapping = true;
    for (const hardware::ChipletType& type : package.types) {
      const std::string& dataflow = type.dataflow.name;
      outcome.dataflows.push_back(dataflow);
      outcome.output_stationary = outcome.output_stationary && type.dataflow.stationary == "output";
      outcome.published_mapping = outcome.published_mapping && std::find(published_.begin(), published_.end(),
                                                                         dataflow) != published_.end();
    }
    return outcome;
  }

  void leave_out(const Machine& machine, const hardware::Package& package, const std::string& strategy,
                 const base::InfeasibleError& error) {
    std::string dataflows;
    for (const hardware::ChipletType& type : package.types) {
      dataflows += (dataflows.empty() ? "" : "+") + type.dataflow.name;
    }
    result_.left_out.push_back(
        fmt::format("{} with {} by {}: {}", machine.name, dataflows, strategy, error.what()));
  }

  const std::vector<std::string>& published_;
  schedule::Problem problem_;
  TypeCosts costs_;
  search::Options search_;
  ConditionResult result_;
};

/// One workload, batch and NoC bandwidth.
struct Task {
  std::size_t workload;
  std::size_t batch;
  std::size_t noc;
};

std::vector<Task> tasks_of(const ComparisonPlan& plan) {
  std::vector<Task> tasks;
  for (std::size_t workload = 0; workload < plan.workloads.size(); ++workload) {
    for (std::size_t batch = 0; batch < plan.batches.size(); ++batch) {
      for (std::size_t noc = 0; noc < plan.noc_bandwidths.size(); ++noc) {
        tasks.push_back({workload, batch, noc});
      }
    }
  }
  return tasks;
}

/// The costliest first, so that no thread is left with one at the end.
std::vector<std::size_t> heaviest_first(const ComparisonPlan& plan, const std::vector<Task>& tasks) {
  const auto weight = [&](const Task& task) {
    double layers = 0.0;
    for (const workload::Model& model : plan.workloads[task.workload].models) {
      layers += static_cast<double>(model.layers.size());
    }
    return layers * layers * static_cast<double>(cost::mini_batch_sizes(plan.batches[task.batch]).size());
  };
  std::vector<std::size_t> order(tasks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return weight(tasks[a]) > weight(tasks[b]); });
  return order;
}

}  // namespace

std::size_t machine_count(const ComparisonPlan& plan) {
  const std::size_t machines_of_each = plan.packages.size() + 1;  // and their monolith
  return tasks_of(plan).size() * plan.overlaps.size() * machines_of_each;
}

std::vector<ConditionResult> search_comparison(const ComparisonPlan& plan, Journal& journal,
                                               const StudyOptions& options) {
  const auto engine = cost::memoizing(cost::make_engine(plan.engine, cost::tuning_for("edp")));
  std::vector<std::vector<Machine>> machines_at;
  for (const std::int64_t noc : plan.noc_bandwidths) {
    machines_at.push_back(machines(plan, noc));
  }
  const std::vector<Task> tasks = tasks_of(plan);
  const std::vector<std::size_t> order = heaviest_first(plan, tasks);
  std::vector<ConditionResult> results(tasks.size() * plan.overlaps.size());
  Counter counter(options, machine_count(plan));

  const auto run = [&](std::size_t index) {
    const Task& task = tasks[index];
    const PlannedWorkload& workload = plan.workloads[task.workload];
    const std::int64_t batch = plan.batches[task.batch];
    ConditionSearch search(plan, *engine, options, workload, batch);
    for (std::size_t i = 0; i < plan.overlaps.size() && !interrupted(options); ++i) {
      const Condition condition{plan.engine, workload.name, batch, plan.noc_bandwidths[task.noc],
                                plan.overlaps[i]};
      ConditionResult& result = results[index * plan.overlaps.size() + i];
      if (auto known = recall(journal, condition)) {
        result = std::move(*known);
        counter.add(machines_at[task.noc].size());
        continue;
      }
      result = search.run(condition, machines_at[task.noc], counter);
      if (!interrupted(options)) {  // else it was cut short
        keep(journal, result);
      }
    }
  };
  std::atomic<std::size_t> next{0};
  const int threads = options.threads > 0 ? options.threads : tbb::task_arena::automatic;
  tbb::task_arena arena(threads);
  const int workers = arena.max_concurrency();
  arena.execute([&] {
    tbb::parallel_for(
        0, workers,
        [&](int) {
          for (std::size_t i = next++; i < order.size() && !interrupted(options); i = next++) {
            run(order[i]);
          }
        },
        tbb::simple_partitioner());
  });
  if (interrupted(options)) {
    throw base::InfeasibleError(fmt::format("interrupted after {} of {} machines; {}", counter.done(),
                                            counter.all(), journal.what_becomes_of_it()));
  }
  return results;
}

}  // namespace inlay::studies::monolith
