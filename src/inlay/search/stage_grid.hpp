#pragma once

#include <memory>
#include <vector>

#include "inlay/evaluate/segment_table.hpp"
#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/search/pipeline_search.hpp"

namespace inlay::search {

/// The figures of every stage between two cuts, for every place of a package and one mini-batch size, and
/// what the rest of a pipeline costs at least from every cut on.
class StageGrid {
 public:
  StageGrid(const PipelineQuestion& question, std::int64_t mini_batch, std::int64_t mini_batches);

  int last_cut() const { return cuts_ - 1; }
  /// Stage from cut y to cut x on a place class. Spills may be left out; `settle` gives the truth.
  const evaluate::StageFigures& figures(int place, int y, int x) const {
    return cells_[static_cast<std::size_t>(place)][index(y, x)];
  }
  bool settled(int place, int y, int x) const {
    return settled_[static_cast<std::size_t>(place)][index(y, x)] != 0;
  }
  /// Works out the true figures; `first` is infinite if the stage does not fit L2.
  void settle(int place, int y, int x);

  // Least cost of the stages from cut x to the end, each coordinate on its own.
  const std::vector<double>& rest_first() const { return rest_first_; }
  const std::vector<double>& rest_steady() const { return rest_steady_; }
  const std::vector<double>& rest_energy() const { return rest_energy_; }
  const std::vector<double>& rest_bytes() const { return rest_bytes_; }

 private:
  static std::size_t index(int y, int x) {
    return static_cast<std::size_t>(x) * static_cast<std::size_t>(x - 1) / 2 + static_cast<std::size_t>(y);
  }
  evaluate::StageFigures figures_of(int place, const evaluate::Segment& segment, int x) const;
  void derive_rest();

  const PipelineQuestion& question_;
  evaluate::FigureConstants constants_;
  std::int64_t mini_batches_;
  int cuts_;
  std::vector<std::unique_ptr<evaluate::SegmentTable>> tables_;  // [chiplet type]
  std::vector<std::vector<evaluate::StageFigures>> cells_;       // [place][index]
  std::vector<std::vector<char>> settled_;
  std::vector<double> rest_first_;
  std::vector<double> rest_steady_;
  std::vector<double> rest_energy_;
  std::vector<double> rest_bytes_;
};

}  // namespace inlay::search
