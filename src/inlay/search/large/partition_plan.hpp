#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "inlay/search/large/ordering_packing.hpp"
#include "inlay/search/large/shape_bounds.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::search::large {

/// How hard a partition is worked on.
struct Effort {
  int cuts =
      48;  // places of a model's layers in a window where stages may begin, until a plan is worked out finely
  int threads = 1;
  bool coarse_only = false;  // stages begin at those places only, and nothing is worked out finely
  bool on_tiles = true;      // else stages stand on single chiplets
};

/// One window partition while it is searched: its stages, its bound, and its best schedule so far.
class PartitionPlan {
 public:
  /// `shapes`: where in a window all stages of a model stand on one of these, else empty; `stages` of them.
  /// Keeps references.
  PartitionPlan(const schedule::Problem& problem, const ChipletKinds& kinds, const Tiles& tiles,
                const std::vector<ShapeCosts>& shapes, WholeStages& stages,
                const windows::WindowPartition& partition, const Objective& objective, const Effort& effort);

  const windows::WindowPartition& partition() const { return partition_; }
  /// No schedule of the partition is below it.
  double bound() const { return bound_; }
  int rounds() const { return rounds_; }
  /// Whether more rounds promise little.
  bool settled() const;
  std::int64_t evaluations() const { return evaluations_; }
  bool has_schedule() const { return !placed_.empty(); }
  double latency() const;  // s
  double energy() const;   // J, static energy included
  double value() const;
  schedule::Schedule schedule() const;

  /// Tries orderings for every window. False if the clock expired: nothing is known then.
  bool place(const std::vector<ChipletOrdering>& orderings, double incumbent, const StopClock& clock);
  /// Tries more orderings; keeps what is better. Only where there is a schedule.
  void replace(const std::vector<ChipletOrdering>& orderings, const StopClock& clock);
  /// One round of all windows' bounds, for schedules below the incumbent. False if the clock expired.
  bool raise_bound(double incumbent, const StopClock& clock);
  /// Changes of one window's ordering, `tries` of them; true if that has made the schedule better.
  bool change(std::size_t window, int tries, base::Random& random, const StopClock& clock);
  std::size_t windows() const { return partition_.windows.size(); }

 private:
  struct Placed {
    WindowPlan plan;           // with all cuts
    ChipletOrdering ordering;  // that is changed next: of the least cost with few cuts,
    double coarse_cost = 0.0;  // which is this
  };
  ObjectiveGradient gradient() const;
  ObjectiveGradient gradient_at(double latency, double energy) const;
  bool time_counts() const;
  void bound_by_layers();
  double latest(std::size_t window, double incumbent) const;
  std::vector<int> tile_cuts(int model, const windows::LayerRange& range, const TileShape& shape) const;
  struct RowsTask;
  bool tried_on_tiles(int model, int size) const;
  std::vector<RowsTask> rows_tasks(const std::vector<double>& latest) const;
  std::vector<MinibatchStagesOfRange> make_rows(const RowsTask& task, double latest,
                                                const StopClock& clock) const;
  void forget_stages();
  bool make_stages(const std::vector<double>& latest, const StopClock& clock);
  bool make_bounds(double incumbent, const StopClock& clock);
  bool raise_shape_bounds(const StopClock& clock);
  /// The least that the windows' fronts allow; raises the partition's bound to it.
  CostPoint least_corner(const std::vector<const ParetoFront*>& fronts);
  CostPoint least_corner();
  std::vector<CostPoint> parts_of(const CostPoint& corner) const;
  bool place_windows(const std::vector<ChipletOrdering>& orderings, const StopClock& clock);
  std::optional<WindowPlan> best_of(std::size_t window, const std::vector<ChipletOrdering>& orderings,
                                    const std::vector<double>& levels, const StopClock& clock);
  std::optional<WindowPlan> best_of(IntervalTables& tables, const std::vector<ChipletOrdering>& orderings,
                                    const StopClock& clock);
  std::optional<WindowPlan> finely(std::size_t window, const WindowPlan& plan);
  void take(std::size_t window, const WindowPlan& coarse);
  PackingQuestion question_of(std::size_t window, std::vector<double> levels) const;
  std::vector<double> levels_between(std::size_t window, double from, double to) const;

  const schedule::Problem& problem_;
  const ChipletKinds& kinds_;
  const Tiles& tiles_;
  const std::vector<ShapeCosts>& shapes_;
  WholeStages& whole_stages_;
  const windows::WindowPartition& partition_;
  Objective objective_;
  Effort effort_;
  double seconds_per_byte_;
  double bound_ = 0.0;
  int rounds_ = 0;
  std::int64_t evaluations_ = 0;
  std::vector<double> latest_;  // [window] stages that are promising only beyond it have been left out
  std::vector<WindowStages> stages_;
  // [window][model] where stages on single chiplets may begin, indices into their layers:
  std::vector<std::vector<std::vector<int>>> coarse_cuts_;  // few of them,
  std::vector<std::vector<std::vector<int>>> all_cuts_;     // and all
  std::vector<WindowBound> bounds_;                         // [window] on single chiplets; or
  std::vector<ShapeBound> shape_bounds_;                    // [window] on shapes
  bool settled_on_shapes_ = false;
  std::vector<std::unique_ptr<IntervalTables>> changing_;  // [window] for the orderings that are changed
  std::vector<Placed> placed_;                             // [window]; of none if some window has no plan
};

}  // namespace inlay::search::large
