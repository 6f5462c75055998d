#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::report::figures {

/// What holds a schedule back, of its longest window (ties: the first).
struct Bottleneck {
  int window = 0;
  bool shared_memory =
      false;          // all bytes of the window at the memory's bandwidth; no single stage is to blame
  std::string model;  // the rest: the stage that paces the slowest pipeline
  int stage = 0;
  std::string chiplet;
  std::string what;    // "compute", "memory" or "network": the largest part of that stage's time
  double share = 0.0;  // of that part in the stage's time
};

Bottleneck find_bottleneck(const schedule::Problem& problem, const schedule::Schedule& schedule,
                           const evaluate::ScheduleCost& cost);

/// "compute on c1 (resnet50, stage 0)", "memory bandwidth of the package".
std::string to_string(const Bottleneck& bottleneck, bool with_window);

/// Where a stage's time for one mini-batch goes, in seconds; with a single mini-batch the weight load belongs
/// to it.
struct StageTime {
  double compute = 0.0;
  double memory = 0.0;   // reading, writing, spilling, weights
  double network = 0.0;  // passing tensors to the next stage
};

/// A stage as people read it.
struct StageRow {
  int window = 0;
  std::string model;
  int stage = 0;
  std::string chiplet;
  std::string type;
  std::string first_layer;
  std::string last_layer;
  int layers = 0;
  std::int64_t mini_batch = 1;
  std::int64_t mini_batches = 1;
  StageTime time;
  double steady = 0.0;            // s for one mini-batch once the pipeline is full
  double first = 0.0;             // s for the first mini-batch, resident weights included
  double energy = 0.0;            // J of all mini-batches
  std::int64_t memory_bytes = 0;  // of all mini-batches
  std::int64_t need_bytes = 0;    // L2 in use at the worst layer
  bool streamed = false;          // weights are read in every mini-batch
  std::vector<std::string> spilled;
};

/// All stages in the order window, pipeline, stage.
std::vector<StageRow> stage_rows(const schedule::Problem& problem, const schedule::Schedule& schedule,
                                 const evaluate::ScheduleCost& cost);

/// How busy a chiplet is, as shares of the scenario's latency.
struct ChipletUse {
  std::string chiplet;
  std::string type;
  double computing = 0.0;
  double moving = 0.0;          // its own transfers; with `overlapped` they run beside the computing
  double pe_utilisation = 0.0;  // PEs at work, on average over the whole time
};

std::vector<ChipletUse> chiplet_use(const schedule::Problem& problem, const schedule::Schedule& schedule,
                                    const evaluate::ScheduleCost& cost);

/// How busy a memory interface is.
struct InterfaceUse {
  std::string interface;
  std::string chiplet;
  std::int64_t bytes = 0;
  double share = 0.0;  // of what it could carry in the scenario's latency
};

std::vector<InterfaceUse> interface_use(const schedule::Problem& problem, const schedule::Schedule& schedule,
                                        const evaluate::ScheduleCost& cost);

}  // namespace inlay::report::figures
