#pragma once

#include <optional>
#include <string>
#include <vector>

#include "inlay/studies/monolith/outcome.hpp"

namespace inlay::studies::monolith {

/// How many times better one outcome is than another; above 1 is better.
struct Ratios {
  double throughput = 1.0;
  double energy_efficiency = 1.0;
  double edp() const { return throughput * energy_efficiency; }
};

Ratios ratios(const Outcome& of, const Outcome& against);

/// What a machine is held against under one condition. One schedule for both ratios: the one with the lowest
/// EDP, which is what every search minimised. Ties: the first.
struct Baselines {
  const Outcome* output_stationary_monolith = nullptr;  // (i) the paper's
  const Outcome* monolith = nullptr;                    // (ii) of any dataflow
  const Outcome* homogeneous = nullptr;                 // (iii) chiplets, all alike
  const Outcome* published_monolith = nullptr;          // (iv) as (i), of MAESTRO's own mappings alone
};

/// Throws base::DefectError if a kind of machine has no outcome. Pointers go into `result`.
Baselines baselines(const ConditionResult& result);

/// Ratios against baselines (i), (ii), (iii), (iv).
struct RatiosAgainst {
  Ratios output_stationary_monolith;
  Ratios monolith;
  Ratios homogeneous;  // `heterogeneity_gain` for a heterogeneous package
  Ratios published_monolith;
};

/// From the paper's baseline to a machine, one change after the other; the ratios of all steps multiply to
/// those against baseline (i).
struct Step {
  std::string name;
  Ratios gain;
};

/// One machine under one condition.
struct Point {
  Condition condition;
  Outcome outcome;
  RatiosAgainst against;
  /// Each ratio against the machine that is best in it alone: no one baseline schedule has both.
  RatiosAgainst against_individually_best;
  /// Energy without what rule B1 adds to it, on the same schedules.
  RatiosAgainst without_repeated_writes;
  std::vector<Step> steps;
  /// What the homogeneous chiplets alone bring without pipelining: the best of strategy `standalone` against
  /// baseline (ii). Nothing where there are more models than chiplets.
  std::optional<Ratios> standalone;
  Outcome output_stationary_monolith;  // (i)
  Outcome monolith;                    // (ii)
  Outcome homogeneous;                 // (iii)
  Outcome published_monolith;          // (iv)
};

/// A point for every package with chiplets, in the order in which packages first occur: its outcome with the
/// lowest EDP found by strategy `exact`.
std::vector<Point> points(const ConditionResult& result);

/// The one point that stands for the study: of heterogeneous packages on one of these workloads, the one with
/// the largest product of both ratios against baseline (i) - the paper says "up to", so it is a largest value
/// that is comparable. Ties: the first. Nothing if no point qualifies.
std::optional<Point> headline(const std::vector<Point>& points, const std::vector<std::string>& workloads);

/// Lowest, middle and highest of a list of ratios.
struct Spread {
  double lowest = 0.0;
  double median = 0.0;
  double highest = 0.0;
};

/// Throws base::DefectError for an empty list. Of an even number the median is the higher middle one.
Spread spread(std::vector<double> values);

/// Geometric means of the steps over all these points; all must have the same steps.
std::vector<Step> mean_steps(const std::vector<Point>& points);

}  // namespace inlay::studies::monolith
