#include "inlay/search/partition_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace inlay::search {
namespace {

/// One window with what its models cost at least.
struct WindowState {
  std::vector<PackedModel> models;
  std::vector<LayerRange> ranges;  // of `models`
  double latency_bound = 0.0;      // s
  double energy_bound = 0.0;       // J
};

double shared_seconds_per_byte(const schedule::Problem& problem) {
  return problem.communication == schedule::Communication::kShared
             ? 1.0 / hardware::total_memory_bandwidth(problem.package)
             : 0.0;
}

void derive_bounds(WindowState& window, double seconds_per_byte) {
  window.latency_bound = 0.0;
  window.energy_bound = 0.0;
  double bytes = 0.0;
  for (const PackedModel& model : window.models) {
    window.latency_bound = std::max(window.latency_bound, model.bound.latency);
    window.energy_bound += model.bound.energy;
    bytes += model.bound.bytes;
  }
  window.latency_bound = std::max(window.latency_bound, bytes * seconds_per_byte);
}

std::vector<WindowState> window_states(const schedule::Problem& problem, const WindowPartition& partition) {
  std::vector<WindowState> states;
  for (const std::vector<LayerRange>& ranges : partition.windows) {
    WindowState state;
    for (std::size_t model = 0; model < ranges.size(); ++model) {
      if (!ranges[model].empty()) {
        state.models.push_back(
            {static_cast<int>(model), {}, pipeline_bound(problem, static_cast<int>(model), ranges[model])});
        state.ranges.push_back(ranges[model]);
      }
    }
    derive_bounds(state, shared_seconds_per_byte(problem));
    states.push_back(std::move(state));
  }
  return states;
}

/// Cuts spread evenly over the least compute time of the layers.
std::vector<int> even_cuts(const schedule::Problem& problem, int model, const LayerRange& range, int most) {
  if (most == 0 || range.last - range.first <= most) {
    return all_cuts(range);
  }
  const cost::ModelCosts& costs = problem.costs.models[static_cast<std::size_t>(model)];
  std::vector<double> until = {0.0};
  for (int layer = range.first; layer < range.last; ++layer) {
    double fastest = std::numeric_limits<double>::infinity();
    for (const hardware::Chiplet& chiplet : problem.package.chiplets) {
      const cost::LayerCost& cost = costs.at(layer, 0, chiplet.type);
      if (cost.mappable) {
        fastest = std::min(fastest, static_cast<double>(cost.cycles));
      }
    }
    until.push_back(until.back() + (std::isfinite(fastest) ? fastest : 0.0));
  }
  std::vector<int> cuts = {range.first};
  for (int k = 1; k < most; ++k) {
    const double target = until.back() * k / most;
    const auto found = std::lower_bound(until.begin(), until.end(), target);
    const int cut = range.first + static_cast<int>(found - until.begin());
    if (cut > cuts.back() && cut < range.last) {
      cuts.push_back(cut);
    }
  }
  cuts.push_back(range.last);
  return cuts;
}

/// Adds the places inside `range` at which a schedule begins a stage of the model.
void add_cuts_of(const schedule::Schedule& schedule, int model, const LayerRange& range,
                 std::vector<int>& cuts) {
  for (const schedule::Window& window : schedule.windows) {
    for (const schedule::Pipeline& pipeline : window.pipelines) {
      for (const schedule::Stage& stage : pipeline.stages) {
        if (pipeline.model == model && range.first < stage.first && stage.first < range.last) {
          cuts.push_back(stage.first);
        }
      }
    }
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
}

class PartitionSearch {
 public:
  PartitionSearch(const PartitionQuestion& question, const StopClock& clock, std::int64_t evaluations_left)
      : question_(question),
        clock_(clock),
        evaluations_left_(evaluations_left),
        seconds_per_byte_(shared_seconds_per_byte(question.problem)),
        windows_(window_states(question.problem, question.partition)) {}

  PartitionResult run() {
    std::vector<std::vector<WindowPoint>> fronts(windows_.size());
    for (const std::size_t w : costliest_first()) {
      if (!search_window(w, fronts[w])) {
        return std::move(result_);
      }
    }
    add_windows(fronts);
    return std::move(result_);
  }

 private:
  std::vector<std::size_t> costliest_first() const {
    std::vector<std::size_t> order(windows_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return windows_[a].latency_bound > windows_[b].latency_bound;
    });
    return order;
  }

  Surroundings outside(std::size_t window) const {
    Surroundings result;
    result.objective = question_.objective;
    result.incumbent = question_.incumbent;
    result.latency_limit = question_.latency_limit;
    result.static_power = question_.problem.package.static_power;
    result.seconds_per_byte = seconds_per_byte_;
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      if (w != window) {
        result.rest_latency += windows_[w].latency_bound;
        result.rest_energy += windows_[w].energy_bound;
      }
    }
    return result;
  }

  /// The other models of the window as lower bounds.
  Surroundings around(std::size_t window, std::size_t model) const {
    Surroundings result = outside(window);
    for (std::size_t m = 0; m < windows_[window].models.size(); ++m) {
      if (m != model) {
        const PipelineBound& bound = windows_[window].models[m].bound;
        result.window_latency = std::max(result.window_latency, bound.latency);
        result.window_energy += bound.energy;
        result.window_bytes += bound.bytes;
      }
    }
    return result;
  }

  /// False if the window shows that the partition has nothing better, or if the search was stopped.
  bool search_window(std::size_t w, std::vector<WindowPoint>& front) {
    WindowState& window = windows_[w];
    std::vector<std::size_t> order(window.models.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return window.models[a].bound.latency > window.models[b].bound.latency;
    });
    for (const std::size_t m : order) {
      if (!search_model(w, m)) {
        return false;
      }
    }
    PackedWindow packed = pack_window(question_.trie, window.models, outside(w), clock_);
    result_.complete = result_.complete && packed.complete;
    result_.too_large = result_.too_large || packed.too_large;
    front = std::move(packed.points);
    if (front.empty()) {
      return false;
    }
    window.latency_bound = front.front().latency;
    window.energy_bound = front.back().energy;
    return true;
  }

  bool search_model(std::size_t w, std::size_t m) {
    WindowState& window = windows_[w];
    PackedModel& model = window.models[m];
    const LayerRange& range = window.ranges[m];
    // Every other model of the window needs a chiplet too.
    const int free = static_cast<int>(question_.problem.package.chiplets.size() + 1 - window.models.size());
    const PipelineQuestion pipelines{question_.problem,
                                     question_.trie,
                                     model.model,
                                     range,
                                     std::min({question_.longest, free, range.last - range.first}),
                                     cuts_of(model.model, range),
                                     question_.resolution.tolerance,
                                     around(w, m)};
    if (pipelines.longest < 1) {
      return false;
    }
    PipelineFront front =
        search_pipelines(pipelines, question_.threads, clock_, evaluations_left_ - result_.evaluations);
    result_.evaluations += front.evaluations;
    result_.complete = result_.complete && front.complete;
    if (front.points.empty()) {
      return false;
    }
    model.points = std::move(front.points);
    if (front.complete) {
      tighten(model, window);
    }
    return true;
  }

  std::vector<int> cuts_of(int model, const LayerRange& range) const {
    std::vector<int> cuts = even_cuts(question_.problem, model, range, question_.resolution.most_cuts);
    if (question_.keep_cuts != nullptr) {
      add_cuts_of(*question_.keep_cuts, model, range, cuts);
    }
    return cuts;
  }

  /// What can be part of a better schedule is not below the points that survived.
  void tighten(PackedModel& model, WindowState& window) const {
    PipelineBound least{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity(),
                        std::numeric_limits<double>::infinity()};
    for (const PipelinePoint& point : model.points) {
      least.latency = std::min(least.latency, point.latency);
      least.energy = std::min(least.energy, point.energy);
      least.bytes = std::min(least.bytes, point.bytes);
    }
    // Points that others dominate may have fewer bytes where bytes do not count, and labels were merged
    // within the tolerance: keep the smaller bound there.
    const double slack = 1.0 - 1e-6;
    model.bound.latency = std::max(model.bound.latency, least.latency * slack);
    if (question_.objective.counts_energy()) {
      model.bound.energy = std::max(model.bound.energy, least.energy * slack);
    }
    derive_bounds(window, seconds_per_byte_);
  }

  /// Sums of one point per window.
  void add_windows(const std::vector<std::vector<WindowPoint>>& fronts) {
    struct Sum {
      double latency = 0.0;
      double energy = 0.0;
      std::vector<int> chosen;
    };
    std::vector<Sum> sums = {{}};
    double rest_latency = 0.0;
    double rest_energy = 0.0;
    for (const std::vector<WindowPoint>& front : fronts) {
      rest_latency += front.front().latency;
      rest_energy += front.back().energy;
    }
    for (const std::vector<WindowPoint>& front : fronts) {
      rest_latency -= front.front().latency;
      rest_energy -= front.back().energy;
      std::vector<Sum> next;
      for (const Sum& sum : sums) {
        for (std::size_t i = 0; i < front.size(); ++i) {
          Sum longer{sum.latency + front[i].latency, sum.energy + front[i].energy, sum.chosen};
          longer.chosen.push_back(static_cast<int>(i));
          if (longer.latency + rest_latency <= question_.latency_limit &&
              value_of(longer.latency + rest_latency, longer.energy + rest_energy) <
                  question_.incumbent * (1 + 1e-9)) {
            next.push_back(std::move(longer));
          }
        }
      }
      std::stable_sort(next.begin(), next.end(), [](const Sum& a, const Sum& b) {
        return a.latency != b.latency ? a.latency < b.latency : a.energy < b.energy;
      });
      sums.clear();
      for (Sum& sum : next) {
        if (sums.empty() || sum.energy < sums.back().energy) {
          sums.push_back(std::move(sum));
        }
      }
    }
    for (const Sum& sum : sums) {
      keep_if_better(sum.latency, sum.energy, fronts, sum.chosen);
    }
  }

  double value_of(double latency, double energy) const {
    return objective_value(question_.objective, latency,
                           energy + question_.problem.package.static_power * latency);
  }

  void keep_if_better(double latency, double energy, const std::vector<std::vector<WindowPoint>>& fronts,
                      const std::vector<int>& chosen) {
    const double value = value_of(latency, energy);
    if (value >= (result_.best ? result_.best->value : question_.incumbent)) {
      return;
    }
    Found found{{}, latency, energy + question_.problem.package.static_power * latency, value};
    for (std::size_t w = 0; w < fronts.size(); ++w) {
      found.schedule.windows.push_back({fronts[w][static_cast<std::size_t>(chosen[w])].pipelines});
    }
    result_.best = std::move(found);
  }

  const PartitionQuestion& question_;
  const StopClock& clock_;
  std::int64_t evaluations_left_;
  double seconds_per_byte_;
  std::vector<WindowState> windows_;
  PartitionResult result_;
};

}  // namespace

PartitionResult search_partition(const PartitionQuestion& question, const StopClock& clock,
                                 std::int64_t evaluations_left) {
  return PartitionSearch(question, clock, evaluations_left).run();
}

double partition_bound(const schedule::Problem& problem, const WindowPartition& partition,
                       const Objective& objective) {
  double latency = 0.0;
  double energy = 0.0;
  for (const WindowState& window : window_states(problem, partition)) {
    latency += window.latency_bound;
    energy += window.energy_bound;
  }
  return objective_bound(objective, latency, energy + problem.package.static_power * latency);
}

}  // namespace inlay::search
