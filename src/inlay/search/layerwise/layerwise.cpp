#include "inlay/search/layerwise/layerwise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/evaluate/latency_limits.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/segment_table.hpp"
#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/search/constraints/constraint_effects.hpp"
#include "inlay/search/incumbent.hpp"
#include "inlay/search/windows/expected_cost.hpp"
#include "inlay/search/windows/model_order.hpp"

namespace inlay::search::layerwise {
namespace {

/// A layer that runs alone.
struct Turn {
  int model = 0;
  int layer = 0;
  int choices = 0;        // chiplets that pins and bans leave to it
  double expected = 0.0;  // s
};

class Builder {
 public:
  Builder(const schedule::Problem& problem, const Objective& objective, const StopClock& clock)
      : problem_(problem),
        objective_(objective),
        clock_(clock),
        constants_(problem),
        next_(problem.scenario.models.size(), 0) {}

  schedule::Schedule build() {
    const std::vector<int> order = windows::dependency_order(problem_);
    const std::size_t chiplets = problem_.package.chiplets.size();
    for (std::size_t first = 0; first < order.size(); first += chiplets) {
      const auto begin = order.begin() + static_cast<std::ptrdiff_t>(first);
      add_group({begin, begin + static_cast<std::ptrdiff_t>(std::min(chiplets, order.size() - first))});
    }
    return std::move(schedule_);
  }

 private:
  int layers_of(int model) const {
    return static_cast<int>(problem_.scenario.models[static_cast<std::size_t>(model)].model.layers.size());
  }

  bool is_done(int model) const { return next_[static_cast<std::size_t>(model)] == layers_of(model); }

  bool may_go_on(int model) const {
    const std::vector<int> before = windows::predecessors(problem_, model);
    return !is_done(model) &&
           std::all_of(before.begin(), before.end(), [this](int other) { return is_done(other); });
  }

  void add_group(const std::vector<int>& models) {
    while (true) {
      std::vector<Turn> turns;
      for (const int model : models) {
        if (may_go_on(model)) {
          const int layer = next_[static_cast<std::size_t>(model)];
          turns.push_back({model, layer, constraints::chiplets_for(problem_, model, {layer, layer + 1}),
                           windows::expected_cost(problem_, static_cast<std::size_t>(model), layer).latency});
        }
      }
      if (turns.empty()) {
        return;
      }
      add_window(std::move(turns));
    }
  }

  /// A layer whose chiplets are all taken waits for the next window.
  void add_window(std::vector<Turn> turns) {
    std::stable_sort(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) {
      return a.choices != b.choices ? a.choices < b.choices : a.expected > b.expected;
    });
    std::vector<char> taken(problem_.package.chiplets.size(), 0);
    schedule::Window window;
    for (const Turn& turn : turns) {
      const std::optional<schedule::Pipeline> pipeline = best_place(turn, taken);
      if (!pipeline && window.pipelines.empty()) {
        refuse(turn);
      }
      if (pipeline) {
        window.pipelines.push_back(*pipeline);
        taken[static_cast<std::size_t>(pipeline->stages.front().submesh.lead())] = 1;
        ++next_[static_cast<std::size_t>(turn.model)];
      }
    }
    std::sort(window.pipelines.begin(), window.pipelines.end(),
              [](const schedule::Pipeline& a, const schedule::Pipeline& b) { return a.model < b.model; });
    schedule_.windows.push_back(std::move(window));
  }

  [[noreturn]] void refuse(const Turn& turn) const {
    const workload::ScenarioModel& entry = problem_.scenario.models[static_cast<std::size_t>(turn.model)];
    throw base::InfeasibleError(fmt::format("model '{}', layer '{}': fits no chiplet that it may use",
                                            entry.name,
                                            entry.model.layers[static_cast<std::size_t>(turn.layer)].name));
  }

  std::optional<schedule::Pipeline> best_place(const Turn& turn, const std::vector<char>& taken) const {
    const cost::ModelCosts& costs = problem_.costs.models[static_cast<std::size_t>(turn.model)];
    schedule::Pipeline best{turn.model, 0, {{turn.layer, turn.layer + 1, -1}}};
    double least = std::numeric_limits<double>::infinity();
    for (auto at = costs.mini_batches.rbegin(); at != costs.mini_batches.rend(); ++at) {
      const std::int64_t size = *at;
      if (best.mini_batch != 0 && clock_.expired()) {
        break;
      }
      if (!schedule::may_have_size(problem_.constraints, turn.model, size)) {
        continue;
      }
      for (int type = 0; type < static_cast<int>(problem_.package.types.size()); ++type) {
        evaluate::SegmentTable table(problem_, turn.model, turn.layer, turn.layer + 1, size, type);
        const evaluate::Segment& segment = table.exact(turn.layer, turn.layer + 1);
        for (std::size_t chiplet = 0; chiplet < taken.size() && segment.feasible; ++chiplet) {
          if (taken[chiplet] != 0 || problem_.package.chiplets[chiplet].type != type ||
              !schedule::may_stand(problem_.constraints, turn.model, turn.layer, turn.layer + 1,
                                   static_cast<int>(chiplet))) {
            continue;
          }
          const double value = value_of(turn, segment, size, static_cast<int>(chiplet));
          if (value < least) {
            least = value;
            best.mini_batch = size;
            best.stages.front().submesh = static_cast<int>(chiplet);
          }
        }
      }
    }
    return best.mini_batch == 0 ? std::nullopt : std::optional(best);
  }

  double value_of(const Turn& turn, const evaluate::Segment& segment, std::int64_t size, int chiplet) const {
    const auto at = static_cast<std::size_t>(chiplet);
    const auto type = static_cast<std::size_t>(problem_.package.chiplets[at].type);
    const std::int64_t batch = problem_.scenario.models[static_cast<std::size_t>(turn.model)].batch;
    const std::int64_t n = base::ceil_divide(batch, size);
    const evaluate::StageFigures figures =
        evaluate::stage_figures(constants_, segment, problem_.package.memory_hops[at], 0,
                                problem_.package.types[type].energy.l2_access, n);
    return objective_.partial_value(figures.first + static_cast<double>(n - 1) * figures.steady,
                                    figures.energy);
  }

  const schedule::Problem& problem_;
  const Objective& objective_;
  const StopClock& clock_;
  evaluate::FigureConstants constants_;
  std::vector<int> next_;  // [model] layer
  schedule::Schedule schedule_;
};

}  // namespace

schedule::Schedule layerwise_schedule(const schedule::Problem& problem, const Objective& objective,
                                      const StopClock& clock) {
  schedule::Schedule schedule = Builder(problem, objective, clock).build();
  if (!problem.constraints.latency_limits.empty()) {
    const std::vector<std::string> broken =
        evaluate::broken_latency_limits(problem, schedule, evaluate::evaluate_reference(problem, schedule));
    if (!broken.empty()) {
      throw base::InfeasibleError("of the one schedule that is made layer by layer, the " + broken.front());
    }
  }
  return schedule;
}

Answer solve(const schedule::Problem& problem, const Objective& objective, const Options& options) {
  const StopClock clock(options.stop);
  Incumbent incumbent(problem, objective, options);
  try {
    const schedule::Schedule schedule = layerwise_schedule(problem, objective, clock);
    const evaluate::FastCost cost = evaluate::FastEvaluator(problem).evaluate(schedule);
    incumbent.offer(schedule, cost.latency, cost.energy);
  } catch (const base::InfeasibleError&) {
    if (!incumbent.exists()) {
      throw;
    }
  }
  return incumbent.answer("one schedule, a window for each layer, each layer on the best free chiplet",
                          !clock.expired(), 1, clock);
}

}  // namespace inlay::search::layerwise
