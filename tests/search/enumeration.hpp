#pragma once

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "inlay/evaluate/fast.hpp"
#include "inlay/search/search.hpp"
#include "inlay/search/window_partition.hpp"

namespace inlay::testing {

/// Plain enumeration of a space: every path, every cut, every mini-batch of every model in every window.
class Enumeration {
 public:
  Enumeration(const schedule::Problem& problem, int longest)
      : problem_(problem), longest_(longest), fast_(problem) {}

  /// Latency and energy of all schedules that no other beats; none if nothing is feasible.
  std::vector<std::pair<double, double>> front(const std::vector<search::WindowPartition>& partitions) {
    std::vector<std::pair<double, double>> all;
    for (const search::WindowPartition& partition : partitions) {
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
  double optimum(const std::vector<search::WindowPartition>& partitions, search::Objective objective) {
    double best = std::numeric_limits<double>::infinity();
    for (const auto& [latency, energy] : front(partitions)) {
      best = std::min(best, search::objective_value(objective, latency, energy));
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

  std::vector<std::pair<double, double>> window_points(const std::vector<search::LayerRange>& ranges) {
    points_.clear();
    window_ = {};
    std::vector<bool> taken(problem_.package.chiplets.size(), false);
    place_model(ranges, 0, taken);
    return unbeaten(points_);
  }

  void place_model(const std::vector<search::LayerRange>& ranges, std::size_t model,
                   std::vector<bool>& taken) {
    if (model == ranges.size()) {
      ++schedules_;
      const evaluate::FastCost cost = fast_.evaluate({{window_}, true});
      if (cost.feasible) {
        points_.emplace_back(cost.latency, cost.energy);
      }
      return;
    }
    if (ranges[model].empty()) {
      place_model(ranges, model + 1, taken);
      return;
    }
    for (const std::int64_t size : problem_.costs.models[model].mini_batches) {
      window_.pipelines.push_back({static_cast<int>(model), size, {}});
      for (int chiplet = 0; chiplet < static_cast<int>(taken.size()); ++chiplet) {
        place_stage(ranges, model, ranges[model].first, chiplet, taken);
      }
      window_.pipelines.pop_back();
    }
  }

  void place_stage(const std::vector<search::LayerRange>& ranges, std::size_t model, int first, int chiplet,
                   std::vector<bool>& taken) {
    if (taken[static_cast<std::size_t>(chiplet)]) {
      return;
    }
    taken[static_cast<std::size_t>(chiplet)] = true;
    const std::size_t pipeline = window_.pipelines.size() - 1;
    for (int last = first + 1; last <= ranges[model].last; ++last) {
      window_.pipelines[pipeline].stages.push_back({first, last, chiplet});
      if (last == ranges[model].last) {
        place_model(ranges, model + 1, taken);
      } else if (static_cast<int>(window_.pipelines[pipeline].stages.size()) < longest_) {
        for (const int next : problem_.package.neighbours[static_cast<std::size_t>(chiplet)]) {
          place_stage(ranges, model, last, next, taken);
        }
      }
      window_.pipelines[pipeline].stages.pop_back();
    }
    taken[static_cast<std::size_t>(chiplet)] = false;
  }

  const schedule::Problem& problem_;
  int longest_;
  evaluate::FastEvaluator fast_;
  schedule::Window window_;
  std::vector<std::pair<double, double>> points_;
  long schedules_ = 0;
};

}  // namespace inlay::testing
