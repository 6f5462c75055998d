// How pipelines of one window delay each other at the memory: communication `contended`, docs/model.md
// "Contention".
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "inlay/hardware/submesh.hpp"
#include "inlay/schedule/problem.hpp"

namespace inlay::evaluate {

/// What one pipeline asks of the memory, as if it were alone.
struct PipelineLoad {
  double latency = 0.0;            // s
  double memory = 0.0;             // s that the whole memory moves its bytes
  std::vector<double> interfaces;  // [interface] likewise; empty where the whole memory is what limits
};

/// Seconds until a pipeline ends that takes `latency` alone, where `work` is the sum over resources of the
/// time that it uses each (no more than `latency`) times what the other pipelines ask of it, s^2: the least T
/// with T >= latency + work / T.
inline double delayed(double latency, double work) {
  return 0.5 * (latency + std::sqrt(latency * latency + 4.0 * work));
}

/// What decides about a window.
struct WindowContention {
  double latency = 0.0;
  bool memory_bound = false;       // a resource that is busy all the time decides, not a pipeline
  int slowest = 0;                 // pipeline that ends last; ties: lowest index
  std::vector<double> interfaces;  // [interface] s that each is busy
};
/// Reuses the memory of `window`.
void contend(std::span<const PipelineLoad> pipelines, WindowContention& window);

/// [pipeline] Seconds after the window's begin until each ends. The last one ends with the window. Rises with
/// every latency and every load.
std::vector<double> contended_ends(std::span<const PipelineLoad> pipelines);

/// Likewise under `shared`: as long as each takes alone, and as its bytes take where the memory serves all
/// pipelines equally.
std::vector<double> shared_ends(std::span<const PipelineLoad> pipelines);

/// Whether loads are counted by interface.
bool interfaces_limit(const hardware::Package& package);

/// Adds what a stage moves through memory.
void add_load(const hardware::Package& package, const hardware::Submesh& submesh, std::int64_t bytes,
              PipelineLoad& load);

}  // namespace inlay::evaluate
