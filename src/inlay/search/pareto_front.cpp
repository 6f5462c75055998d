#include "inlay/search/pareto_front.hpp"

#include <algorithm>
#include <limits>

namespace inlay::search {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

ParetoFront front_of(std::vector<CostPoint> points) {
  std::sort(points.begin(), points.end(), [](const CostPoint& a, const CostPoint& b) {
    return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
  });
  ParetoFront front;
  for (const CostPoint& point : points) {
    front.add(point);  // at the end, or not at all
  }
  return front;
}

}  // namespace

void ParetoFront::add(const CostPoint& point) {
  if (energy_within(point.latency) <= point.energy) {
    return;
  }
  const auto at =
      std::lower_bound(points_.begin(), points_.end(), point.latency,
                       [](const CostPoint& known, double bound) { return known.latency < bound; });
  auto end = at;
  while (end != points_.end() && end->energy >= point.energy) {
    ++end;
  }
  points_.insert(points_.erase(at, end), point);
}

double ParetoFront::energy_within(double latency) const {
  const auto after =
      std::upper_bound(points_.begin(), points_.end(), latency,
                       [](double bound, const CostPoint& known) { return bound < known.latency; });
  return after == points_.begin() ? kInfinite : (after - 1)->energy;
}

double ParetoFront::least_latency() const {
  return points_.empty() ? kInfinite : points_.front().latency;
}

double ParetoFront::least_energy() const {
  return points_.empty() ? kInfinite : points_.back().energy;
}

ParetoFront ParetoFront::thinned(std::size_t most) const {
  if (points_.size() <= most) {
    return *this;
  }
  ParetoFront result;
  const std::size_t count = points_.size();
  for (std::size_t part = 0; part < most; ++part) {
    const std::size_t begin = part * count / most;
    const std::size_t end = (part + 1) * count / most;
    result.points_.push_back({points_[begin].latency, points_[end - 1].energy});
  }
  return result;
}

ParetoFront higher_of(const ParetoFront& one, const ParetoFront& other) {
  std::vector<CostPoint> points;
  for (const ParetoFront* front : {&one, &other}) {
    for (const CostPoint& point : front->points()) {
      const double energy = std::max(one.energy_within(point.latency), other.energy_within(point.latency));
      if (energy < kInfinite) {
        points.push_back({point.latency, energy});
      }
    }
  }
  return front_of(std::move(points));
}

ParetoFront in_sequence(const ParetoFront& one, const ParetoFront& other) {
  std::vector<CostPoint> sums;
  sums.reserve(one.points().size() * other.points().size());
  for (const CostPoint& a : one.points()) {
    for (const CostPoint& b : other.points()) {
      sums.push_back({a.latency + b.latency, a.energy + b.energy});
    }
  }
  return front_of(std::move(sums));
}

ParetoFront side_by_side(const ParetoFront& one, const ParetoFront& other) {
  std::vector<CostPoint> pairs;
  for (const ParetoFront* front : {&one, &other}) {
    for (const CostPoint& point : front->points()) {
      const double energy = one.energy_within(point.latency) + other.energy_within(point.latency);
      if (energy < kInfinite) {
        pairs.push_back({point.latency, energy});
      }
    }
  }
  return front_of(std::move(pairs));
}

}  // namespace inlay::search
