#pragma once

#include <cstddef>
#include <vector>

namespace inlay::search {

/// A latency (s) and an energy (J) of a pipeline, a window or a schedule; in a lower bound, of none of them.
struct CostPoint {
  double latency = 0.0;
  double energy = 0.0;
};

/// The least energy within every latency: a staircase of points, latency ascending, energy descending.
class ParetoFront {
 public:
  ParetoFront() = default;
  explicit ParetoFront(const CostPoint& only) : points_{only} {}

  void add(const CostPoint& point);
  /// Infinite if nothing takes so little time.
  double energy_within(double latency) const;
  const std::vector<CostPoint>& points() const { return points_; }
  bool empty() const { return points_.empty(); }
  double least_latency() const;  // infinite if empty
  double least_energy() const;   // infinite if empty
  /// A front that is nowhere above this one and has at most about `most` points.
  ParetoFront thinned(std::size_t most) const;

 private:
  std::vector<CostPoint> points_;
};

/// The higher of two energies within every latency: what both bound from below.
ParetoFront higher_of(const ParetoFront& one, const ParetoFront& other);
/// One point of each after the other: latencies and energies add up.
ParetoFront in_sequence(const ParetoFront& one, const ParetoFront& other);
/// One point of each side by side: the slower one decides, energies add up.
ParetoFront side_by_side(const ParetoFront& one, const ParetoFront& other);

}  // namespace inlay::search
