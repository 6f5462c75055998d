// The replay of a schedule as events: an independent witness of the latency that the evaluator reports. Start
// here; docs/replay.md says what is simulated and what is assumed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/simulate/simulation.hpp"
#include "inlay/simulate/stage_plan.hpp"

namespace inlay::simulate {

struct ReplayOptions {
  Sharing sharing = Sharing::kFair;
  double jitter = 0.0;  // computing times vary by up to this share of them
  std::uint64_t seed = 1;
  int runs = 1;                // with jitter: the mean of so many, with seeds from `seed` on
  bool keep_timeline = false;  // of the first run
};

/// An activity that took time, or bytes.
struct TimelineEntry {
  ActivityLabel label;
  double begin = 0.0;  // s from the schedule's start
  double end = 0.0;
};

struct PipelineReplay {
  int model = 0;
  double end = 0.0;               // s from the window's start
  std::vector<StagePlan> stages;  // what was simulated
};

struct WindowReplay {
  double begin = 0.0;    // s from the schedule's start
  double latency = 0.0;  // s
  std::int64_t activities = 0;
  std::vector<PipelineReplay> pipelines;
  std::vector<double> carried;    // [resource] bytes
  std::vector<double> computing;  // [chiplet] s
  std::vector<TimelineEntry> timeline;
};

/// Something that flows share, over the whole schedule.
struct ResourceReplay {
  std::string name;
  double bandwidth = 0.0;  // B/s
  double bytes = 0.0;
  double utilisation = 0.0;
};

struct Replay {
  double latency = 0.0;            // s; of several runs, the mean; what follows is the first run's
  std::vector<double> latencies;   // [run]
  std::vector<double> model_done;  // [model] s from the schedule's start
  std::vector<WindowReplay> windows;
  std::vector<ResourceReplay> resources;
  std::vector<double> computing;  // [chiplet] share of the time
};

/// `schedule` must be a valid one (schedule::check). Deterministic. Throws base::InfeasibleError if a stage
/// does not fit its chiplets, if there are too many activities, or if activities wait for each other, with
/// the cycle of waits.
Replay replay(const schedule::Problem& problem, const schedule::Schedule& schedule,
              const ReplayOptions& options = {});

/// "model 'm', stage 0, mini-batch 2, layer 'conv1': compute".
std::string to_string(const schedule::Problem& problem, const schedule::Window& window,
                      const ActivityLabel& label);

}  // namespace inlay::simulate
