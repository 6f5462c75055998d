// How far an overlapped stage hides the loading of its weights behind its own computing.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "inlay/schedule/problem.hpp"

namespace inlay::evaluate {

/// A layer of a stage, as the loading of its weights sees it. One mini-batch.
struct LayerWork {
  double seconds = 0.0;      // computing, and exchanges on a submesh
  std::int64_t weights = 0;  // bytes of the member that holds most
};

/// Whether loading weights takes time that computing may hide.
inline bool prefetches(const schedule::Problem& problem) {
  return problem.overlap == hardware::Overlap::kOverlapped &&
         problem.package.memory.weight_loads == hardware::WeightLoads::kTimed;
}

/// Room for weights that stay in L2.
inline constexpr std::int64_t kRoomForAll = std::numeric_limits<std::int64_t>::max();

/// Seconds of the first two mini-batches of a stage. Later ones take no longer than the second.
struct Passes {
  double first = 0.0;
  double second = 0.0;
};

/// Weights arrive in the order of the layers, at `seconds_per_byte`, while the layers compute; a layer
/// computes no faster than its weights arrive. The loads run ahead of the computing by at most `room` bytes:
/// the L2 that no layer of the stage needs. The second mini-batch finds what was loaded ahead in the first.
/// docs/model.md "Prefetch".
Passes passes(std::span<const LayerWork> layers, double seconds_per_byte, std::int64_t room);

}  // namespace inlay::evaluate
