#pragma once

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "inlay/evaluate/fast.hpp"
#include "inlay/search/search.hpp"
#include "inlay/search/windows/window_partition.hpp"
#include "search/exact/every_window.hpp"

namespace inlay::testing {

/// Plain enumeration of a space: every path, every cut, every mini-batch of every model in every window.
class Enumeration {
 public:
  Enumeration(const schedule::Problem& problem, int longest) : windows_(problem, longest), fast_(problem) {}

  /// Latency and energy of all schedules that no other beats; none if nothing is feasible.
  std::vector<std::pair<double, double>> front(
      const std::vector<search::windows::WindowPartition>& partitions) {
    std::vector<std::pair<double, double>> all;
    for (const search::windows::WindowPartition& partition : partitions) {
      std::vector<std::pair<double, double>> sums = {{0.0, 0.0}};
      for (const auto& ranges : partition.windows) {
        std::vector<std::pair<double, double>> next;
        for (const auto& point : window_points(ranges)) {
          for (const auto& sum : sums) {
            next.emplace_back(sum.first + point.first, sum.second + point.second);
          }
        }
        sums = unbeaten(std::move(next));
      }
      all.insert(all.end(), sums.begin(), sums.end());
    }
    return unbeaten(std::move(all));
  }
  /// Least objective value over the partitions; infinite if nothing is feasible. The objective must not
  /// decrease with latency or energy.
  double optimum(const std::vector<search::windows::WindowPartition>& partitions,
                 objective::Objective objective) {
    double best = std::numeric_limits<double>::infinity();
    for (const auto& [latency, energy] : front(partitions)) {
      best = std::min(best, objective.value(latency, energy));
    }
    return best;
  }
  long schedules() const { return schedules_; }

 private:
  static std::vector<std::pair<double, double>> unbeaten(std::vector<std::pair<double, double>> points) {
    std::sort(points.begin(), points.end());
    std::vector<std::pair<double, double>> kept;
    for (const auto& point : points) {
      if (kept.empty() || point.second < kept.back().second) {
        kept.push_back(point);
      }
    }
    return kept;
  }

  std::vector<std::pair<double, double>> window_points(
      const std::vector<search::windows::LayerRange>& ranges) {
    std::vector<std::pair<double, double>> points;
    windows_.walk(ranges, [&](const schedule::Window& window) {
      ++schedules_;
      const evaluate::FastCost cost = fast_.evaluate({{window}, true});
      if (cost.feasible) {
        points.emplace_back(cost.latency, cost.energy);
      }
    });
    return unbeaten(std::move(points));
  }

  EveryWindow windows_;
  evaluate::FastEvaluator fast_;
  long schedules_ = 0;
};

}  // namespace inlay::testing
