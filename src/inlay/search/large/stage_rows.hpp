#pragma once

#include <cstdint>
#include <vector>

#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/search/large/tiles.hpp"
#include "inlay/search/sharding/plan_options.hpp"
#include "inlay/search/stop_clock.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::large {

/// The figures of every stage of a model's layers of a window, for one mini-batch size, row by row: all
/// stages that begin at a cut stand in a row. A row ends where its stages compute for too long to be
/// promising.
class StageRows {
 public:
  /// Empty rows. `cuts`: layers at which stages may begin or end, both ends of the range included.
  StageRows(const schedule::Problem& problem, int model, int size_index, std::vector<int> cuts);

  /// The next row, that of cut y: `figures` [place][x - y - 1] of `length` stages a place.
  void add(int length, const std::vector<evaluate::StageFigures>& figures);
  void set_least_steady(double seconds) { least_steady_ = seconds; }

  int last_cut() const { return static_cast<int>(cuts_.size()) - 1; }
  /// The layer at which a stage that begins at a cut begins.
  int layer(int cut) const { return cuts_[static_cast<std::size_t>(cut)]; }
  std::int64_t mini_batch() const { return mini_batch_; }
  std::int64_t mini_batches() const { return mini_batches_; }
  /// Stages from cut y on a place: to the cuts y + 1, y + 2, ... Infinite where a stage does not fit L2.
  const evaluate::StageFigures* row(int y, int place) const {
    return figures_.data() + begin_[static_cast<std::size_t>(y)] +
           static_cast<std::size_t>(place) * static_cast<std::size_t>(length(y));
  }
  int length(int y) const { return lengths_[static_cast<std::size_t>(y)]; }
  /// No pipeline's largest steady is below it: that of the slowest layer on the place that suits it best.
  double least_steady() const { return least_steady_; }

 private:
  std::int64_t mini_batch_ = 1;
  std::int64_t mini_batches_ = 1;
  double least_steady_ = 0.0;
  std::vector<int> cuts_;
  std::vector<std::size_t> begin_;               // [y]
  std::vector<int> lengths_;                     // [y]
  std::vector<evaluate::StageFigures> figures_;  // [y][place][x]
};

/// What rows are asked for: a model's layers of a window.
struct RowsRequest {
  const schedule::Problem& problem;
  int model = 0;
  windows::LayerRange range;
  std::vector<int> cuts;
  int size_index = 0;
  double longest = 0.0;  // s; stages that compute for longer are left out
  const StopClock& clock;
};

/// The true figures of stages on single chiplets, by place. When the clock has expired the rows are not all
/// there and must not be used.
StageRows chiplet_rows(const RowsRequest& request, const std::vector<evaluate::StagePlace>& places);

/// [shape] the figures of stages on tiles, by kind, under their plans of shardings. Likewise. `shapes` are
/// similar ones: the plans of the first stand for all, which is nearly right.
std::vector<StageRows> tile_rows(const RowsRequest& request, const std::vector<const TileShape*>& shapes,
                                 const sharding::PlanGoal& goal);

}  // namespace inlay::search::large
