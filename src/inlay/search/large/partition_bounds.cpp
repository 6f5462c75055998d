#include <algorithm>
#include <bit>
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

/// Chiplet-seconds of compute of a whole batch on the chiplets or tiles that suit each layer best, at the
/// best mini-batch size.
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
      compute += std::min(fastest, costs.least(layer, static_cast<int>(size)).chiplet_seconds);
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
    window.tiles.resize(effort_.on_tiles ? tiles_.shapes().size() : 0);
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
      window.least_latency = std::max(window.least_latency, least.latency);
      window.least_energy += least.energy;
      window.least_bytes += least.bytes;
      work += least_work(problem_, index, range);
      const std::vector<int> few = pipelines::even_cuts(problem_, index, range, effort_.cuts);
      const std::vector<int> all = effort_.coarse_only ? few : pipelines::all_cuts(range);
      coarse_cuts_.back().push_back(indices_of(few, all));
      all_cuts_.back().push_back(indices_of(all, all));
      window.models.push_back({index, range, all});
      for (std::size_t shape = 0; shape < window.tiles.size(); ++shape) {
        window.tiles[shape].push_back({index, range, tile_cuts(index, range, tiles_.shapes()[shape])});
      }
    }
    window.least_latency = std::max({window.least_latency, window.least_bytes * seconds_per_byte_,
                                     work / static_cast<double>(problem_.package.chiplets.size())});
    if (!shapes_.empty()) {
      const ParetoFront& front = shape_bounds_.emplace_back(problem_, shapes_, ranges).front();
      if (!front.empty()) {
        window.least_latency = std::max(window.least_latency, front.least_latency());
        window.least_energy = std::max(window.least_energy, front.least_energy());
      }
    }
    latency += window.least_latency;
    energy += window.least_energy;
    stages_.push_back(std::move(window));
  }
  bound_ = objective_.bound(latency, energy + problem_.package.static_power * latency);
  if (!shapes_.empty()) {
    least_corner();
  }
}

/// Of so many cuts that every stage that there is room for may be moved a little.
std::vector<int> PartitionPlan::tile_cuts(int model, const windows::LayerRange& range,
                                          const TileShape& shape) const {
  constexpr int kCutsPerStage = 3;
  const int stages = static_cast<int>(problem_.package.chiplets.size()) / shape.grid.members();
  return pipelines::even_cuts(problem_, model, range,
                              stages == 1 ? 1 : std::min(effort_.cuts, kCutsPerStage * stages));
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

/// Of one mini-batch size: on single chiplets, or on tiles of similar shapes.
struct PartitionPlan::RowsTask {
  std::size_t window;
  std::size_t model;
  int size;
  SimilarShapes shapes;  // none: on single chiplets
};

/// On tiles there are few stages, and 1, 2, 4, ... mini-batches do nearly as well as any number between: the
/// largest size of each of these octaves.
bool PartitionPlan::tried_on_tiles(int model, int size) const {
  const std::int64_t batch = problem_.scenario.models[static_cast<std::size_t>(model)].batch;
  const auto& sizes = problem_.costs.models[static_cast<std::size_t>(model)].mini_batches;
  const auto octave = [&](int at) {
    const std::int64_t n = base::ceil_divide(batch, sizes[static_cast<std::size_t>(at)]);
    return std::bit_width(static_cast<std::uint64_t>(n));
  };
  return size + 1 == static_cast<int>(sizes.size()) || octave(size + 1) != octave(size);
}

/// Those that some pipeline within the windows' latencies may need.
std::vector<PartitionPlan::RowsTask> PartitionPlan::rows_tasks(const std::vector<double>& latest) const {
  const auto chiplets = static_cast<int>(problem_.package.chiplets.size());
  std::vector<RowsTask> tasks;
  for (std::size_t w = 0; w < stages_.size(); ++w) {
    for (std::size_t m = 0; m < stages_[w].models.size(); ++m) {
      const ModelStages& model = stages_[w].models[m];
      const auto& costs = problem_.costs.models[static_cast<std::size_t>(model.model)];
      for (int size = 0; size < static_cast<int>(costs.mini_batches.size()); ++size) {
        if (pipelines::pipeline_bound(problem_, model.model, model.range, size).latency > latest[w]) {
          continue;
        }
        tasks.push_back({w, m, size, {}});
        const int room = chiplets + 1 - static_cast<int>(stages_[w].models.size());
        for (const SimilarShapes& shapes : tiles_.similar()) {
          const int members = tiles_.shapes()[shapes.front()].grid.members();
          if (effort_.on_tiles && members <= room && tried_on_tiles(model.model, size)) {
            tasks.push_back({w, m, size, shapes});
          }
        }
      }
    }
  }
  return tasks;
}

/// [shape] or of single chiplets. When the clock has expired they must not be used.
std::vector<MinibatchStagesOfRange> PartitionPlan::make_rows(const RowsTask& task, double latest,
                                                             const StopClock& clock) const {
  const WindowStages& window = stages_[task.window];
  const ModelStages& model =
      task.shapes.empty() ? window.models[task.model] : window.tiles[task.shapes.front()][task.model];
  const auto index = static_cast<std::size_t>(model.model);
  const std::int64_t n =
      base::ceil_divide(problem_.scenario.models[index].batch,
                        problem_.costs.models[index].mini_batches[static_cast<std::size_t>(task.size)]);
  // Of n mini-batches a stage takes at least n times its compute.
  const double longest = latest / static_cast<double>(n);
  const RowsRequest request{problem_, model.model, model.range, model.layers, task.size, longest, clock};
  std::vector<StageRows> rows;
  std::vector<std::size_t> places;
  if (task.shapes.empty()) {
    rows.push_back(chiplet_rows(request, kinds_.places));
    places.push_back(kinds_.places.size());
  } else {
    std::vector<const TileShape*> shapes;
    for (const std::size_t shape : task.shapes) {
      shapes.push_back(&tiles_.shapes()[shape]);
      places.push_back(shapes.back()->kinds.size());
    }
    rows = tile_rows(request, shapes, sharding::plan_goal(problem_, objective_));
  }
  std::vector<MinibatchStagesOfRange> made;
  for (std::size_t i = 0; i < rows.size() && !clock.expired(); ++i) {
    const double least = least_sum_of_first(rows[i], static_cast<int>(places[i]));
    made.push_back({std::move(rows[i]), least});
  }
  return made;
}

void PartitionPlan::forget_stages() {
  for (WindowStages& window : stages_) {
    for (ModelStages& model : window.models) {
      model.sizes.clear();
    }
    for (std::vector<ModelStages>& models : window.tiles) {
      for (ModelStages& model : models) {
        model.sizes.clear();
      }
    }
  }
}

bool PartitionPlan::make_stages(const std::vector<double>& latest, const StopClock& clock) {
  bounds_.clear();
  changing_.clear();
  forget_stages();
  const std::vector<RowsTask> tasks = rows_tasks(latest);
  std::vector<std::vector<MinibatchStagesOfRange>> made(tasks.size());
  for_each_index(effort_.threads, tasks.size(), [&](std::size_t i) {
    if (!clock.expired()) {
      made[i] = make_rows(tasks[i], latest[tasks[i].window], clock);
    }
  });
  if (clock.expired()) {
    return false;
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const RowsTask& task = tasks[i];
    for (std::size_t k = 0; k < made[i].size(); ++k) {
      WindowStages& window = stages_[task.window];
      ModelStages& stages =
          task.shapes.empty() ? window.models[task.model] : window.tiles[task.shapes[k]][task.model];
      if (std::isfinite(made[i][k].least_first)) {
        stages.sizes.push_back(std::move(made[i][k]));
      }
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

CostPoint PartitionPlan::least_corner() {
  std::vector<const ParetoFront*> fronts;
  for (const WindowBound& bound : bounds_) {
    fronts.push_back(&bound.front());
  }
  for (const ShapeBound& bound : shape_bounds_) {
    if (!bound.front().empty()) {
      fronts.push_back(&bound.front());
    }
  }
  return least_corner(fronts);
}

CostPoint PartitionPlan::least_corner(const std::vector<const ParetoFront*>& fronts) {
  // Sums of many windows' points are thinned: what that costs the bound is less than a window's share of it.
  const std::size_t most_points = fronts.size() <= 5 ? 400 : 96;
  ParetoFront sums(CostPoint{});
  for (const ParetoFront* front : fronts) {
    sums = in_sequence(sums, front->thinned(most_points)).thinned(most_points);
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
  if (!shapes_.empty()) {
    return settled_on_shapes_;
  }
  return !bounds_.empty() && std::all_of(bounds_.begin(), bounds_.end(),
                                         [](const WindowBound& bound) { return bound.settled(); });
}

/// [window] the points of the windows' fronts that add up to a corner, as nearly as they do.
std::vector<CostPoint> PartitionPlan::parts_of(const CostPoint& corner) const {
  constexpr std::size_t kMostPoints = 96;
  std::vector<ParetoFront> fronts;
  std::vector<ParetoFront> sums = {ParetoFront(CostPoint{})};
  for (const ShapeBound& bound : shape_bounds_) {
    fronts.push_back(bound.front().thinned(kMostPoints));
    sums.push_back(in_sequence(sums.back(), fronts.back()).thinned(kMostPoints));
  }
  CostPoint left = {corner.latency, corner.energy - problem_.package.static_power * corner.latency};
  std::vector<CostPoint> parts(fronts.size());
  for (std::size_t w = fronts.size(); w-- > 0;) {
    double least = kInfinite;
    CostPoint before;
    for (const CostPoint& a : sums[w].points()) {
      for (const CostPoint& b : fronts[w].points()) {
        const double excess =
            std::max((a.latency + b.latency) * left.energy, (a.energy + b.energy) * left.latency);
        if (excess < least) {
          least = excess;
          before = a;
          parts[w] = b;
        }
      }
    }
    left = before;
  }
  return parts;
}

bool PartitionPlan::raise_shape_bounds(const StopClock& clock) {
  const std::vector<CostPoint> parts = parts_of(least_corner());
  bool raised = false;
  for (std::size_t w = 0; w < shape_bounds_.size(); ++w) {
    raised = shape_bounds_[w].refine(parts[w], whole_stages_, effort_.threads, clock) || raised;
  }
  settled_on_shapes_ = !raised && !clock.expired();
  least_corner();
  ++rounds_;
  return !clock.expired();
}

bool PartitionPlan::raise_bound(double incumbent, const StopClock& clock) {
  if (!shapes_.empty()) {
    return raise_shape_bounds(clock);
  }
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
