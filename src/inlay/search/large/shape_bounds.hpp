#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <tuple>
#include <vector>

#include "inlay/cost/cost_table.hpp"
#include "inlay/search/large/tiles.hpp"
#include "inlay/search/pareto_front.hpp"
#include "inlay/search/pipelines/pipeline_bound.hpp"
#include "inlay/search/sharding/plan_options.hpp"
#include "inlay/search/stop_clock.hpp"
#include "inlay/search/windows/window_partition.hpp"

// Lower bounds of windows in which all stages of a model stand on submeshes of one shape: first from what
// each layer takes at least on that shape, then, where it matters, from what whole stages really take.

namespace inlay::search::large {

/// What the layers of all models take at least on one shape, single chiplets included.
struct ShapeCosts {
  int members = 1;
  std::vector<std::vector<cost::LeastCost>> least;  // [model][layer x mini-batch sizes + size]
};

/// Of the shape of single chiplets, then of the tiles' shapes.
std::vector<ShapeCosts> shape_costs(const schedule::Problem& problem, const Tiles& tiles, int threads);

/// What the stages of a pipeline on one shape take together, whatever its cuts and shardings: one
/// mini-batch's seconds of computing and exchanging and its joules of layers and exchanges count at least
/// `price`, less `relayout` for every cut. A price of 0 says nothing.
struct PriceOfStages {
  double per_second = 0.0;
  double per_joule = 0.0;
  double price = 0.0;
  double relayout = 0.0;
};

/// What a model's layers of a window take on a shape, worked out once for all windows. For several threads.
class WholeStages {
 public:
  /// Keeps references.
  WholeStages(const schedule::Problem& problem, const Tiles& tiles, const sharding::PlanGoal& goal)
      : problem_(problem), tiles_(tiles), goal_(goal) {}

  /// As one stage, under the plan of shardings that the objective asks for, on the best tile for each.
  /// `shape`: as in shape_costs(). Infinite if no tile has room for the stage; nothing if the clock expired.
  std::optional<CostPoint> of(int model, const windows::LayerRange& range, int size, std::size_t shape,
                              const StopClock& clock);
  /// In any number of stages on a shape of several chiplets. Known only where all tiles have members of the
  /// same types and the best plan of all layers is known exactly.
  PriceOfStages price_of(int model, const windows::LayerRange& range, int size, std::size_t shape);

 private:
  PriceOfStages worked_out(int model, const windows::LayerRange& range, int size,
                           const evaluate::GridTypes& members) const;
  using Key = std::tuple<int, int, int, int, std::size_t>;
  const schedule::Problem& problem_;
  const Tiles& tiles_;
  sharding::PlanGoal goal_;
  std::mutex mutex_;
  std::map<Key, CostPoint> known_;
  std::map<Key, PriceOfStages> prices_;
};

/// The least energy of a window within every latency, J without static energy. Each model picks a mini-batch
/// size, a shape and a number of stages. At first a pipeline's stages are taken to share its work evenly and
/// to exchange nothing. The models' chiplets are added up, those of different types alike.
class ShapeBound {
 public:
  /// `ranges`: [model]. Keeps references to the problem and the shapes.
  ShapeBound(const schedule::Problem& problem, const std::vector<ShapeCosts>& shapes,
             const std::vector<windows::LayerRange>& ranges);

  const ParetoFront& front() const { return front_; }
  /// Works out what the stages really take that the front rests on around a point; raises the front. False if
  /// nothing is left to be worked out there, or the clock expired.
  bool refine(const CostPoint& around, WholeStages& stages, int threads, const StopClock& clock);

 private:
  /// One way to run a model's layers.
  struct Way {
    std::size_t model = 0;  // of the window
    int size = 0;
    std::size_t shape = 0;
    int stages = 1;
    int chiplets = 1;
    double latency = 0.0;  // s, at least
    double energy = 0.0;   // J, at least
    bool exact = false;
  };
  struct Knapsack;
  /// What a model's layers take on a shape at least, in one mini-batch and in moves.
  struct Work {
    double seconds = 0.0;
    double slowest = 0.0;  // s, of a layer
    double joules = 0.0;
    pipelines::CompulsoryMoves moves;
    double mini_batches = 1.0;
  };
  Work work_of(const Way& way) const;
  void set_figures(const Work& work, Way& way) const;
  void refine_cuts(const Way& way, const PriceOfStages& price, std::vector<Way>& finer) const;
  void add_ways(std::size_t model);
  void remake_front();
  std::vector<std::size_t> ways_of(double latency) const;
  std::vector<std::size_t> open_ways(const CostPoint& around) const;

  const schedule::Problem& problem_;
  const std::vector<ShapeCosts>& shapes_;
  int chiplets_;
  std::vector<int> models_;                  // of the window, their numbers in the scenario
  std::vector<windows::LayerRange> ranges_;  // of these
  std::vector<Way> ways_;                    // by latency
  std::map<double, std::size_t> admitted_;   // by latency of a point: so many ways were admitted there
  ParetoFront front_;
};

}  // namespace inlay::search::large
