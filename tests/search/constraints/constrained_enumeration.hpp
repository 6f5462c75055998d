#pragma once

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/objective/objective.hpp"
#include "inlay/search/windows/window_partition.hpp"
#include "search/exact/every_window.hpp"

namespace inlay::testing {

/// Plain enumeration of a space with constraints, filtered by what `verify` checks: the constraints of each
/// window on its own, the order of models over the windows, and when models are done.
class ConstrainedEnumeration {
 public:
  ConstrainedEnumeration(const schedule::Problem& problem, int longest)
      : problem_(problem), windows_(problem, longest) {}

  /// Least objective value over the partitions; infinite if nothing is feasible.
  double optimum(const std::vector<search::windows::WindowPartition>& partitions,
                 objective::Objective objective) {
    double best = std::numeric_limits<double>::infinity();
    for (const search::windows::WindowPartition& partition : partitions) {
      if (!in_order(partition)) {
        continue;
      }
      for (const auto& [latency, energy] : totals(partition)) {
        best = std::min(best, objective.value(latency, energy));
      }
    }
    return best;
  }

 private:
  /// One way to run a window.
  struct Way {
    double latency = 0.0;
    double energy = 0.0;
    std::vector<double> done;  // [model] after the window's beginning; 0 if the model goes on
  };

  /// Checked on any schedule of the partition at all: whole ranges on one chiplet each.
  bool in_order(const search::windows::WindowPartition& partition) const {
    schedule::Problem only_order = problem_;
    only_order.constraints = {};
    only_order.constraints.dependencies = problem_.constraints.dependencies;
    schedule::Schedule schedule;
    for (const auto& ranges : partition.windows) {
      schedule::Window& window = schedule.windows.emplace_back();
      for (std::size_t model = 0; model < ranges.size(); ++model) {
        if (!ranges[model].empty()) {
          window.pipelines.push_back(
              {static_cast<int>(model), 1, {{ranges[model].first, ranges[model].last, 0}}});
        }
      }
    }
    return schedule::check_constraints(only_order, schedule).empty();
  }

  std::vector<std::pair<double, double>> totals(const search::windows::WindowPartition& partition) {
    std::vector<std::pair<double, double>> sums = {{0.0, 0.0}};
    for (const auto& ranges : partition.windows) {
      const std::vector<Way> ways = ways_of(ranges);
      std::vector<std::pair<double, double>> next;
      for (const auto& [latency, energy] : sums) {
        for (const Way& way : ways) {
          if (in_time(latency, way)) {
            next.emplace_back(latency + way.latency, energy + way.energy);
          }
        }
      }
      // Of two beginnings the faster and cheaper one can do whatever the other can.
      std::sort(next.begin(), next.end());
      sums.clear();
      for (const auto& sum : next) {
        if (sums.empty() || sum.second < sums.back().second) {
          sums.push_back(sum);
        }
      }
    }
    return sums;
  }

  bool in_time(double begin, const Way& way) const {
    for (const schedule::LatencyLimit& limit : problem_.constraints.latency_limits) {
      const double done = way.done[static_cast<std::size_t>(limit.model)];
      if (done > 0.0 && begin + done > limit.seconds * (1.0 + schedule::kLatencyTolerance)) {
        return false;
      }
    }
    return true;
  }

  std::vector<Way> ways_of(const std::vector<search::windows::LayerRange>& ranges) {
    ways_.clear();
    windows_.walk(ranges, [&](const schedule::Window& window) { add_window(ranges, window); });
    return ways_;
  }

  void add_window(const std::vector<search::windows::LayerRange>& ranges, const schedule::Window& window) {
    const schedule::Schedule schedule{{window}, true};
    if (!schedule::check_constraints(problem_, schedule).empty()) {
      return;
    }
    try {
      const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem_, schedule);
      Way way{cost.latency, cost.energy.total(), evaluate::model_latencies(problem_, schedule, cost)};
      for (std::size_t model = 0; model < ranges.size(); ++model) {
        const auto layers = static_cast<int>(problem_.scenario.models[model].model.layers.size());
        if (ranges[model].last != layers) {
          way.done[model] = 0.0;
        }
      }
      ways_.push_back(std::move(way));
    } catch (const base::InfeasibleError&) {
      return;
    }
  }

  const schedule::Problem& problem_;
  EveryWindow windows_;
  std::vector<Way> ways_;
};

}  // namespace inlay::testing
