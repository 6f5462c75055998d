#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "inlay/schedule/sharding_demand.hpp"

namespace inlay::schedule {

struct Problem;
struct Schedule;

/// Layers [first, last) of a model run on these chiplets only.
struct Pin {
  int model = 0;
  int first = 0;
  int last = 0;
  std::vector<int> chiplets;
  bool operator==(const Pin&) const = default;
};

/// No layer of the model runs on these chiplets.
struct Ban {
  int model = -1;  // -1: of any model
  std::vector<int> chiplets;
  bool operator==(const Ban&) const = default;
};

/// Every pipeline of the model has this mini-batch size.
struct FixedMiniBatch {
  int model = 0;
  std::int64_t size = 1;
  bool operator==(const FixedMiniBatch&) const = default;
};

/// The model stands on at most so many chiplets at a time, that is in each window.
struct ChipletCap {
  int model = 0;
  int most = 1;
  bool operator==(const ChipletCap&) const = default;
};

/// The model is done this long after the schedule's start (docs/model.md "When a model is done").
struct LatencyLimit {
  int model = 0;
  double seconds = 0.0;
  bool operator==(const LatencyLimit&) const = default;
};

/// The model begins in a window after the last one of another.
struct Dependency {
  int model = 0;
  int waits_for = 0;
  bool operator==(const Dependency&) const = default;
};

/// One thing that is demanded.
using Constraint =
    std::variant<Pin, Ban, FixedMiniBatch, ChipletCap, LatencyLimit, Dependency, ShardingDemand>;

/// What a schedule must fulfil beyond being one. Models, layers and chiplets by their index.
struct Constraints {
  std::vector<Pin> pins;
  std::vector<Ban> bans;
  std::vector<FixedMiniBatch> mini_batches;
  std::vector<ChipletCap> caps;
  std::vector<LatencyLimit> latency_limits;
  std::vector<Dependency> dependencies;
  std::vector<ShardingDemand> shardings;

  bool empty() const {
    return pins.empty() && bans.empty() && mini_batches.empty() && caps.empty() && latency_limits.empty() &&
           dependencies.empty() && shardings.empty();
  }
  /// One of them more.
  void add(const Constraint& constraint);
  /// All, one by one, in the order of the members.
  std::vector<Constraint> each() const;
  bool operator==(const Constraints&) const = default;
};

/// A latency limit is kept if it is exceeded by no more than this share of it: the search takes pipelines
/// whose figures agree to 1e-9 a stage for equal.
constexpr double kLatencyTolerance = 1e-7;

/// Whether a stage of layers [first, last) may stand on a chiplet.
bool may_stand(const Constraints& constraints, int model, int first, int last, int chiplet);
/// Whether a layer may be divided so where it runs on several chiplets.
bool may_divide(const Constraints& constraints, int model, int layer, const Sharding& sharding,
                const Grid& grid);
/// Whether the model may have mini-batches of this size.
bool may_have_size(const Constraints& constraints, int model, std::int64_t size);
/// Chiplets that the model may take in a window; the largest int if nothing caps it.
int most_chiplets(const Constraints& constraints, int model);
/// When the model must be done at the latest, s, the tolerance included; infinite if nothing limits it.
double latest_end(const Constraints& constraints, int model);

/// "pin of model 'm', layers 'a' to 'b', to chiplet c1".
std::string to_string(const Problem& problem, const Constraint& constraint);

/// What of the constraints a schedule breaks, in words, but for latency limits, which are the evaluator's
/// matter (evaluate/latency_limits.hpp). The indices of the schedule must be those of the problem.
std::vector<std::string> check_constraints(const Problem& problem, const Schedule& schedule);

}  // namespace inlay::schedule
