#include "inlay/search/pipelines/label.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace inlay::search::pipelines {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// What a label has where a coordinate counts, and zero where it does not.
struct Point {
  double first;
  double steady;
  double energy;
  double bytes;
};

Point point_of(const Label& label, const LabelDimensions& dimensions) {
  return {dimensions.time ? label.first : 0.0, dimensions.time ? label.steady : 0.0,
          dimensions.energy ? label.energy : 0.0, dimensions.bytes ? label.bytes : 0.0};
}

/// The least energy of kept labels by their largest steady: a staircase, enough where bytes do not count.
class Staircase {
 public:
  void clear() { steps_.clear(); }
  bool dominates(double steady, double energy) const {
    const auto after = std::upper_bound(steps_.begin(), steps_.end(), steady,
                                        [](double bound, const Step& step) { return bound < step.steady; });
    return after != steps_.begin() && (after - 1)->energy <= energy;
  }
  void add(double steady, double energy) {
    const auto at = std::lower_bound(steps_.begin(), steps_.end(), steady,
                                     [](const Step& step, double bound) { return step.steady < bound; });
    if (at != steps_.begin() && (at - 1)->energy <= energy) {
      return;  // kept only because of the tolerance
    }
    auto end = at;
    while (end != steps_.end() && end->energy >= energy) {
      ++end;
    }
    if (at == end) {
      steps_.insert(at, {steady, energy});
    } else {
      *at = {steady, energy};
      steps_.erase(at + 1, end);
    }
  }

 private:
  struct Step {
    double steady;
    double energy;
  };
  std::vector<Step> steps_;  // steady ascending, energy descending
};

/// Kept labels as one array a coordinate, so that a label is held against many of them at once.
class Kept {
 public:
  void clear() {
    staircase_.clear();
    steady_.clear();
    energy_.clear();
    bytes_.clear();
  }
  bool dominates(const Point& limit, bool bytes_count) const {
    return bytes_count ? any(limit) : staircase_.dominates(limit.steady, limit.energy);
  }
  void add(const Point& point, bool bytes_count) {
    if (!bytes_count) {
      staircase_.add(point.steady, point.energy);
      return;
    }
    steady_.push_back(point.steady);
    energy_.push_back(point.energy);
    bytes_.push_back(point.bytes);
  }

 private:
  bool any(const Point& limit) const {
    // The latest ones are the likeliest to dominate: they have the most nearly equal `first`.
    constexpr std::size_t kBlock = 16;
    std::size_t end = steady_.size();
    while (end > 0) {
      const std::size_t begin = end > kBlock ? end - kBlock : 0;
      int found = 0;
      for (std::size_t i = begin; i < end; ++i) {
        found |= static_cast<int>(steady_[i] <= limit.steady) & static_cast<int>(energy_[i] <= limit.energy) &
                 static_cast<int>(bytes_[i] <= limit.bytes);
      }
      if (found != 0) {
        return true;
      }
      end = begin;
    }
    return false;
  }

  Staircase staircase_;
  std::vector<double> steady_;
  std::vector<double> energy_;
  std::vector<double> bytes_;
};

/// A coarse grid over `first` and `steady` with the least energy of each cell: drops most of the dominated
/// labels in linear time, before the rest is sorted.
class CoarseGrid {
 public:
  static constexpr std::size_t kCells = 4096;

  CoarseGrid(std::span<const Point> points, bool steady_counts)
      : columns_(steady_counts ? 32 : 1), rows_(kCells / columns_) {
    double last_first = -kInfinite;
    double last_steady = -kInfinite;
    for (const Point& point : points) {
      first_ = std::min(first_, point.first);
      steady_ = std::min(steady_, point.steady);
      last_first = std::max(last_first, point.first);
      last_steady = std::max(last_steady, point.steady);
    }
    first_scale_ = scale(first_, last_first, rows_);
    steady_scale_ = scale(steady_, last_steady, columns_);
    least_.fill(kInfinite);
    for (const Point& point : points) {
      double& least = least_[row(point) * columns_ + column(point)];
      least = std::min(least, point.energy);
    }
    for (std::size_t at = 1; at < kCells; ++at) {
      if (at % columns_ != 0) {
        least_[at] = std::min(least_[at], least_[at - 1]);
      }
      if (at >= columns_) {
        least_[at] = std::min(least_[at], least_[at - columns_]);
      }
    }
  }

  /// Some label of a cell that is lower in both coordinates has no more energy.
  bool dominated(const Point& point) const {
    const std::size_t r = row(point);
    const std::size_t c = column(point);
    if (r == 0 || (columns_ > 1 && c == 0)) {
      return false;
    }
    return least_[(r - 1) * columns_ + (columns_ > 1 ? c - 1 : 0)] <= point.energy;
  }

 private:
  static double scale(double from, double to, std::size_t count) {
    return to > from ? static_cast<double>(count) * (1.0 - 1e-9) / (to - from) : 0.0;
  }
  std::size_t row(const Point& point) const {
    return static_cast<std::size_t>((point.first - first_) * first_scale_);
  }
  std::size_t column(const Point& point) const {
    return static_cast<std::size_t>((point.steady - steady_) * steady_scale_);
  }

  std::size_t columns_;
  std::size_t rows_;
  double first_ = kInfinite;
  double steady_ = kInfinite;
  double first_scale_ = 0.0;
  double steady_scale_ = 0.0;
  std::array<double, kCells> least_;
};

/// Sorts labels by reference; the index makes the order of equals that of their making, rivals first.
struct Order {
  double first;
  double second;
  std::size_t index;
  bool operator<(const Order& other) const {
    if (first != other.first) {
      return first < other.first;
    }
    return second != other.second ? second < other.second : index < other.index;
  }
};

}  // namespace

void keep_pareto(std::vector<Label>& labels, const std::vector<std::span<const Label>>& rivals,
                 const LabelDimensions& dimensions, double tolerance) {
  if (labels.empty()) {
    return;
  }
  // Reused from call to call: this is the innermost loop of the search.
  thread_local Kept kept;
  thread_local std::vector<Point> points;  // rivals, then labels
  thread_local std::vector<Order> order;
  thread_local std::vector<Label> sorted;
  points.clear();
  bool steady_counts = false;
  const auto add = [&](const Label& label) {
    points.push_back(point_of(label, dimensions));
    steady_counts = steady_counts || points.back().steady > 0.0;
  };
  for (const std::span<const Label> list : rivals) {
    std::for_each(list.begin(), list.end(), add);
  }
  const std::size_t rival_count = points.size();
  std::for_each(labels.begin(), labels.end(), add);

  order.clear();
  std::optional<CoarseGrid> grid;
  if (points.size() > CoarseGrid::kCells / 8 && !dimensions.bytes) {
    grid.emplace(points, steady_counts);
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Point& point = points[i];
    if (!grid || !grid->dominated(point)) {
      order.push_back(
          {dimensions.time ? point.first : point.energy, dimensions.energy ? point.energy : point.bytes, i});
    }
  }
  std::sort(order.begin(), order.end());
  kept.clear();
  sorted.clear();
  const double slack = 1.0 + tolerance;
  for (const Order& next : order) {
    const Point& point = points[next.index];
    const Point limit{point.first, point.steady * slack, point.energy * slack, point.bytes * slack};
    if (!kept.dominates(limit, dimensions.bytes)) {
      kept.add(point, dimensions.bytes);
      if (next.index >= rival_count) {
        sorted.push_back(labels[next.index - rival_count]);
      }
    }
  }
  labels.assign(sorted.begin(), sorted.end());
}

}  // namespace inlay::search::pipelines
