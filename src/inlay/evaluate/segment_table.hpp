#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "inlay/evaluate/prefetch.hpp"
#include "inlay/evaluate/schedule_cost.hpp"

namespace inlay::evaluate {

/// What a stage of layers [first, last) costs on a chiplet type, wherever that chiplet stands. One
/// mini-batch.
struct Segment {
  double compute = 0.0;       // s
  double layer_energy = 0.0;  // J
  StageTraffic traffic;
  bool streamed = false;
  bool feasible = true;               // it fits L2
  bool exact = false;                 // spills are known; before that they are taken as none, a lower bound
  bool fits = false;                  // resident weights are known to leave enough room
  std::int64_t room = kRoomForAll;    // for weights that are loaded ahead, bytes
  std::span<const LayerWork> layers;  // empty: loading weights is taken to be hidden as far as can be
};

/// All segments of a model inside one window, for one mini-batch size and chiplet type. A row (all segments
/// that begin at one layer) is filled when it is first asked for, by sums carried from end to end; whether a
/// segment fits L2 is decided by a running bound where that suffices, and tensor by tensor where it does not.
class SegmentTable {
 public:
  /// Layers [window_first, window_last) of `model`. Keeps references to `problem`.
  SegmentTable(const schedule::Problem& problem, int model, int window_first, int window_last,
               std::int64_t mini_batch, int type);

  /// With spills still unknown where that is costly: never more than the true figures.
  const Segment& optimistic(int first, int last) {
    return row(first)[static_cast<std::size_t>(last - first - 1)];
  }
  /// The true figures, equal to those of the reference evaluator.
  const Segment& exact(int first, int last) {
    Segment& segment = row(first)[static_cast<std::size_t>(last - first - 1)];
    if (!segment.exact) {
      make_exact(first, last, segment);
    }
    return segment;
  }
  /// Gives back the memory of the segments that begin at `first`; asked for again, they are made again.
  void forget(int first) {
    std::vector<Segment>().swap(rows_[static_cast<std::size_t>(first - window_first_)]);
  }
  int window_first() const { return window_first_; }
  int window_last() const { return window_last_; }

 private:
  struct TensorFacts {
    std::int64_t bytes = 0;  // of a mini-batch
    int producer = -1;       // -1 if made before the window
    int last_use = -1;       // inside the window
    bool needed_later = false;
    bool through_memory = false;
    bool forwarded() const { return producer >= 0 && !through_memory; }
  };
  std::vector<Segment>& row(int first) {
    std::vector<Segment>& segments = rows_[static_cast<std::size_t>(first - window_first_)];
    if (segments.empty()) {
      fill(first, segments);
    }
    return segments;
  }
  void fill(int first, std::vector<Segment>& segments);
  void add_layer(int first, int layer, Segment& running, std::int64_t& pending);
  void settle(Segment& segment, std::int64_t bound, std::int64_t largest_tile) const;
  std::vector<std::int64_t> needs(int first, int last) const;
  int largest_to_spill(int first, int last, int layer, const std::vector<char>& spilled) const;
  void make_exact(int first, int last, Segment& segment);
  void fit(int first, int last, Segment& segment);
  std::int64_t held_bytes(const TensorFacts& tensor, int first, int last, int layer, int last_use_here) const;
  int last_use_before(int tensor, int last) const;

  const workload::Model& model_;
  const cost::ModelCosts& costs_;
  std::int64_t mini_batch_;
  int mini_batch_index_;
  int type_;
  std::int64_t capacity_;
  double clock_;
  int window_first_;
  int window_last_;
  bool prefetches_;                       // loading weights takes time, behind computing
  std::vector<LayerWork> work_;           // [layer - window_first] where that is so
  std::vector<TensorFacts> tensors_;      // [tensor of the model]
  std::vector<std::int64_t> forwarded_;   // [cut - window_first] bytes that cross it along the pipeline
  std::vector<std::int64_t> need_bound_;  // [layer - window_first] tile and twice all that can be live
  std::vector<std::vector<int>> live_;  // [layer - window_first] tensors made in the window that may be live
  std::vector<int> seen_in_fill_;       // [tensor] the latest filling of a row that has counted its read
  int fills_ = 0;                       // rows filled so far
  std::vector<std::vector<Segment>> rows_;
};

}  // namespace inlay::evaluate
