#pragma once

#include <cstdint>
#include <vector>

#include "inlay/hardware/submesh.hpp"
#include "inlay/schedule/sharding.hpp"

namespace inlay::schedule {

/// Consecutive layers [first, last) of a model on a submesh. `shardings` has one entry per layer; on a single
/// chiplet nothing is divided and it is empty.
struct Stage {
  int first = 0;
  int last = 0;
  hardware::Submesh submesh;
  std::vector<Sharding> shardings = {};

  const Sharding& sharding_of(int layer) const { return shardings[static_cast<std::size_t>(layer - first)]; }
  bool operator==(const Stage&) const = default;
};

/// A model's stages inside one window, in the order of its layers.
struct Pipeline {
  int model = 0;
  std::int64_t mini_batch = 1;
  std::vector<Stage> stages;
  bool operator==(const Pipeline&) const = default;
};

/// A span of time with a barrier at its end. A model without layers in it has no pipeline here.
struct Window {
  std::vector<Pipeline> pipelines;
  bool operator==(const Window&) const = default;
};

struct Schedule {
  std::vector<Window> windows;
  bool adjacent_stages = true;  // promises that consecutive stages stand on submeshes that touch
  bool operator==(const Schedule&) const = default;
};

}  // namespace inlay::schedule
