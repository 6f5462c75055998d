#include "inlay/search/layerwise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/evaluate/segment_table.hpp"
#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/search/expected_cost.hpp"
#include "inlay/search/incumbent.hpp"
#include "inlay/search/scar/window_plan.hpp"

namespace inlay::search {
namespace {

/// A layer that runs alone.
struct Turn {
  int model = 0;
  int layer = 0;
  double expected = 0.0;  // s
};

class Builder {
 public:
  Builder(const schedule::Problem& problem, const Objective& objective, const StopClock& clock)
      : problem_(problem), objective_(objective), clock_(clock), constants_(problem) {}

  schedule::Schedule build() {
    const auto models = static_cast<int>(problem_.scenario.models.size());
    const auto chiplets = static_cast<int>(problem_.package.chiplets.size());
    for (int first = 0; first < models; first += chiplets) {
      add_group(first, std::min(models, first + chiplets));
    }
    return std::move(schedule_);
  }

 private:
  int layers_of(int model) const {
    return static_cast<int>(problem_.scenario.models[static_cast<std::size_t>(model)].model.layers.size());
  }

  void add_group(int first, int last) {
    int longest = 0;
    for (int model = first; model < last; ++model) {
      longest = std::max(longest, layers_of(model));
    }
    for (int layer = 0; layer < longest; ++layer) {
      std::vector<Turn> turns;
      for (int model = first; model < last; ++model) {
        if (layer < layers_of(model)) {
          turns.push_back(
              {model, layer, expected_cost(problem_, static_cast<std::size_t>(model), layer).latency});
        }
      }
      add_window(std::move(turns));
    }
  }

  void add_window(std::vector<Turn> turns) {
    std::stable_sort(turns.begin(), turns.end(),
                     [](const Turn& a, const Turn& b) { return a.expected > b.expected; });
    std::vector<char> taken(problem_.package.chiplets.size(), 0);
    schedule::Window window;
    for (const Turn& turn : turns) {
      window.pipelines.push_back(best_place(turn, taken));
      taken[static_cast<std::size_t>(window.pipelines.back().stages.front().chiplet)] = 1;
    }
    std::sort(window.pipelines.begin(), window.pipelines.end(),
              [](const schedule::Pipeline& a, const schedule::Pipeline& b) { return a.model < b.model; });
    schedule_.windows.push_back(std::move(window));
  }

  schedule::Pipeline best_place(const Turn& turn, const std::vector<char>& taken) const {
    const cost::ModelCosts& costs = problem_.costs.models[static_cast<std::size_t>(turn.model)];
    schedule::Pipeline best{turn.model, 0, {{turn.layer, turn.layer + 1, -1}}};
    double least = std::numeric_limits<double>::infinity();
    for (auto at = costs.mini_batches.rbegin(); at != costs.mini_batches.rend(); ++at) {
      const std::int64_t size = *at;
      if (best.mini_batch != 0 && clock_.expired()) {
        break;
      }
      for (int type = 0; type < static_cast<int>(problem_.package.types.size()); ++type) {
        evaluate::SegmentTable table(problem_, turn.model, turn.layer, turn.layer + 1, size, type);
        const evaluate::Segment& segment = table.exact(turn.layer, turn.layer + 1);
        for (std::size_t chiplet = 0; chiplet < taken.size() && segment.feasible; ++chiplet) {
          if (taken[chiplet] != 0 || problem_.package.chiplets[chiplet].type != type) {
            continue;
          }
          const double value = value_of(turn, segment, size, static_cast<int>(chiplet));
          if (value < least) {
            least = value;
            best.mini_batch = size;
            best.stages.front().chiplet = static_cast<int>(chiplet);
          }
        }
      }
    }
    if (best.mini_batch == 0) {
      const workload::ScenarioModel& entry = problem_.scenario.models[static_cast<std::size_t>(turn.model)];
      throw base::InfeasibleError(
          fmt::format("model '{}', layer '{}': fits no chiplet that is free in its window", entry.name,
                      entry.model.layers[static_cast<std::size_t>(turn.layer)].name));
    }
    return best;
  }

  double value_of(const Turn& turn, const evaluate::Segment& segment, std::int64_t size, int chiplet) const {
    const auto at = static_cast<std::size_t>(chiplet);
    const auto type = static_cast<std::size_t>(problem_.package.chiplets[at].type);
    const std::int64_t batch = problem_.scenario.models[static_cast<std::size_t>(turn.model)].batch;
    const std::int64_t n = base::ceil_divide(batch, size);
    const evaluate::StageFigures figures =
        evaluate::stage_figures(constants_, segment, problem_.package.memory_hops[at], 0,
                                problem_.package.types[type].energy.l2_access, n);
    return partial_value(objective_, figures.first + static_cast<double>(n - 1) * figures.steady,
                         figures.energy);
  }

  const schedule::Problem& problem_;
  const Objective& objective_;
  const StopClock& clock_;
  evaluate::FigureConstants constants_;
  schedule::Schedule schedule_;
};

}  // namespace

schedule::Schedule layerwise_schedule(const schedule::Problem& problem, const Objective& objective,
                                      const StopClock& clock) {
  return Builder(problem, objective, clock).build();
}

Answer layerwise(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  const StopClock clock(options.stop);
  Incumbent incumbent(problem, objective, options);
  const schedule::Schedule schedule = layerwise_schedule(problem, objective, clock);
  const evaluate::FastCost cost = evaluate::FastEvaluator(problem).evaluate(schedule);
  incumbent.offer(schedule, cost.latency, cost.energy);
  return incumbent.answer("one schedule, a window for each layer, each layer on the best free chiplet",
                          !clock.expired(), 1, clock);
}

}  // namespace inlay::search
