#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "inlay/evaluate/segment_table.hpp"
#include "inlay/evaluate/transfer.hpp"

namespace inlay::evaluate {

/// What of a chiplet's place matters to a stage: everything else is in the segment.
struct StagePlace {
  int type = 0;
  int memory_hops = 0;
  bool operator==(const StagePlace&) const = default;
};

/// The four numbers of a stage that a pipeline's cost is made of. Of a problem that is repeated: in a single
/// window, where `first` is zero.
struct StageFigures {
  double first = 0.0;             // s
  double steady = 0.0;            // s
  double energy = 0.0;            // J of all mini-batches
  std::int64_t memory_bytes = 0;  // of all mini-batches
};

/// Steady mini-batches of a pipeline's latency: all but the first one, or all where it runs on without end.
inline std::int64_t refills(const schedule::Problem& problem, std::int64_t mini_batches) {
  return problem.repeated ? mini_batches : mini_batches - 1;
}

/// Constants of a package and a problem that the figures need, worked out once.
struct FigureConstants {
  explicit FigureConstants(const schedule::Problem& problem)
      : link_seconds_per_byte(1.0 / problem.package.network.bandwidth),
        hop_latency(problem.package.network.hop_latency),
        interface_seconds_per_byte(1.0 / hardware::interface_bandwidth(problem.package)),
        memory_latency(problem.package.memory.latency),
        network_energy(8.0 * problem.package.network.energy_per_bit),
        memory_energy(8.0 * problem.package.memory.energy_per_bit),
        multicast(problem.package.network.multicast),
        weights_timed(problem.package.memory.weight_loads == hardware::WeightLoads::kTimed),
        serial(problem.overlap == hardware::Overlap::kSerial),
        repeated(problem.repeated) {}
  double link_seconds_per_byte;
  double hop_latency;
  double interface_seconds_per_byte;
  double memory_latency;
  double network_energy;  // J per byte and hop
  double memory_energy;   // J per byte
  bool multicast;
  bool weights_timed;  // loading them takes time
  bool serial;
  bool repeated;  // in a single window: nothing is filled or loaded anew
};

/// The way to the next stage; of the last stage all zero.
struct StageExit {
  double seconds_per_byte = 0.0;
  double latency = 0.0;  // s
  double hops = 0.0;     // that an average byte crosses
};

/// docs/model.md "A stage" and "Stages on submeshes", for a stage on several chiplets.
struct SubmeshStage {
  StageTraffic traffic;
  double compute = 0.0;          // s
  double exchange = 0.0;         // s
  double layer_energy = 0.0;     // J
  double exchange_energy = 0.0;  // J
  std::int64_t weights = 0;      // bytes of the member that holds most
  std::int64_t weights_sent = 0;
  std::int64_t weights_forwarded = 0;
  bool streamed = false;
  std::int64_t room = kRoomForAll;  // for weights that are loaded ahead, bytes of the member that holds most
  std::vector<LayerWork> layers;    // empty: loading weights is taken to be hidden as far as can be
};

/// What decides how long the mini-batches of a stage take.
struct StageTimes {
  double work = 0.0;             // s of computing and exchanges
  double move = 0.0;             // s of transfers but those of weights
  double awaited = 0.0;          // s of it for which computing waits in the steady state
  double weights = 0.0;          // s to load them
  double weights_latency = 0.0;  // s of it before the first byte arrives
  std::int64_t weight_bytes = 0;
  bool streamed = false;
  std::int64_t room = kRoomForAll;
  std::span<const LayerWork> layers;
};

/// Sets `first` and `steady`: docs/model.md "A stage".
inline void set_times(bool serial, const StageTimes& times, StageFigures& figures) {
  const double reload = times.streamed ? times.weights : 0.0;
  if (serial || times.weights == 0.0) {
    const double move = times.move + reload;
    figures.first = times.work + move + (times.weights - reload);
    figures.steady = serial ? times.work + move : std::max(times.work + times.awaited, move);
    return;
  }
  const double loading = times.weights - times.weights_latency;
  Passes hidden{std::max(times.work, loading), times.work};
  if (!times.layers.empty()) {
    hidden = passes(times.layers, loading / static_cast<double>(times.weight_bytes), times.room);
  }
  figures.first = times.move + times.weights_latency + hidden.first;
  figures.steady =
      std::max((times.streamed ? hidden.second : times.work) + times.awaited, times.move + reload);
}

/// docs/model.md "A stage", on one chiplet. `n`: mini-batches.
inline StageFigures stage_figures(const FigureConstants& constants, const Segment& segment, int memory_hops,
                                  const StageExit& exit, double l2_access, std::int64_t n) {
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
  if (traffic.to_next > 0) {
    move += static_cast<double>(traffic.to_next) * exit.seconds_per_byte + exit.latency;
  }
  const std::int64_t memory_bytes =
      traffic.from_memory + traffic.to_memory + traffic.spill_write + traffic.spill_read;
  const auto moved = static_cast<double>(memory_bytes);
  const double memory_joules = constants.memory_energy + memory_hops * constants.network_energy + l2_access;
  const double each =
      segment.layer_energy + moved * memory_joules +
      static_cast<double>(traffic.to_next) * (exit.hops * constants.network_energy + l2_access) +
      static_cast<double>(traffic.from_previous) * l2_access;
  const std::int64_t loads = segment.streamed ? n : constants.repeated ? 0 : 1;

  StageFigures figures;
  set_times(constants.serial,
            {segment.compute, move, static_cast<double>(traffic.spill_awaited) * per_byte, weights, fixed,
             traffic.weights, segment.streamed, segment.room, segment.layers},
            figures);
  figures.first = constants.repeated ? 0.0 : figures.first;
  figures.energy = static_cast<double>(n) * each +
                   static_cast<double>(loads) * static_cast<double>(traffic.weights) * memory_joules;
  figures.memory_bytes = n * memory_bytes + loads * traffic.weights;
  return figures;
}

/// The same with a single chiplet next, `next_hops` away; 0 for the last stage.
inline StageFigures stage_figures(const FigureConstants& constants, const Segment& segment, int memory_hops,
                                  int next_hops, double l2_access, std::int64_t n) {
  const StageExit exit{next_hops > 0 ? constants.link_seconds_per_byte : 0.0,
                       next_hops * constants.hop_latency, static_cast<double>(next_hops)};
  return stage_figures(constants, segment, memory_hops, exit, l2_access, n);
}

/// The way that a crossing is.
inline StageExit exit_of(const FigureConstants& constants, const hardware::Crossing& crossing) {
  const auto parts = static_cast<double>(crossing.parts);
  return {static_cast<double>(crossing.load) / parts * constants.link_seconds_per_byte,
          crossing.longest * constants.hop_latency, static_cast<double>(crossing.hop_parts) / parts};
}

/// The same on a submesh of `rows` x `columns` chiplets. `l2_access` is that of the mean member.
inline StageFigures submesh_figures(const FigureConstants& constants, const SubmeshStage& stage,
                                    const hardware::MemoryAccess& access, const schedule::Grid& grid,
                                    const StageExit& exit, double l2_access, std::int64_t n) {
  const StageTraffic& traffic = stage.traffic;
  const auto memory = [&](std::int64_t bytes) {
    return bytes == 0 ? 0.0 : static_cast<double>(bytes) * access.seconds_per_byte + access.latency;
  };
  double weights = 0.0;
  if (constants.weights_timed) {
    const std::int64_t read =
        constants.multicast ? traffic.weights : std::max(traffic.weights, stage.weights * grid.members());
    const double forward =
        stage.weights_forwarded == 0
            ? 0.0
            : static_cast<double>(stage.weights_forwarded) * constants.link_seconds_per_byte +
                  (grid.rows + grid.columns - 2) * constants.hop_latency;
    weights = std::max(memory(read), forward);
  }
  double move = memory(traffic.from_memory) + memory(traffic.to_memory) + memory(traffic.spill_write) +
                memory(traffic.spill_read);
  if (traffic.to_next > 0) {
    move += static_cast<double>(traffic.to_next) * exit.seconds_per_byte + exit.latency;
  }
  const std::int64_t memory_bytes =
      traffic.from_memory + traffic.to_memory + traffic.spill_write + traffic.spill_read;
  const double memory_joules = constants.memory_energy + access.hops * constants.network_energy + l2_access;
  const double each =
      stage.layer_energy + stage.exchange_energy + static_cast<double>(memory_bytes) * memory_joules +
      static_cast<double>(traffic.to_next) * (exit.hops * constants.network_energy + l2_access) +
      static_cast<double>(traffic.from_previous) * l2_access;
  const std::int64_t loads = stage.streamed ? n : constants.repeated ? 0 : 1;
  const double load = static_cast<double>(traffic.weights) * memory_joules +
                      static_cast<double>(stage.weights_sent) * (constants.network_energy + 2.0 * l2_access);
  const double work = stage.compute + stage.exchange;

  StageFigures figures;
  set_times(constants.serial,
            {work, move, static_cast<double>(traffic.spill_awaited) * access.seconds_per_byte, weights,
             access.latency, stage.weights, stage.streamed, stage.room, stage.layers},
            figures);
  figures.first = constants.repeated ? 0.0 : figures.first;
  figures.energy = static_cast<double>(n) * each + static_cast<double>(loads) * load;
  figures.memory_bytes = n * memory_bytes + loads * traffic.weights;
  return figures;
}

}  // namespace inlay::evaluate
