#pragma once

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "inlay/schedule/schedule.hpp"
#include "inlay/search/large/chiplet_ordering.hpp"
#include "inlay/search/large/interval_pipelines.hpp"
#include "inlay/search/large/tiles.hpp"

namespace inlay::search::large {

/// A window whose pipelines stand on intervals of an ordering.
struct WindowPlan {
  ChipletOrdering ordering;
  double latency = 0.0;  // s, memory bandwidth included where it is shared
  double energy = 0.0;   // J
  double bytes = 0.0;
  std::vector<schedule::Pipeline> pipelines;
  /// [model of the window] its interval of the ordering, and where the next interval begins
  struct Interval {
    int begin = 0;
    int end = 0;
  };
  std::vector<Interval> intervals;
};

/// How a window is to be packed.
struct PackingQuestion {
  const ChipletKinds& kinds;
  const Tiles& tiles;
  const WindowStages& window;
  double seconds_per_byte = 0.0;  // of the memory that windows share
  ObjectiveGradient gradient;
  double per_byte = 0.0;       // price of a byte through memory, in the unit of a joule times its worth
  std::vector<double> levels;  // s, ascending: latencies of the window that are tried
};

/// Where the stages of a pipeline stand along an interval of an ordering: on single chiplets, or on tiles of
/// one shape, each of chiplets that follow each other.
struct IntervalRun {
  static constexpr int kChiplets = -1;
  int shape = kChiplets;    // of the tiles
  std::vector<int> places;  // [stage] of the chiplet, or the kind of the tile
  auto operator<=>(const IntervalRun&) const = default;
};

/// One way to lay a model from a place of an ordering on.
struct IntervalChoice {
  const IntervalPipelines* pipelines;
  int members;  // chiplets of a stage
};

/// The cheapest pipelines of every model on intervals of orderings: those on intervals whose chiplets are
/// alike are worked out once.
class IntervalTables {
 public:
  /// `cuts`: [model] where stages on single chiplets may begin. Keeps a reference to it.
  IntervalTables(PackingQuestion question, const std::vector<std::vector<int>>& cuts);
  IntervalTables(const IntervalTables&) = delete;
  IntervalTables& operator=(const IntervalTables&) = delete;

  /// Works out what is not known yet of these orderings' intervals. False if the clock expired.
  bool prepare(const std::vector<ChipletOrdering>& orderings, int threads, const StopClock& clock);
  /// The model's pipelines from a place of an ordering on; the ordering has been prepared.
  std::vector<IntervalChoice> at(std::size_t model, const ChipletOrdering& ordering, int begin) const;
  /// The runs of a model from there on that take at most so many chiplets.
  std::vector<IntervalRun> runs(std::size_t model, const ChipletOrdering& ordering, int begin,
                                int most_chiplets) const;
  std::unique_ptr<IntervalPipelines> make(std::size_t model, const IntervalRun& run) const;
  /// Chiplets of a stage.
  int members(const IntervalRun& run) const;
  const PackingQuestion& question() const { return question_; }
  /// Intervals begin at every so manieth chiplet.
  int stride() const { return stride_; }
  std::int64_t evaluations() const { return evaluations_; }
  std::size_t size() const { return tables_.size(); }

 private:
  using Key = std::pair<std::size_t, IntervalRun>;  // model and run
  IntervalRun chiplet_run(const ChipletOrdering& ordering, int begin, int most_stages) const;
  IntervalRun tile_run(const ChipletOrdering& ordering, int begin, int shape, int most_stages) const;
  int longest() const;

  PackingQuestion question_;
  const std::vector<std::vector<int>>& cuts_;
  std::vector<std::vector<std::vector<int>>> tile_cuts_;  // [shape][model] all that there are
  IntervalQuestion asked_;
  int chiplets_;
  int stride_;
  std::map<Key, std::unique_ptr<IntervalPipelines>> tables_;
  std::int64_t evaluations_ = 0;
};

/// The models of the window on disjoint intervals of an ordering that has been prepared: for every level the
/// cheapest pipelines of every interval, put in a row by dynamic programming over sets of models (of many
/// models: the likeliest sets only), then the level of the best worth. Nothing if no level has room for all
/// models, or if there are more than 63.
std::optional<WindowPlan> pack_ordering(const IntervalTables& tables, const ChipletOrdering& ordering);

/// The same intervals with pipelines of other cuts, mini-batches and numbers of stages.
std::optional<WindowPlan> repack(const PackingQuestion& question, const WindowPlan& plan,
                                 const std::vector<std::vector<int>>& cuts, int threads,
                                 std::int64_t& evaluations);

/// What a window costs at a worth.
double cost_of(const ObjectiveGradient& gradient, const WindowPlan& plan);

}  // namespace inlay::search::large
