#pragma once

#include <algorithm>
#include <cstdint>

#include "inlay/evaluate/segment_table.hpp"
#include "inlay/evaluate/transfer.hpp"

namespace inlay::evaluate {

/// What of a chiplet's place matters to a stage: everything else is in the segment.
struct StagePlace {
  int type = 0;
  int memory_hops = 0;
  bool operator==(const StagePlace&) const = default;
};

/// The four numbers of a stage that a pipeline's cost is made of.
struct StageFigures {
  double first = 0.0;             // s
  double steady = 0.0;            // s
  double energy = 0.0;            // J of all mini-batches
  std::int64_t memory_bytes = 0;  // of all mini-batches
};

/// Constants of a package and a problem that the figures need, worked out once.
struct FigureConstants {
  explicit FigureConstants(const schedule::Problem& problem)
      : link_seconds_per_byte(1.0 / problem.package.network.bandwidth),
        hop_latency(problem.package.network.hop_latency),
        interface_seconds_per_byte(1.0 / hardware::interface_bandwidth(problem.package)),
        memory_latency(problem.package.memory.latency),
        network_energy(8.0 * problem.package.network.energy_per_bit),
        memory_energy(8.0 * problem.package.memory.energy_per_bit),
        weights_timed(problem.package.memory.weight_loads == hardware::WeightLoads::kTimed),
        serial(problem.overlap == hardware::Overlap::kSerial) {}
  double link_seconds_per_byte;
  double hop_latency;
  double interface_seconds_per_byte;
  double memory_latency;
  double network_energy;  // J per byte and hop
  double memory_energy;   // J per byte
  bool weights_timed;     // loading them takes time
  bool serial;
};

/// docs/model.md "A stage". `next_hops`: to the chiplet of the next stage, 0 for the last one. `n`:
/// mini-batches.
inline StageFigures stage_figures(const FigureConstants& constants, const Segment& segment, int memory_hops,
                                  int next_hops, double l2_access, std::int64_t n) {
  const StageTraffic& traffic = segment.traffic;
  const double per_byte =
      memory_hops == 0 ? constants.interface_seconds_per_byte
                       : std::max(constants.interface_seconds_per_byte, constants.link_seconds_per_byte);
  const double fixed = memory_hops * constants.hop_latency + constants.memory_latency;
  const auto memory = [&](std::int64_t bytes) {
    return bytes == 0 ? 0.0 : static_cast<double>(bytes) * per_byte + fixed;
  };
  const double weights = constants.weights_timed ? memory(traffic.weights) : 0.0;
  double move = memory(traffic.from_memory) + memory(traffic.to_memory) + memory(traffic.spill_write) +
                memory(traffic.spill_read);
  if (traffic.to_next > 0 && next_hops > 0) {
    move += static_cast<double>(traffic.to_next) * constants.link_seconds_per_byte +
            next_hops * constants.hop_latency;
  }
  move += segment.streamed ? weights : 0.0;

  const std::int64_t memory_bytes =
      traffic.from_memory + traffic.to_memory + traffic.spill_write + traffic.spill_read;
  const auto moved = static_cast<double>(memory_bytes);
  const double memory_joules = constants.memory_energy + memory_hops * constants.network_energy + l2_access;
  const double each =
      segment.layer_energy + moved * memory_joules +
      static_cast<double>(traffic.to_next) * (next_hops * constants.network_energy + l2_access) +
      static_cast<double>(traffic.from_previous) * l2_access;
  const std::int64_t loads = segment.streamed ? n : 1;

  StageFigures figures;
  figures.steady = constants.serial ? segment.compute + move : std::max(segment.compute, move);
  figures.first = segment.compute + move + (segment.streamed ? 0.0 : weights);
  figures.energy = static_cast<double>(n) * each +
                   static_cast<double>(loads) * static_cast<double>(traffic.weights) * memory_joules;
  figures.memory_bytes = n * memory_bytes + loads * traffic.weights;
  return figures;
}

}  // namespace inlay::evaluate
