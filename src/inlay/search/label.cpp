#include "inlay/search/label.hpp"

#include <algorithm>
#include <limits>

namespace inlay::search {
namespace {

/// The labels kept so far as one array a coordinate, so that a label is held against many of them at once.
class Kept {
 public:
  bool dominates(double steady, double energy, double bytes) const {
    // The latest ones are the likeliest to dominate: they have the most nearly equal `first`.
    constexpr std::size_t kBlock = 16;
    std::size_t end = steady_.size();
    while (end > 0) {
      const std::size_t begin = end > kBlock ? end - kBlock : 0;
      int found = 0;
      for (std::size_t i = begin; i < end; ++i) {
        found |= static_cast<int>(steady_[i] <= steady) & static_cast<int>(energy_[i] <= energy) &
                 static_cast<int>(bytes_[i] <= bytes);
      }
      if (found != 0) {
        return true;
      }
      end = begin;
    }
    return false;
  }
  void add(const Label& label) {
    steady_.push_back(label.steady);
    energy_.push_back(label.energy);
    bytes_.push_back(label.bytes);
  }
  void clear() {
    steady_.clear();
    energy_.clear();
    bytes_.clear();
  }

 private:
  std::vector<double> steady_;
  std::vector<double> energy_;
  std::vector<double> bytes_;
};

/// Sorts labels by reference; the index makes the order of equals that of their making.
struct Order {
  double first;
  double second;
  std::uint32_t index;
  auto operator<=>(const Order&) const = default;
};

}  // namespace

void keep_pareto(std::vector<Label>& labels, const LabelDimensions& dimensions, double tolerance) {
  // Reused from call to call: this is the innermost loop of the search.
  thread_local Kept kept;
  thread_local std::vector<Order> order;
  thread_local std::vector<Label> sorted;
  kept.clear();
  order.clear();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Label& label = labels[i];
    const double other = dimensions.energy ? label.energy : label.bytes;
    order.push_back({dimensions.time ? label.first : other, other, static_cast<std::uint32_t>(i)});
  }
  std::sort(order.begin(), order.end());
  const double slack = 1.0 + tolerance;
  constexpr double kNoLimit = std::numeric_limits<double>::infinity();
  sorted.clear();
  for (const Order& next : order) {
    const Label& label = labels[next.index];
    const double steady = dimensions.time ? label.steady * slack : kNoLimit;
    const double energy = dimensions.energy ? label.energy * slack : kNoLimit;
    const double bytes = dimensions.bytes ? label.bytes * slack : kNoLimit;
    if (!kept.dominates(steady, energy, bytes)) {
      kept.add(label);
      sorted.push_back(label);
    }
  }
  labels.assign(sorted.begin(), sorted.end());
}

}  // namespace inlay::search
