#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "inlay/search/pipelines/path_trie.hpp"
#include "inlay/search/pipelines/stage_grid.hpp"
#include "inlay/search/scar/window_plan.hpp"
#include "inlay/search/stop_clock.hpp"

namespace inlay::search::scar {

/// A way to cut a model's part of a window into segments, with one mini-batch size, and what each segment
/// costs as a stage on every place.
struct Candidate {
  std::int64_t mini_batch = 1;
  std::int64_t mini_batches = 1;
  double score = 0.0;     // expected over the places; smaller is better
  std::vector<int> cuts;  // layers at which segments begin, and the end
  std::vector<evaluate::StageFigures>
      figures;  // [stage * places + place]; infinite where the stage does not fit
  int stages() const { return static_cast<int>(cuts.size()) - 1; }
};

/// What a stage is expected to cost on a chiplet chosen at random among those that it fits; infinite if it
/// fits none.
struct ExpectedStage {
  double first = std::numeric_limits<double>::infinity();
  double steady = std::numeric_limits<double>::infinity();
  double energy = std::numeric_limits<double>::infinity();
};
/// `figures` and `shares`: [place].
ExpectedStage expected_stage(const evaluate::StageFigures* figures, const std::vector<double>& shares);

/// A model's part of a window with one mini-batch size.
struct SegmentationQuestion {
  const schedule::Problem& problem;
  const Objective& objective;
  const pipelines::PathTrie& trie;
  const std::vector<double>& shares;  // [place] of the chiplets that may be used
  const ModelPart& part;
  int size = 0;  // index into the cost table's mini-batch sizes
  int top = 1;
};

struct Segmentations {
  std::vector<Candidate> candidates;  // the `top` best of every number of segments
  std::int64_t evaluations = 0;       // segmentations scored
  bool complete = true;               // false: stopped, the candidates mean nothing
};

/// Scores all segmentations with at most `part.most` segments between `part.cuts`: expected first, steady and
/// energy of every segment over the chiplets, put together as a pipeline.
Segmentations score_segmentations(const SegmentationQuestion& question, const StopClock& clock);

/// The figures of stages between cuts (indices) on all places, spills included.
std::vector<evaluate::StageFigures> figures_on_places(pipelines::StageGrid& grid, std::size_t places,
                                                      const std::vector<int>& cuts);

/// What a stage grid is asked about a part and one mini-batch size.
pipelines::StageRequest grid_request(const schedule::Problem& problem, const pipelines::PathTrie& trie,
                                     const ModelPart& part, int size);

}  // namespace inlay::search::scar
