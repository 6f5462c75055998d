#pragma once

#include <map>
#include <memory>
#include <vector>

#include "inlay/evaluate/segment_table.hpp"
#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/search/sharding/plan_table.hpp"

namespace inlay::search::sharding {

/// What a stage of layers [first, last) costs on a kind of submesh under its plan. One mini-batch.
struct ShardedSegment : evaluate::SubmeshStage {
  bool resident_plan = true;  // the plan for weights that stay; else the one for weights that are streamed
  bool feasible = true;
  bool exact = false;  // spills are known
  bool fits = false;   // resident weights are known to leave enough room
};

/// All segments of a model inside one window on one kind of submesh, for one mini-batch size. Two plans are
/// made: for weights that stay in L2, so that loading them is shared by all mini-batches, and for weights
/// that are streamed. A stage takes the first where it lets the weights stay, else the second. Not for
/// several threads at once.
class ShardedSegments {
 public:
  /// Layers [window_first, window_last). `example` is a submesh of the kind.
  ShardedSegments(const schedule::Problem& problem, int model, int window_first, int window_last,
                  std::int64_t mini_batch, const hardware::Submesh& example, PlanTable& plans);

  /// With spills still unknown where that is costly: never more than the true figures. May be two: what a
  /// stage is that cannot yet tell which plan it takes.
  std::vector<ShardedSegment> optimistic(int first, int last);
  /// The true figures, equal to those of the reference evaluator.
  const ShardedSegment& exact(int first, int last);
  std::vector<schedule::Sharding> shardings(int first, int last);
  /// Gives back the memory of the segments that begin at `first`, and of their plans; what exact() returned
  /// of them is gone. Asked for again, they are made again.
  void forget(int first);

 private:
  const std::vector<std::int64_t>& held_bound(int first);
  ShardedSegment segment_of(int first, int last, bool resident_plan);
  ShardedSegment settled(int first, int last, bool resident_plan);
  void fit(int first, int last, ShardedSegment& segment);

  const schedule::Problem& problem_;
  const workload::Model& model_;
  int model_index_;
  int window_first_;
  int window_last_;
  std::int64_t mini_batch_;
  hardware::Submesh example_;
  PlanTable& plans_;
  evaluate::SegmentTable traffic_;      // of the same segments on one chiplet
  std::vector<std::int64_t> gathered_;  // [layer - window_first] of all layers before it, on one chiplet
  /// [first - window_first][layer - first] L2 that all tensors of the window take at most up to this layer;
  /// empty: not yet known
  std::vector<std::vector<std::int64_t>> held_bounds_;
  std::map<std::pair<int, int>, ShardedSegment> exact_;
};

}  // namespace inlay::search::sharding
