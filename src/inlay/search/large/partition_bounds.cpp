#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/search/large/partition_plan.hpp"
#include "inlay/search/parallel.hpp"
#include "inlay/search/pipelines/cut_choice.hpp"
#include "inlay/search/pipelines/pipeline_bound.hpp"

// The part of a partition's plan that knows what cannot be.

namespace inlay::search::large {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Seconds of compute of a whole batch on the chiplets that suit each layer best, at the best mini-batch
/// size.
double least_work(const schedule::Problem& problem, int model, const windows::LayerRange& range) {
  const cost::ModelCosts& costs = problem.costs.models[static_cast<std::size_t>(model)];
  const std::int64_t batch = problem.scenario.models[static_cast<std::size_t>(model)].batch;
  double least = kInfinite;
  for (std::size_t size = 0; size < costs.mini_batches.size(); ++size) {
    double compute = 0.0;
    for (int layer = range.first; layer < range.last; ++layer) {
      double fastest = kInfinite;
      for (const hardware::Chiplet& chiplet : problem.package.chiplets) {
        const cost::LayerCost& cost = costs.at(layer, static_cast<int>(size), chiplet.type);
        const double clock = problem.package.types[static_cast<std::size_t>(chiplet.type)].clock;
        fastest = cost.mappable ? std::min(fastest, static_cast<double>(cost.cycles) / clock) : fastest;
      }
      compute += fastest;
    }
    least =
        std::min(least, static_cast<double>(base::ceil_divide(batch, costs.mini_batches[size])) * compute);
  }
  return least;
}

/// Where each of `some` stands among `all`; both ascending.
std::vector<int> indices_of(const std::vector<int>& some, const std::vector<int>& all) {
  std::vector<int> indices;
  for (const int layer : some) {
    indices.push_back(static_cast<int>(std::lower_bound(all.begin(), all.end(), layer) - all.begin()));
  }
  return indices;
}

}  // namespace

/// Each window's stages without any, with bounds from layers alone; the partition's bound from these.
void PartitionPlan::bound_by_layers() {
  double latency = 0.0;
  double energy = 0.0;
  for (const std::vector<windows::LayerRange>& ranges : partition_.windows) {
    WindowStages window;
    layers_.emplace_back();
    coarse_cuts_.emplace_back();
    all_cuts_.emplace_back();
    double work = 0.0;
    for (std::size_t model = 0; model < ranges.size(); ++model) {
      const windows::LayerRange& range = ranges[model];
      if (range.empty()) {
        continue;
      }
      const int index = static_cast<int>(model);
      const pipelines::PipelineBound least = pipelines::pipeline_bound(problem_, index, range);
      window.models.push_back({index, range, {}});
      window.least_latency = std::max(window.least_latency, least.latency);
      window.least_energy += least.energy;
      window.least_bytes += least.bytes;
      work += least_work(problem_, index, range);
      const std::vector<int> few = pipelines::even_cuts(problem_, index, range, effort_.cuts);
      const std::vector<int> all = effort_.coarse_only ? few : pipelines::all_cuts(range);
      coarse_cuts_.back().push_back(indices_of(few, all));
      all_cuts_.back().push_back(indices_of(all, all));
      layers_.back().push_back(all);
    }
    window.least_latency = std::max({window.least_latency, window.least_bytes * seconds_per_byte_,
                                     work / static_cast<double>(problem_.package.chiplets.size())});
    latency += window.least_latency;
    energy += window.least_energy;
    stages_.push_back(std::move(window));
  }
  bound_ = objective_.bound(latency, energy + problem_.package.static_power * latency);
}

/// The latency of a window from which on no schedule is below the incumbent.
double PartitionPlan::latest(std::size_t window, double incumbent) const {
  if (!time_counts() || !std::isfinite(incumbent)) {
    return kInfinite;
  }
  double others = 0.0;
  double energy = 0.0;
  for (std::size_t w = 0; w < stages_.size(); ++w) {
    others += w == window ? 0.0 : stages_[w].least_latency;
    energy += stages_[w].least_energy;
  }
  const auto can_prune = [&](double time) {
    const double latency = others + time;
    return objective_.bound(latency, energy + problem_.package.static_power * latency) >= incumbent;
  };
  double low = stages_[window].least_latency;
  double high = std::max(low, 1e-12);
  while (!can_prune(high)) {
    if (high > 1e30) {
      return kInfinite;
    }
    low = high;
    high *= 1.5;
  }
  for (int step = 0; step < 50; ++step) {
    const double middle = 0.5 * (low + high);
    (can_prune(middle) ? high : low) = middle;
  }
  return high;
}

bool PartitionPlan::make_stages(const std::vector<double>& latest, const StopClock& clock) {
  struct Task {
    std::size_t window;
    std::size_t model;
    int size;
  };
  bounds_.clear();
  changing_.clear();
  std::vector<Task> tasks;
  for (std::size_t w = 0; w < stages_.size(); ++w) {
    for (std::size_t m = 0; m < stages_[w].models.size(); ++m) {
      ModelStages& model = stages_[w].models[m];
      model.sizes.clear();
      const auto& costs = problem_.costs.models[static_cast<std::size_t>(model.model)];
      for (int size = 0; size < static_cast<int>(costs.mini_batches.size()); ++size) {
        if (pipelines::pipeline_bound(problem_, model.model, model.range, size).latency <= latest[w]) {
          tasks.push_back({w, m, size});
        }
      }
    }
  }
  std::vector<std::optional<MinibatchStagesOfRange>> made(tasks.size());
  for_each_index(effort_.threads, tasks.size(), [&](std::size_t i) {
    if (clock.expired()) {
      return;
    }
    const ModelStages& model = stages_[tasks[i].window].models[tasks[i].model];
    const auto& costs = problem_.costs.models[static_cast<std::size_t>(model.model)];
    const std::int64_t n =
        base::ceil_divide(problem_.scenario.models[static_cast<std::size_t>(model.model)].batch,
                          costs.mini_batches[static_cast<std::size_t>(tasks[i].size)]);
    // Of n mini-batches a stage takes at least n times its compute.
    StageRows rows(problem_, kinds_.places, model.model, model.range,
                   layers_[tasks[i].window][tasks[i].model], tasks[i].size,
                   latest[tasks[i].window] / static_cast<double>(n), clock);
    if (clock.expired()) {
      return;
    }
    const double least = least_sum_of_first(rows, kinds_);
    made[i].emplace(MinibatchStagesOfRange{std::move(rows), least});
  });
  if (clock.expired()) {
    return false;
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (std::isfinite(made[i]->least_first)) {
      stages_[tasks[i].window].models[tasks[i].model].sizes.push_back(std::move(*made[i]));
    }
  }
  latest_ = latest;
  return true;
}

bool PartitionPlan::make_bounds(double incumbent, const StopClock& clock) {
  std::vector<double> wanted;
  for (std::size_t w = 0; w < stages_.size(); ++w) {
    wanted.push_back(latest(w, incumbent));
  }
  bool known = !latest_.empty();
  for (std::size_t w = 0; w < stages_.size() && known; ++w) {
    known = latest_[w] >= wanted[w];
  }
  if (!known && !make_stages(wanted, clock)) {
    return false;
  }
  for (std::size_t w = 0; w < stages_.size(); ++w) {
    const double likely = placed_.empty() ? stages_[w].least_latency : placed_[w].plan.latency;
    bounds_.emplace_back(problem_, kinds_, stages_[w], objective_, likely, wanted[w], gradient());
  }
  return true;
}

/// The least that the windows' bounds allow; raises the partition's bound to it.
CostPoint PartitionPlan::least_corner() {
  // Sums of many windows' points are thinned: what that costs the bound is less than a window's share of it.
  const std::size_t most_points = bounds_.size() <= 5 ? 400 : 96;
  ParetoFront sums(CostPoint{});
  for (const WindowBound& bound : bounds_) {
    sums = in_sequence(sums, bound.front().thinned(most_points)).thinned(most_points);
  }
  CostPoint least;
  double value = kInfinite;
  for (const CostPoint& corner : sums.points()) {
    const double energy = corner.energy + problem_.package.static_power * corner.latency;
    const double here = objective_.bound(corner.latency, energy);
    if (here < value) {
      value = here;
      least = {corner.latency, energy};
    }
  }
  bound_ = std::max(bound_, value);
  return least;
}

bool PartitionPlan::settled() const {
  return !bounds_.empty() && std::all_of(bounds_.begin(), bounds_.end(),
                                         [](const WindowBound& bound) { return bound.settled(); });
}

bool PartitionPlan::raise_bound(double incumbent, const StopClock& clock) {
  if (bounds_.empty() && !make_bounds(incumbent, clock)) {
    return false;
  }
  const CostPoint corner = least_corner();
  const ObjectiveGradient slopes = gradient_at(corner.latency, corner.energy);
  const double missing = slopes.joule > 0.0 ? std::max(0.0, incumbent - bound_) / slopes.joule : 0.0;
  for (WindowBound& bound : bounds_) {
    const std::int64_t before = bound.evaluations();
    if (!bound.refine(slopes, missing, effort_.threads, clock)) {
      return false;
    }
    evaluations_ += bound.evaluations() - before;
  }
  least_corner();
  ++rounds_;
  return true;
}

}  // namespace inlay::search::large
