#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "inlay/search/answer.hpp"
#include "inlay/search/pareto_front.hpp"
#include "inlay/search/pipelines/type_shares.hpp"
#include "inlay/search/stop_clock.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::exact {

/// Layers before which a model may be cut: where its blocks begin, and its end; before every layer if it has
/// no blocks. Blocks are told by the names that uses of blocks give their layers: a run of layers whose names
/// share the first word, and the second one too if that is a number (`h.3.` of `h.3.attn.q`), or a run of
/// layers whose names have one word only.
std::vector<int> block_cuts(const workload::Model& model);

/// What models cost at least in two windows, by where they are cut.
struct CutBounds {
  struct Cut {
    int layer = 0;                    // the first one of the second window
    std::vector<ParetoFront> before;  // [share] no way to run the layers before it is below
    std::vector<ParetoFront> after;   // [share] likewise the others
    ParetoFront whole;                // both, one after the other, each with all chiplets
  };
  struct Model {
    std::vector<Cut> cuts;
    ParetoFront least;  // no cut is below it
  };
  std::vector<Model> models;
};

/// All ways to cut every model before one of its blocks, each model's layers before the cut in the first
/// window and the others in the second, as a tree: model by model. Gives them out in the order of their lower
/// bounds.
class CutTree {
 public:
  CutTree(const schedule::Problem& problem, const Objective& objective, CutBounds bounds);

  struct Leaf {
    windows::WindowPartition partition;
    double bound = 0.0;  // of the objective
  };
  /// The next best one with a bound below `incumbent`, if there is one. False if the clock has run out before
  /// it was known, or if the tree has grown too large.
  bool next(double incumbent, const StopClock& clock, Leaf& leaf);
  /// No partition that has not been given out is below it.
  double bound() const;
  bool empty() const { return open_.empty(); }
  bool too_large() const { return too_large_; }

 private:
  struct Node {
    double bound = 0.0;
    std::int64_t number = 0;  // of its making: decides between equals
    std::vector<int> cuts;    // [model] index of its cut, of the first few models
  };
  struct Later {
    bool operator()(const Node& a, const Node& b) const {
      if (a.bound != b.bound) {
        return a.bound > b.bound;
      }
      // Deeper ones first, so that partitions come out early.
      return a.cuts.size() != b.cuts.size() ? a.cuts.size() < b.cuts.size() : a.number > b.number;
    }
  };

  void expand(const Node& node, double incumbent);
  double quick_bound(const std::vector<int>& cuts) const;
  double bound_of(const std::vector<int>& cuts) const;
  double least_value(const ParetoFront& total) const;
  windows::WindowPartition partition_of(const std::vector<int>& cuts) const;

  const schedule::Problem& problem_;
  const Objective& objective_;
  pipelines::TypeShares shares_;
  CutBounds bounds_;
  ParetoFront root_;  // of every schedule
  std::priority_queue<Node, std::vector<Node>, Later> open_;
  std::int64_t made_ = 0;
  bool too_large_ = false;
};

}  // namespace inlay::search::exact
