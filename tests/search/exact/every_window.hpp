#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/search/windows/window_partition.hpp"

namespace inlay::testing {

/// Every way to run a window: every path of at most `longest` chiplets, every cut, every mini-batch of every
/// model.
class EveryWindow {
 public:
  EveryWindow(const schedule::Problem& problem, int longest) : problem_(problem), longest_(longest) {}

  /// Shows each of them, once.
  void walk(const std::vector<search::windows::LayerRange>& ranges,
            const std::function<void(const schedule::Window&)>& visit) {
    window_ = {};
    std::vector<bool> taken(problem_.package.chiplets.size(), false);
    place_model(ranges, 0, taken, visit);
  }

 private:
  using Visit = std::function<void(const schedule::Window&)>;

  void place_model(const std::vector<search::windows::LayerRange>& ranges, std::size_t model,
                   std::vector<bool>& taken, const Visit& visit) {
    if (model == ranges.size()) {
      visit(window_);
      return;
    }
    if (ranges[model].empty()) {
      place_model(ranges, model + 1, taken, visit);
      return;
    }
    for (const std::int64_t size : problem_.costs.models[model].mini_batches) {
      window_.pipelines.push_back({static_cast<int>(model), size, {}});
      for (int chiplet = 0; chiplet < static_cast<int>(taken.size()); ++chiplet) {
        place_stage(ranges, model, ranges[model].first, chiplet, taken, visit);
      }
      window_.pipelines.pop_back();
    }
  }

  void place_stage(const std::vector<search::windows::LayerRange>& ranges, std::size_t model, int first,
                   int chiplet, std::vector<bool>& taken, const Visit& visit) {
    if (taken[static_cast<std::size_t>(chiplet)]) {
      return;
    }
    taken[static_cast<std::size_t>(chiplet)] = true;
    const std::size_t pipeline = window_.pipelines.size() - 1;
    for (int last = first + 1; last <= ranges[model].last; ++last) {
      window_.pipelines[pipeline].stages.push_back({first, last, chiplet});
      if (last == ranges[model].last) {
        place_model(ranges, model + 1, taken, visit);
      } else if (static_cast<int>(window_.pipelines[pipeline].stages.size()) < longest_) {
        for (const int next : problem_.package.neighbours[static_cast<std::size_t>(chiplet)]) {
          place_stage(ranges, model, last, next, taken, visit);
        }
      }
      window_.pipelines[pipeline].stages.pop_back();
    }
    taken[static_cast<std::size_t>(chiplet)] = false;
  }

  const schedule::Problem& problem_;
  int longest_;
  schedule::Window window_;
};

}  // namespace inlay::testing
