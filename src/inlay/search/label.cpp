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

}  // namespace

void keep_pareto(std::vector<Label>& labels, const LabelDimensions& dimensions, double tolerance) {
  thread_local Kept kept;
  kept.clear();
  std::stable_sort(labels.begin(), labels.end(), [&](const Label& a, const Label& b) {
    if (dimensions.time && a.first != b.first) {
      return a.first < b.first;
    }
    return dimensions.energy ? a.energy < b.energy : a.bytes < b.bytes;
  });
  const double slack = 1.0 + tolerance;
  constexpr double kNoLimit = std::numeric_limits<double>::infinity();
  std::size_t count = 0;
  for (const Label& label : labels) {
    const double steady = dimensions.time ? label.steady * slack : kNoLimit;
    const double energy = dimensions.energy ? label.energy * slack : kNoLimit;
    const double bytes = dimensions.bytes ? label.bytes * slack : kNoLimit;
    if (!kept.dominates(steady, energy, bytes)) {
      kept.add(label);
      labels[count++] = label;
    }
  }
  labels.resize(count);
}

}  // namespace inlay::search
