#include "inlay/simulate/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "inlay/base/error.hpp"
#include "inlay/simulate/package_resources.hpp"
#include "inlay/simulate/window_activities.hpp"

namespace inlay::simulate {
namespace {

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

[[noreturn]] void report_deadlock(const schedule::Problem& problem, const schedule::Window& window,
                                  std::size_t number, const WindowActivities& activities,
                                  const std::vector<int>& cycle) {
  std::string waits;
  for (const int index : cycle) {
    waits += (waits.empty() ? "" : " waits for ") +
             to_string(problem, window, activities.graph.activities()[at(index)].label);
  }
  throw base::InfeasibleError(
      fmt::format("window {} deadlocks: {} waits for the first one again", number, waits));
}

/// Seconds that each chiplet computes.
std::vector<double> computing_of(const schedule::Problem& problem, const schedule::Window& window,
                                 const WindowActivities& activities, const SimulationResult& result) {
  std::vector<double> seconds(problem.package.chiplets.size(), 0.0);
  for (std::size_t i = 0; i < activities.graph.activities().size(); ++i) {
    const ActivityLabel& label = activities.graph.activities()[i].label;
    if (label.kind != ActivityKind::kCompute) {
      continue;
    }
    const schedule::Stage& stage = window.pipelines[at(label.pipeline)].stages[at(label.stage)];
    const StagePlan& plan = activities.plans[at(label.pipeline)][at(label.stage)];
    const std::vector<double>& members = plan.work.layers[at(label.layer - stage.first)].seconds;
    const double slowest = *std::max_element(members.begin(), members.end());
    const double taken = result.spans[i].end - result.spans[i].begin;
    for (std::size_t member = 0; member < members.size() && slowest > 0.0; ++member) {
      seconds[at(stage.submesh.chiplets[member])] += taken * members[member] / slowest;
    }
  }
  return seconds;
}

std::vector<TimelineEntry> timeline_of(const ActivityGraph& graph, const SimulationResult& result,
                                       double begin) {
  std::vector<TimelineEntry> timeline;
  for (std::size_t i = 0; i < graph.activities().size(); ++i) {
    const ActivityLabel& label = graph.activities()[i].label;
    if (label.kind != ActivityKind::kJoin) {
      timeline.push_back({label, begin + result.spans[i].begin, begin + result.spans[i].end});
    }
  }
  return timeline;
}

WindowReplay replay_window(const schedule::Problem& problem, const PackageResources& resources,
                           const schedule::Window& window, std::size_t number, double begin,
                           const ReplayOptions& options, const Jitter& jitter) {
  WindowActivities activities = activities_of(problem, resources, window, jitter);
  const SimulationResult result = simulate(activities.graph, resources.capacities(), options.sharing);
  if (!result.cycle.empty()) {
    report_deadlock(problem, window, number, activities, result.cycle);
  }
  WindowReplay replayed;
  replayed.begin = begin;
  replayed.latency = result.end;
  replayed.activities = static_cast<std::int64_t>(activities.graph.activities().size());
  replayed.carried = result.carried;
  replayed.computing = computing_of(problem, window, activities, result);
  if (options.keep_timeline) {
    replayed.timeline = timeline_of(activities.graph, result, begin);
  }
  for (std::size_t i = 0; i < window.pipelines.size(); ++i) {
    replayed.pipelines.push_back({window.pipelines[i].model, result.spans[at(activities.last[i])].end,
                                  std::move(activities.plans[i])});
  }
  return replayed;
}

Replay replay_once(const schedule::Problem& problem, const schedule::Schedule& schedule,
                   const ReplayOptions& options) {
  const PackageResources resources(problem.package);
  base::Random random(options.seed);
  const Jitter jitter{options.jitter, options.jitter > 0.0 ? &random : nullptr};
  Replay total;
  total.model_done.resize(problem.scenario.models.size(), 0.0);
  total.computing.resize(problem.package.chiplets.size(), 0.0);
  for (int r = 0; r < resources.count(); ++r) {
    total.resources.push_back({resources.name(r), resources.capacities()[at(r)]});
  }
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    WindowReplay window =
        replay_window(problem, resources, schedule.windows[w], w, total.latency, options, jitter);
    for (const PipelineReplay& pipeline : window.pipelines) {
      total.model_done[at(pipeline.model)] = total.latency + pipeline.end;
    }
    for (std::size_t c = 0; c < total.computing.size(); ++c) {
      total.computing[c] += window.computing[c];
    }
    for (std::size_t r = 0; r < total.resources.size(); ++r) {
      total.resources[r].bytes += window.carried[r];
    }
    total.latency += window.latency;
    total.windows.push_back(std::move(window));
  }
  for (double& computing : total.computing) {
    computing = total.latency > 0.0 ? computing / total.latency : 0.0;
  }
  for (ResourceReplay& resource : total.resources) {
    resource.utilisation = total.latency > 0.0 ? resource.bytes / (resource.bandwidth * total.latency) : 0.0;
  }
  total.latencies = {total.latency};
  return total;
}

}  // namespace

Replay replay(const schedule::Problem& problem, const schedule::Schedule& schedule,
              const ReplayOptions& options) {
  Replay first = replay_once(problem, schedule, options);
  const int runs = options.jitter > 0.0 ? options.runs : 1;
  for (int run = 1; run < runs; ++run) {
    ReplayOptions again = options;
    again.seed += static_cast<std::uint64_t>(run);
    again.keep_timeline = false;
    first.latencies.push_back(replay_once(problem, schedule, again).latency);
  }
  first.latency = std::accumulate(first.latencies.begin(), first.latencies.end(), 0.0) /
                  static_cast<double>(first.latencies.size());
  return first;
}

std::string to_string(const schedule::Problem& problem, const schedule::Window& window,
                      const ActivityLabel& label) {
  const int model = window.pipelines[at(label.pipeline)].model;
  const workload::ScenarioModel& entry = problem.scenario.models[at(model)];
  std::string text =
      fmt::format("model '{}', stage {}, mini-batch {}", entry.name, label.stage, label.mini_batch);
  if (label.layer >= 0) {
    text += fmt::format(", layer '{}'", entry.model.layers[at(label.layer)].name);
  }
  return text + ": " + to_string(label.kind);
}

}  // namespace inlay::simulate
