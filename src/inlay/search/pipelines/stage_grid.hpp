#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "inlay/evaluate/segment_table.hpp"
#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/search/pipelines/path_trie.hpp"
#include "inlay/search/pipelines/supporting_lines.hpp"
#include "inlay/search/sharding/sharded_segments.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::pipelines {

/// What the stages in question have in common: a model's layers of a window, in mini-batches of one size.
struct StageRequest {
  const schedule::Problem& problem;
  const PathTrie& trie;  // its places
  int model = 0;
  windows::LayerRange range;
  const std::vector<int>& cuts;  // layers at which a stage may begin or end; both ends of the range included
  std::int64_t mini_batch = 1;
  std::int64_t mini_batches = 1;  // how many of them: n
};

/// The figures of every stage between two cuts, for every place class of a package and one mini-batch size.
/// A stage that does not fit L2, that pins or bans forbid, or that makes every pipeline prunable, is
/// infinite. Several threads may read.
class StageGrid {
 public:
  explicit StageGrid(const StageRequest& request);
  /// Without the stages of prunable pipelines; `least` is a lower bound of all pipelines in question.
  StageGrid(const StageRequest& request, const PruningThreshold& threshold, const CostPoint& least);

  int last_cut() const { return cuts_ - 1; }
  /// Stage from cut y to cut x, not above the truth: spills may be left out.
  const evaluate::StageFigures& optimistic(int place, int y, int x) const {
    return layers_[static_cast<std::size_t>(place)].optimistic[index(y, x)];
  }
  /// The true figures, worked out when first asked for.
  const evaluate::StageFigures& exact(int place, int y, int x) {
    Layer& layer = layers_[static_cast<std::size_t>(place)];
    const std::size_t at = index(y, x);
    switch (static_cast<State>(layer.states[at].load(std::memory_order_acquire))) {
      case State::kOptimisticIsExact:
        return layer.optimistic[at];
      case State::kSettled:
        return layer.settled[at];
      case State::kUnknown:
        break;
    }
    return settle(place, y, x);
  }

 private:
  enum class State : unsigned char { kUnknown, kOptimisticIsExact, kSettled };
  /// All stages on one place class.
  struct Layer {
    std::vector<evaluate::StageFigures> optimistic;
    std::vector<evaluate::StageFigures> settled;  // where these differ; empty if that is nowhere
    std::unique_ptr<std::atomic<unsigned char>[]> states;
  };
  static std::size_t index(int y, int x) {
    return static_cast<std::size_t>(x) * static_cast<std::size_t>(x - 1) / 2 + static_cast<std::size_t>(y);
  }
  void bar_layers();
  void fill_row(int place, int y, const PruningThreshold& threshold, const CostPoint& least);
  void make_tables();
  evaluate::StageFigures optimistic_figures(int place, int y, int x, bool& exact);
  evaluate::StageFigures figures_of(int place, const evaluate::Segment& segment, int x) const;
  evaluate::StageFigures figures_of(int place, const sharding::ShardedSegment& segment, int x) const;
  bool barred(int place, int from, int to) const;
  evaluate::StageExit exit_of(int place, int x) const;
  int layer_at(int cut) const { return request_.cuts[static_cast<std::size_t>(cut)]; }
  const evaluate::StageFigures& settle(int place, int y, int x);

  StageRequest request_;
  evaluate::FigureConstants constants_;
  int cuts_;
  std::vector<std::unique_ptr<evaluate::SegmentTable>> tables_;  // [chiplet type]
  std::map<evaluate::GridTypes, std::unique_ptr<sharding::ShardedSegments>> sharded_;
  std::vector<double> l2_access_;  // [place class] J per byte of the mean member
  std::vector<Layer> layers_;      // [place class]
  std::vector<std::vector<char>>
      barred_;  // [place class][layer of the range] that may not run there; or empty
  std::mutex settling_;
};

}  // namespace inlay::search::pipelines
