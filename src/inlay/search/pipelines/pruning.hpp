#pragma once

#include <limits>
#include <vector>

#include "inlay/search/answer.hpp"
#include "inlay/search/pareto_front.hpp"

namespace inlay::search::pipelines {

/// What a search for a front has found so far, and what else is known of it.
struct FrontTarget {
  ParetoFront known;   // of schedules: latency in s, energy in J, static energy included
  double slack = 1.0;  // only what no known point beats when both its coordinates are divided by it is sought
  double earliest = 0.0;  // s; no schedule is faster
  double latest =
      std::numeric_limits<double>::infinity();  // s; what is slower needs no less energy than known

  /// A schedule of this latency is promising if its energy is below this.
  double energy_below(double latency) const;
};

/// Lower bounds on the rest of the schedule around a pipeline, and the value to beat: decides whether a
/// pipeline with at least some latency, energy and memory bytes can still be part of a better schedule.
struct PruningContext {
  Objective objective = Objective::kEdp;
  double incumbent = 0.0;           // objective value of the best schedule so far
  double static_power = 0.0;        // W
  double seconds_per_byte = 0.0;    // of the whole memory; 0 where windows do not share it
  bool contended = false;           // pipelines delay each other at that memory
  ParetoFront window{CostPoint{}};  // the window's other pipelines
  double window_bytes = 0.0;        // likewise
  ParetoFront rest{CostPoint{}};    // the other windows
  double latency_limit = std::numeric_limits<double>::infinity();  // of the schedule, s
  /// Of the pipeline itself, s: what is left of its model's latency limit if all windows before take as
  /// little as they can.
  double own_limit = std::numeric_limits<double>::infinity();
  bool limits = false;          // latencies of models are limited, so time counts whatever the objective
  double earliest_begin = 0.0;  // of the window, s
  bool first_window = true;     // it begins at once
  const FrontTarget* front = nullptr;  // a front is sought: it takes the place of objective and incumbent
};

/// The energy (J) below which a pipeline is promising, by its latency (s): never increases. A pipeline that
/// takes longer gives its neighbours more time, so all that follow are looked at.
class PruningThreshold {
 public:
  explicit PruningThreshold(const PruningContext& context);
  /// The same with other neighbours in the window.
  PruningThreshold(const PruningContext& context, const ParetoFront& window);

  double energy(double latency) const;
  bool can_prune(double latency, double energy, double bytes) const;

 private:
  /// Of a whole schedule, before static energy.
  double of_schedule(double latency) const;
  /// Whatever the pipeline's own limit.
  double energy_of_window(double latency) const;
  /// Of a window that takes this long; the window's other pipelines count as nothing.
  double of_window(double latency) const;

  struct Step {
    double latency;    // from here on
    double energy;     // of the window's other pipelines
    double later = 0;  // the most that is allowed from here on
  };
  Objective objective_;
  double incumbent_;
  double static_power_;
  double seconds_per_byte_;
  double window_bytes_;
  double latency_limit_;
  double own_limit_;
  const FrontTarget* front_;
  std::vector<CostPoint> rest_;
  std::vector<Step> steps_;
};

}  // namespace inlay::search::pipelines
