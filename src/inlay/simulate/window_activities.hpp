// A window of a schedule as activities that wait for each other (docs/replay.md "Activities").
#pragma once

#include <cstdint>
#include <vector>

#include "inlay/base/random.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/simulate/activities.hpp"
#include "inlay/simulate/package_resources.hpp"
#include "inlay/simulate/stage_plan.hpp"

namespace inlay::simulate {

/// More would take gigabytes.
constexpr std::int64_t kMostActivities = 5'000'000;

/// Mini-batches of a tensor that passes between two stages for which the receiver has room.
constexpr int kBuffers = 2;

/// Computing times are multiplied by a number drawn evenly from 1 - amount to 1 + amount.
struct Jitter {
  double amount = 0.0;
  base::Random* random = nullptr;
};

struct WindowActivities {
  ActivityGraph graph;
  std::vector<std::vector<StagePlan>> plans;  // [pipeline][stage]
  std::vector<int> last;                      // [pipeline] activity with which it ends
};

/// Throws base::InfeasibleError if a stage does not fit its chiplets, or if there would be more than
/// kMostActivities.
WindowActivities activities_of(const schedule::Problem& problem, const PackageResources& resources,
                               const schedule::Window& window, const Jitter& jitter);

}  // namespace inlay::simulate
