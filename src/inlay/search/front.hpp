#pragma once

#include <cstddef>
#include <vector>

namespace inlay::search {

/// A latency (s) and an energy (J) of a pipeline, a window or a schedule; in a lower bound, of none of them.
struct Corner {
  double latency = 0.0;
  double energy = 0.0;
};

/// The least energy within every latency: a staircase of points, latency ascending, energy descending.
class Front {
 public:
  Front() = default;
  explicit Front(const Corner& only) : points_{only} {}

  void add(const Corner& point);
  /// Infinite if nothing takes so little time.
  double energy_within(double latency) const;
  const std::vector<Corner>& points() const { return points_; }
  bool empty() const { return points_.empty(); }
  double least_latency() const;  // infinite if empty
  double least_energy() const;   // infinite if empty
  /// A front that is nowhere above this one and has at most about `most` points.
  Front thinned(std::size_t most) const;

 private:
  std::vector<Corner> points_;
};

/// The higher of two energies within every latency: what both bound from below.
Front higher_of(const Front& one, const Front& other);
/// One point of each after the other: latencies and energies add up.
Front in_sequence(const Front& one, const Front& other);
/// One point of each side by side: the slower one decides, energies add up.
Front side_by_side(const Front& one, const Front& other);

}  // namespace inlay::search
