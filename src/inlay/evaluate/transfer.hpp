#pragma once

#include <cstdint>

#include "inlay/hardware/package.hpp"

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

inline double memory_time(const hardware::Package& package, int chiplet, std::int64_t bytes) {
  if (bytes == 0) {
    return 0.0;
  }
  const int hops = package.memory_hops[static_cast<std::size_t>(chiplet)];
  const double interface = hardware::interface_bandwidth(package);
  const double bandwidth =
      hops == 0 || interface < package.network.bandwidth ? interface : package.network.bandwidth;
  return static_cast<double>(bytes) / bandwidth + hops * package.network.hop_latency + package.memory.latency;
}

/// Seconds to load weights; 0 where the package says that this takes no time.
inline double weight_time(const hardware::Package& package, int chiplet, std::int64_t bytes) {
  return package.memory.weight_loads == hardware::WeightLoads::kTimed ? memory_time(package, chiplet, bytes)
                                                                      : 0.0;
}

/// Joules on the network-on-package between two chiplets.
inline double link_energy(const hardware::Package& package, int from, int to, std::int64_t bytes) {
  const int hops = package.hops[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
  return 8.0 * static_cast<double>(bytes) * hops * package.network.energy_per_bit;
}

/// Joules on the network-on-package between a chiplet and its memory interface.
inline double memory_link_energy(const hardware::Package& package, int chiplet, std::int64_t bytes) {
  const int hops = package.memory_hops[static_cast<std::size_t>(chiplet)];
  return 8.0 * static_cast<double>(bytes) * hops * package.network.energy_per_bit;
}

/// Joules in the off-package memory.
inline double memory_energy(const hardware::Package& package, std::int64_t bytes) {
  return 8.0 * static_cast<double>(bytes) * package.memory.energy_per_bit;
}

}  // namespace inlay::evaluate
