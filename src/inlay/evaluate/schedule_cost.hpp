#pragma once

#include <cstdint>
#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::evaluate {

/// Joules by where they are spent.
struct EnergyBreakdown {
  double mac = 0.0;
  double l1 = 0.0;
  double l2 = 0.0;  // inside the layers
  double noc = 0.0;
  double vector = 0.0;
  double l2_traffic = 0.0;  // one L2 write per byte that arrives at a chiplet, one read per byte that leaves
  double network = 0.0;     // network-on-package
  double memory = 0.0;
  double static_power = 0.0;
  double total() const { return mac + l1 + l2 + noc + vector + l2_traffic + network + memory + static_power; }
  EnergyBreakdown& operator+=(const EnergyBreakdown& other);
  EnergyBreakdown scaled(double factor) const;
};

/// Bytes of one mini-batch that a stage moves. "Memory" is the off-package memory.
struct StageTraffic {
  std::int64_t from_memory = 0;  // activations of earlier windows, the model's input, gathered rows
  std::int64_t to_memory = 0;
  std::int64_t to_next = 0;        // forwarded along the pipeline
  std::int64_t from_previous = 0;  // charged in time to the sender
  std::int64_t spill_write = 0;
  std::int64_t spill_read = 0;
  std::int64_t weights = 0;  // once, or in every mini-batch if streamed; copies for several members included
  std::int64_t exchanged = 0;      // between the members of the stage's submesh, layer by layer
  std::int64_t spill_awaited = 0;  // of what is spilled: of tensors that the very next layer uses last
  bool operator==(const StageTraffic&) const = default;
};

/// One stage, docs/model.md "A stage". Times in seconds for one mini-batch.
struct StageCost {
  StageTraffic traffic;
  bool streamed = false;        // weights are read in every mini-batch
  std::vector<int> spilled;     // tensors written out and read back, in the order in which they were chosen
  std::int64_t need_bytes = 0;  // L2 in use at the worst layer, after streaming and spilling
  double compute = 0.0;
  double exchange = 0.0;  // between the members of the submesh
  double in = 0.0;        // from memory
  double out = 0.0;       // to memory and to the next stage: written + passing
  double written = 0.0;   // of it, to memory
  double passing = 0.0;   // and to the next stage
  double utilised = 0.0;  // compute weighted by the share of the PEs at work, of the mean member
  double spill = 0.0;
  double weights = 0.0;  // W
  double steady = 0.0;
  double first = 0.0;
  EnergyBreakdown energy;         // of all mini-batches
  std::int64_t memory_bytes = 0;  // of all mini-batches
};

struct PipelineCost {
  std::int64_t mini_batches = 1;  // n
  double latency = 0.0;           // sum of first + (n - 1) * largest steady
  double end = 0.0;               // s after its window's begin, other pipelines considered
  double largest_steady = 0.0;
  int bottleneck = 0;  // stage with the largest steady (n > 1) or first (n = 1); ties: lowest index
  EnergyBreakdown energy;
  std::int64_t memory_bytes = 0;
  std::vector<StageCost> stages;
};

struct WindowCost {
  double latency = 0.0;
  double memory_time = 0.0;   // all its bytes at the package's memory bandwidth
  bool memory_bound = false;  // under `shared`: memory_time decides the latency
  int bottleneck = 0;         // slowest pipeline; ties: lowest index
  std::int64_t memory_bytes = 0;
  std::vector<PipelineCost> pipelines;
};

/// What a schedule costs: seconds, joules, bytes.
struct ScheduleCost {
  double latency = 0.0;  // s; of a repeated schedule its period, to which energy and bytes belong, too
  double pass = 0.0;     // s of one pass through all windows: the latency of a schedule that runs once
  EnergyBreakdown energy;
  std::int64_t memory_bytes = 0;
  std::int64_t samples = 0;  // sum of the batches
  double steady_throughput =
      0.0;  // samples/s if the scenario is repeated for ever without refilling pipelines
  std::vector<WindowCost> windows;

  double edp() const { return latency * energy.total(); }
  double throughput() const { return static_cast<double>(samples) / latency; }
  double energy_efficiency() const { return static_cast<double>(samples) / energy.total(); }
};

}  // namespace inlay::evaluate
