#include "inlay/simulate/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace inlay::simulate {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMicrosecond = 1e-6;

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

/// What is common to all processes and threads comes first.
void add_names(const schedule::Problem& problem, std::string& text) {
  for (std::size_t chiplet = 0; chiplet < problem.package.chiplets.size(); ++chiplet) {
    const Json process = {{"name", "process_name"},
                          {"ph", "M"},
                          {"pid", chiplet},
                          {"args", {{"name", problem.package.chiplets[chiplet].name}}}};
    text += process.dump() + ",\n";
    for (int kind = 1; kind <= static_cast<int>(ActivityKind::kPass); ++kind) {
      const Json thread = {{"name", "thread_name"},
                           {"ph", "M"},
                           {"pid", chiplet},
                           {"tid", kind},
                           {"args", {{"name", to_string(static_cast<ActivityKind>(kind))}}}};
      text += thread.dump() + ",\n";
    }
  }
}

/// Members that compute for less time than the slowest end earlier.
double seconds_of(const TimelineEntry& entry, const StagePlan& plan, int first_layer, std::size_t member) {
  const double taken = entry.end - entry.begin;
  if (entry.label.kind != ActivityKind::kCompute) {
    return taken;
  }
  const std::vector<double>& members = plan.work.layers[at(entry.label.layer - first_layer)].seconds;
  const double slowest = *std::max_element(members.begin(), members.end());
  return slowest > 0.0 ? taken * members[member] / slowest : 0.0;
}

void add_entry(const schedule::Problem& problem, const schedule::Window& window, const WindowReplay& replayed,
               const TimelineEntry& entry, std::string& text) {
  const schedule::Pipeline& pipeline = window.pipelines[at(entry.label.pipeline)];
  const schedule::Stage& stage = pipeline.stages[at(entry.label.stage)];
  const workload::ScenarioModel& model = problem.scenario.models[at(pipeline.model)];
  const StagePlan& plan = replayed.pipelines[at(entry.label.pipeline)].stages[at(entry.label.stage)];
  std::string name = model.name;
  if (entry.label.layer >= 0) {
    name += " " + model.model.layers[at(entry.label.layer)].name;
  }
  const std::string quoted = Json(name).dump();
  for (std::size_t member = 0; member < stage.submesh.chiplets.size(); ++member) {
    fmt::format_to(std::back_inserter(text),
                   "{{\"name\":{},\"cat\":\"{}\",\"ph\":\"X\",\"pid\":{},\"tid\":{},\"ts\":{},\"dur\":{},"
                   "\"args\":{{\"stage\":{},\"mini_batch\":{}}}}},\n",
                   quoted, to_string(entry.label.kind), stage.submesh.chiplets[member],
                   static_cast<int>(entry.label.kind), entry.begin / kMicrosecond,
                   seconds_of(entry, plan, stage.first, member) / kMicrosecond, entry.label.stage,
                   entry.label.mini_batch);
  }
}

}  // namespace

std::string trace_json(const schedule::Problem& problem, const schedule::Schedule& schedule,
                       const Replay& replay) {
  std::string text = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n";
  add_names(problem, text);
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    for (const TimelineEntry& entry : replay.windows[w].timeline) {
      add_entry(problem, schedule.windows[w], replay.windows[w], entry, text);
    }
  }
  text.erase(text.size() - 2);  // the last comma
  return text + "\n]}\n";
}

}  // namespace inlay::simulate
