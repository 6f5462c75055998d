#include "inlay/search/front.hpp"

#include <algorithm>
#include <limits>

namespace inlay::search {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

Front front_of(std::vector<Corner> points) {
  std::sort(points.begin(), points.end(), [](const Corner& a, const Corner& b) {
    return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
  });
  Front front;
  for (const Corner& point : points) {
    front.add(point);  // at the end, or not at all
  }
  return front;
}

}  // namespace

void Front::add(const Corner& point) {
  if (energy_within(point.latency) <= point.energy) {
    return;
  }
  const auto at = std::lower_bound(points_.begin(), points_.end(), point.latency,
                                   [](const Corner& known, double bound) { return known.latency < bound; });
  auto end = at;
  while (end != points_.end() && end->energy >= point.energy) {
    ++end;
  }
  points_.insert(points_.erase(at, end), point);
}

double Front::energy_within(double latency) const {
  const auto after =
      std::upper_bound(points_.begin(), points_.end(), latency,
                       [](double bound, const Corner& known) { return bound < known.latency; });
  return after == points_.begin() ? kInfinite : (after - 1)->energy;
}

double Front::least_latency() const {
  return points_.empty() ? kInfinite : points_.front().latency;
}

double Front::least_energy() const {
  return points_.empty() ? kInfinite : points_.back().energy;
}

Front Front::thinned(std::size_t most) const {
  if (points_.size() <= most) {
    return *this;
  }
  Front result;
  const std::size_t count = points_.size();
  for (std::size_t part = 0; part < most; ++part) {
    const std::size_t begin = part * count / most;
    const std::size_t end = (part + 1) * count / most;
    result.points_.push_back({points_[begin].latency, points_[end - 1].energy});
  }
  return result;
}

Front higher_of(const Front& one, const Front& other) {
  std::vector<Corner> points;
  for (const Front* front : {&one, &other}) {
    for (const Corner& point : front->points()) {
      const double energy = std::max(one.energy_within(point.latency), other.energy_within(point.latency));
      if (energy < kInfinite) {
        points.push_back({point.latency, energy});
      }
    }
  }
  return front_of(std::move(points));
}

Front in_sequence(const Front& one, const Front& other) {
  std::vector<Corner> sums;
  sums.reserve(one.points().size() * other.points().size());
  for (const Corner& a : one.points()) {
    for (const Corner& b : other.points()) {
      sums.push_back({a.latency + b.latency, a.energy + b.energy});
    }
  }
  return front_of(std::move(sums));
}

Front side_by_side(const Front& one, const Front& other) {
  std::vector<Corner> pairs;
  for (const Front* front : {&one, &other}) {
    for (const Corner& point : front->points()) {
      const double energy = one.energy_within(point.latency) + other.energy_within(point.latency);
      if (energy < kInfinite) {
        pairs.push_back({point.latency, energy});
      }
    }
  }
  return front_of(std::move(pairs));
}

}  // namespace inlay::search
