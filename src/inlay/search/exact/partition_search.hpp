#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "inlay/search/packing/window_packing.hpp"

namespace inlay::search::exact {

/// How finely a partition is searched.
struct Resolution {
  int most_cuts = 0;        // cuts per model and window, evenly over the expected work; 0: between all layers
  double tolerance = 1e-9;  // relative dominance of labels
  int most_stages = 0;      // of a pipeline; 0: as many as the space allows
};

/// A schedule with the totals that the search has found for it.
struct Found {
  schedule::Schedule schedule;
  double latency = 0.0;  // s
  double energy = 0.0;   // J, static energy included
  double value = 0.0;    // of the objective
  bool in_time = true;   // the latency limits of its models are kept
};

struct PartitionResult {
  std::optional<Found> best;  // better than the incumbent; nothing if there is none
  std::vector<Found> front;   // where a front is sought, instead of `best`: what no known point beats
  ParetoFront lower;          // likewise, for promising schedules with the cuts in question
  bool complete = true;       // nothing better was overlooked
  bool too_large = false;     // a window has more combinations of pipelines than are kept in memory
  std::int64_t evaluations = 0;
  double bound = 0.0;  // of the objective: no schedule with the cuts in question is below the lesser of
                       // it and the incumbent
  double searched_value = 0.0;  // of `best`, where the search left out the memory that windows share
  bool waits = false;           // and something that was found is slower for that memory
};

struct PartitionQuestion {
  const schedule::Problem& problem;
  const pipelines::PathTrie& trie;
  const windows::WindowPartition& partition;
  Objective objective = Objective::kEdp;
  double incumbent = 0.0;  // only what is below this is sought
  int longest = 1;         // most stages of a pipeline
  Resolution resolution;
  int threads = 1;
  double latency_limit = std::numeric_limits<double>::infinity();  // s; only schedules within it are sought
  const schedule::Schedule* keep_cuts = nullptr;                   // its cuts stand among the coarse ones
  const pipelines::FrontTarget* front =
      nullptr;  // a front is sought: it takes the place of objective and incumbent
};

/// The best schedule over one window partition that is below the incumbent: pipelines of every window and
/// model, packed within the windows, windows added up. With all cuts and a complete search it is the optimum,
/// or the whole front.
PartitionResult search_partition(const PartitionQuestion& question, const StopClock& clock,
                                 std::int64_t evaluations_left);

/// No schedule of a partition is below it, from layers alone; static energy included.
ParetoFront partition_front(const schedule::Problem& problem, const windows::WindowPartition& partition);
/// A lower bound of the objective over all schedules of a partition, from layers alone.
double partition_bound(const schedule::Problem& problem, const windows::WindowPartition& partition,
                       const Objective& objective);

}  // namespace inlay::search::exact
