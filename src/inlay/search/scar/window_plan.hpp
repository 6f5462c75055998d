#pragma once

#include <limits>
#include <vector>

#include "inlay/search/answer.hpp"
#include "inlay/search/scar/knobs.hpp"
#include "inlay/search/scar/provisioning.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::scar {

/// One model's layers of a window.
struct ModelPart {
  int model = 0;
  windows::LayerRange range;
  int most = 1;               // chiplets that it may be given
  double weight = 0.0;        // for provisioning by rule
  std::vector<int> cuts;      // layers at which segments may begin or end; both ends of the range included
  std::vector<double> until;  // [cut] expected latency of the part before it, s
  std::vector<int> sizes;     // mini-batch sizes to try, as indices into the cost table's
  double latest_end = std::numeric_limits<double>::infinity();  // s after the schedule's start
};

struct WindowPlan {
  std::vector<ModelPart> parts;
  std::vector<Provision> provisions;  // the rule's first
};

/// What the plans must know of the chiplets.
struct PlannedChiplets {
  int count = 0;    // chiplets that may be used
  int longest = 1;  // chiplets that a path may have
  bool evolves = false;
};

/// Windows, provisions and cuts of SCAR's pipeline. `expectations` is the problem whose chiplets the expected
/// costs are averaged over. Throws base::InfeasibleError where a window has more models than there are
/// chiplets, and base::InputError where exhaustive provisioning has too many ways.
std::vector<WindowPlan> plan_windows(const schedule::Problem& expectations,
                                     const windows::WindowPartition& partition, const Objective& objective,
                                     const ScarKnobs& knobs, const PlannedChiplets& chiplets);

/// Ways to cut `pieces` pieces in a row into 1 .. `most` segments, at most `limit` + 1.
std::int64_t count_segmentations(int pieces, int most, std::int64_t limit);

}  // namespace inlay::search::scar
