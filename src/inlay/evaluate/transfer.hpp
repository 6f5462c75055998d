#pragma once

#include <algorithm>
#include <cstdint>

#include "inlay/evaluate/sharded_stage.hpp"
#include "inlay/hardware/submesh.hpp"

namespace inlay::evaluate {

/// Seconds that one transfer takes when it is alone (docs/model.md "Transfers"); nothing to move takes no
/// time. Routes stand behind the functions of this file only.
inline double link_time(const hardware::Package& package, int from, int to, std::int64_t bytes) {
  if (bytes == 0 || from == to) {
    return 0.0;
  }
  const int hops = package.hops[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
  return static_cast<double>(bytes) / package.network.bandwidth + hops * package.network.hop_latency;
}

/// Before the first byte of a transfer from or to the memory arrives.
inline double memory_latency(const hardware::Package& package, int chiplet) {
  return package.memory_hops[static_cast<std::size_t>(chiplet)] * package.network.hop_latency +
         package.memory.latency;
}

inline double memory_time(const hardware::Package& package, int chiplet, std::int64_t bytes) {
  if (bytes == 0) {
    return 0.0;
  }
  const int hops = package.memory_hops[static_cast<std::size_t>(chiplet)];
  const double interface = hardware::interface_bandwidth(package);
  const double bandwidth =
      hops == 0 || interface < package.network.bandwidth ? interface : package.network.bandwidth;
  return static_cast<double>(bytes) / bandwidth + memory_latency(package, chiplet);
}

/// Seconds to load weights; 0 where the package says that this takes no time.
inline double weight_time(const hardware::Package& package, int chiplet, std::int64_t bytes) {
  return package.memory.weight_loads == hardware::WeightLoads::kTimed ? memory_time(package, chiplet, bytes)
                                                                      : 0.0;
}

/// Of the members of a submesh together: the same with shared ways to the memory.
inline double memory_time(const hardware::MemoryAccess& access, std::int64_t bytes) {
  return bytes == 0 ? 0.0 : static_cast<double>(bytes) * access.seconds_per_byte + access.latency;
}

/// Every member is taken to read as much as the one that reads most; what a multicast forwards goes on at the
/// same time.
inline double weight_time(const hardware::Package& package, const hardware::MemoryAccess& access,
                          const hardware::Submesh& submesh, const ShardedStage& stage) {
  if (package.memory.weight_loads != hardware::WeightLoads::kTimed) {
    return 0.0;
  }
  const std::int64_t read = package.network.multicast
                                ? stage.weights_read
                                : std::max(stage.weights_read, stage.weights * submesh.members());
  const double forward = stage.weights_forwarded == 0
                             ? 0.0
                             : static_cast<double>(stage.weights_forwarded) / package.network.bandwidth +
                                   (submesh.rows + submesh.columns - 2) * package.network.hop_latency;
  return std::max(memory_time(access, read), forward);
}

/// Seconds for tensors to pass to the next stage's submesh.
inline double crossing_time(const hardware::Package& package, const hardware::Submesh& from,
                            const hardware::Submesh& to, std::int64_t bytes) {
  if (from.single() && to.single()) {
    return link_time(package, from.lead(), to.lead(), bytes);
  }
  if (bytes == 0) {
    return 0.0;
  }
  const hardware::Crossing crossing = hardware::crossing(package, from, to);
  const double share = static_cast<double>(crossing.load) / static_cast<double>(crossing.parts);
  return static_cast<double>(bytes) * share / package.network.bandwidth +
         crossing.longest * package.network.hop_latency;
}

/// Joules on the network-on-package between two submeshes.
inline double crossing_energy(const hardware::Package& package, const hardware::Submesh& from,
                              const hardware::Submesh& to, std::int64_t bytes) {
  const hardware::Crossing crossing = hardware::crossing(package, from, to);
  const double hops = static_cast<double>(crossing.hop_parts) / static_cast<double>(crossing.parts);
  return 8.0 * static_cast<double>(bytes) * hops * package.network.energy_per_bit;
}

/// J per byte, of the mean member.
inline double mean_l2_access(const hardware::Package& package, const hardware::Submesh& submesh) {
  double sum = 0.0;
  for (const int chiplet : submesh.chiplets) {
    const int type = package.chiplets[static_cast<std::size_t>(chiplet)].type;
    sum += package.types[static_cast<std::size_t>(type)].energy.l2_access;
  }
  return sum / submesh.members();
}

/// Joules on the network-on-package between the members of a submesh and their memory interfaces.
inline double memory_link_energy(const hardware::Package& package, const hardware::Submesh& submesh,
                                 std::int64_t bytes) {
  const double hops = hardware::memory_access(package, submesh).hops;
  return 8.0 * static_cast<double>(bytes) * hops * package.network.energy_per_bit;
}

/// Joules in the off-package memory.
inline double memory_energy(const hardware::Package& package, std::int64_t bytes) {
  return 8.0 * static_cast<double>(bytes) * package.memory.energy_per_bit;
}

}  // namespace inlay::evaluate
