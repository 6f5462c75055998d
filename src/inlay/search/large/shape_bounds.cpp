#include "inlay/search/large/shape_bounds.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/evaluate/least_costs.hpp"
#include "inlay/search/large/stage_rows.hpp"
#include "inlay/search/parallel.hpp"
#include "inlay/search/pipelines/pipeline_bound.hpp"

namespace inlay::search::large {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
/// Latencies of a window that are told apart, fewer where adding up chiplets takes long: more of them are
/// joined, which lowers the bound a little.
std::size_t levels_of(std::size_t ways, std::size_t models, std::size_t chiplets) {
  constexpr std::size_t kAdditions = 4'000'000;
  return std::min(ways, std::clamp<std::size_t>(kAdditions / (models * chiplets * chiplets), 64, 400));
}

std::vector<cost::LeastCost> least_on_chiplets(const schedule::Problem& problem, int model) {
  const cost::ModelCosts& costs = problem.costs.models[static_cast<std::size_t>(model)];
  std::vector<cost::LeastCost> result;
  for (int layer = 0; layer < static_cast<int>(costs.class_of.size()); ++layer) {
    for (int size = 0; size < static_cast<int>(costs.mini_batches.size()); ++size) {
      cost::LeastCost& least = result.emplace_back();
      for (const hardware::Chiplet& chiplet : problem.package.chiplets) {
        const cost::LayerCost& cost = costs.at(layer, size, chiplet.type);
        if (cost.mappable) {
          const double clock = problem.package.types[static_cast<std::size_t>(chiplet.type)].clock;
          least.seconds = std::min(least.seconds, static_cast<double>(cost.cycles) / clock);
          least.joules = std::min(least.joules, cost.energy.total());
        }
      }
    }
  }
  return result;
}

/// Sums over the layers of a range.
struct RangeCosts {
  double seconds = 0.0;
  double slowest = 0.0;
  double joules = 0.0;
};

RangeCosts costs_of(const std::vector<cost::LeastCost>& least, const windows::LayerRange& range,
                    std::size_t sizes, std::size_t size) {
  RangeCosts sum;
  for (int layer = range.first; layer < range.last; ++layer) {
    const cost::LeastCost& one = least[static_cast<std::size_t>(layer) * sizes + size];
    sum.seconds += one.seconds;
    sum.slowest = std::max(sum.slowest, one.seconds);
    sum.joules += one.joules;
  }
  return sum;
}

}  // namespace

std::vector<ShapeCosts> shape_costs(const schedule::Problem& problem, const Tiles& tiles, int threads) {
  const std::size_t models = problem.scenario.models.size();
  std::vector<ShapeCosts> result(tiles.shapes().size() + 1);
  for (ShapeCosts& costs : result) {
    costs.least.resize(models);
  }
  for (std::size_t shape = 0; shape < tiles.shapes().size(); ++shape) {
    result[shape + 1].members = tiles.shapes()[shape].grid.members();
  }
  for_each_index(threads, result.size() * models, [&](std::size_t task) {
    const std::size_t shape = task / models;
    const auto model = static_cast<int>(task % models);
    std::vector<cost::LeastCost>& least = result[shape].least[task % models];
    if (shape == 0) {
      least = least_on_chiplets(problem, model);
      return;
    }
    std::set<evaluate::GridTypes> kinds;
    for (const TileKind& kind : tiles.shapes()[shape - 1].kinds) {
      kinds.insert(kind.members);
    }
    least = evaluate::least_costs_on(problem, model, kinds);
  });
  return result;
}

std::optional<CostPoint> WholeStages::of(int model, const windows::LayerRange& range, int size,
                                         std::size_t shape, const StopClock& clock) {
  const Key key{model, range.first, range.last, size, shape};
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(key); known != known_.end()) {
      return known->second;
    }
  }
  const RowsRequest request{problem_, model, range, {range.first, range.last}, size, kInfinite, clock};
  std::vector<evaluate::StagePlace> places;
  for (std::size_t chiplet = 0; shape == 0 && chiplet < problem_.package.chiplets.size(); ++chiplet) {
    places.push_back({problem_.package.chiplets[chiplet].type, problem_.package.memory_hops[chiplet]});
  }
  const StageRows rows = shape == 0 ? chiplet_rows(request, places)
                                    : tile_rows(request, {&tiles_.shapes()[shape - 1]}, goal_).front();
  if (clock.expired()) {
    return std::nullopt;
  }
  const std::size_t kinds = shape == 0 ? places.size() : tiles_.shapes()[shape - 1].kinds.size();
  CostPoint least{kInfinite, kInfinite};
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    const evaluate::StageFigures& stage = *rows.row(0, static_cast<int>(kind));
    const auto refills = static_cast<double>(rows.mini_batches() - 1);
    least.latency = std::min(least.latency, stage.first + (refills > 0.0 ? refills * stage.steady : 0.0));
    least.energy = std::min(least.energy, stage.energy);
  }
  const std::lock_guard lock(mutex_);
  return known_.try_emplace(key, least).first->second;
}

ShapeBound::ShapeBound(const schedule::Problem& problem, const std::vector<ShapeCosts>& shapes,
                       const std::vector<windows::LayerRange>& ranges)
    : chiplets_(static_cast<int>(problem.package.chiplets.size())) {
  for (std::size_t model = 0; model < ranges.size(); ++model) {
    if (!ranges[model].empty()) {
      models_.push_back(static_cast<int>(model));
      ranges_.push_back(ranges[model]);
      add_ways(problem, shapes, models_.size() - 1);
    }
  }
  remake_front();
}

void ShapeBound::add_ways(const schedule::Problem& problem, const std::vector<ShapeCosts>& shapes,
                          std::size_t model) {
  const windows::LayerRange& range = ranges_[model];
  const auto at = static_cast<std::size_t>(models_[model]);
  const std::vector<std::int64_t>& sizes = problem.costs.models[at].mini_batches;
  const bool serial = problem.overlap == hardware::Overlap::kSerial;
  for (std::size_t size = 0; size < sizes.size(); ++size) {
    const pipelines::CompulsoryMoves moves =
        pipelines::compulsory_moves(problem, models_[model], range, static_cast<int>(size));
    const auto n = static_cast<double>(base::ceil_divide(problem.scenario.models[at].batch, sizes[size]));
    for (std::size_t shape = 0; shape < shapes.size(); ++shape) {
      const RangeCosts sum = costs_of(shapes[shape].least[at], range, sizes.size(), size);
      if (!(sum.seconds < kInfinite)) {
        continue;
      }
      const double loaded = serial ? sum.seconds + moves.load : std::max(sum.seconds, moves.load);
      const double work = serial ? sum.seconds + moves.sample : std::max(sum.seconds, moves.sample);
      const int most = std::min(chiplets_ / shapes[shape].members, range.last - range.first);
      for (int stages = 1; stages <= most; ++stages) {
        const double steady = std::max(sum.slowest, work / stages);
        ways_.push_back({model, static_cast<int>(size), shape, stages, stages * shapes[shape].members,
                         loaded + moves.sample + (n - 1.0) * steady, n * sum.joules + moves.energy, false});
      }
    }
  }
}

/// The cheapest way of every model on every number of chiplets, as ways are admitted.
struct ShapeBound::Knapsack {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  const std::vector<Way>& ways;
  std::vector<std::vector<std::size_t>> best;    // [model][chiplets] way
  std::vector<std::vector<std::size_t>> chosen;  // [model][chiplets of it and those before] way

  Knapsack(const std::vector<Way>& all, std::size_t models, int chiplets)
      : ways(all), best(models, std::vector<std::size_t>(static_cast<std::size_t>(chiplets) + 1, kNone)) {}

  void admit(std::size_t index) {
    const Way& way = ways[index];
    std::size_t& known = best[way.model][static_cast<std::size_t>(way.chiplets)];
    known = known == kNone || way.energy < ways[known].energy ? index : known;
  }
  /// Of all models on no more chiplets than there are; infinite if there is no room.
  double least_energy() {
    std::vector<double> sums(best.front().size(), 0.0);
    chosen.assign(best.size(), std::vector<std::size_t>(sums.size(), kNone));
    for (std::size_t model = 0; model < best.size(); ++model) {
      std::vector<double> longer(sums.size(), kInfinite);
      for (std::size_t more = 1; more < sums.size(); ++more) {
        const std::size_t way = best[model][more];
        for (std::size_t here = 0; way != kNone && here + more < sums.size(); ++here) {
          if (sums[here] + ways[way].energy < longer[here + more]) {
            longer[here + more] = sums[here] + ways[way].energy;
            chosen[model][here + more] = way;
          }
        }
      }
      sums = std::move(longer);
    }
    return *std::min_element(sums.begin(), sums.end());
  }
  /// The ways of the least energy that was answered last.
  std::vector<std::size_t> picked() const {
    std::vector<std::size_t> result;
    double least = kInfinite;
    for (std::size_t chiplets = 0; chiplets < chosen.back().size(); ++chiplets) {
      double sum = 0.0;
      std::vector<std::size_t> ways_here;
      std::size_t left = chiplets;
      for (std::size_t model = chosen.size(); model-- > 0 && sum < kInfinite;) {
        const std::size_t way = chosen[model][left];
        sum += way == kNone ? kInfinite : ways[way].energy;
        ways_here.push_back(way);
        left -= way == kNone ? 0 : static_cast<std::size_t>(ways[way].chiplets);
      }
      if (sum < least) {
        least = sum;
        result = std::move(ways_here);
      }
    }
    return result;
  }
};

void ShapeBound::remake_front() {
  front_ = models_.empty() ? ParetoFront(CostPoint{}) : ParetoFront();
  admitted_.clear();
  if (models_.empty()) {
    return;
  }
  std::stable_sort(ways_.begin(), ways_.end(),
                   [](const Way& a, const Way& b) { return a.latency < b.latency; });
  Knapsack knapsack(ways_, models_.size(), chiplets_);
  const std::size_t levels = levels_of(ways_.size(), models_.size(), static_cast<std::size_t>(chiplets_));
  for (std::size_t level = 0; level < levels; ++level) {
    const std::size_t begin = level * ways_.size() / levels;
    const std::size_t end = (level + 1) * ways_.size() / levels;
    for (std::size_t way = begin; way < end; ++way) {
      knapsack.admit(way);
    }
    // No schedule within a latency of this level needs less than what the whole level admits.
    const double energy = knapsack.least_energy();
    if (energy < kInfinite) {
      front_.add({ways_[begin].latency, energy});
      admitted_[ways_[begin].latency] = end;
    }
  }
}

/// Those that the front's point rests on.
std::vector<std::size_t> ShapeBound::ways_of(double latency) const {
  Knapsack knapsack(ways_, models_.size(), chiplets_);
  for (std::size_t way = 0; way < admitted_.at(latency); ++way) {
    knapsack.admit(way);
  }
  knapsack.least_energy();
  return knapsack.picked();
}

bool ShapeBound::refine(double per_second, double per_joule, WholeStages& stages, int threads,
                        const StopClock& clock) {
  const CostPoint* best = nullptr;
  const auto cost = [&](const CostPoint& point) {
    return per_second * point.latency + per_joule * point.energy;
  };
  for (const CostPoint& point : front_.points()) {
    best = best == nullptr || cost(point) < cost(*best) ? &point : best;
  }
  if (models_.empty() || best == nullptr) {
    return false;
  }
  std::vector<std::size_t> open;
  for (const std::size_t way : ways_of(best->latency)) {
    if (!ways_[way].exact && ways_[way].stages == 1) {
      open.push_back(way);
    }
  }
  std::vector<std::optional<CostPoint>> found(open.size());
  for_each_index(threads, open.size(), [&](std::size_t i) {
    const Way& way = ways_[open[i]];
    found[i] = stages.of(models_[way.model], ranges_[way.model], way.size, way.shape, clock);
  });
  bool raised = false;
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (found[i]) {
      Way& way = ways_[open[i]];
      way.latency = std::max(way.latency, found[i]->latency);
      way.energy = std::max(way.energy, found[i]->energy);
      way.exact = true;
      raised = true;
    }
  }
  if (raised) {
    std::erase_if(ways_, [](const Way& way) { return !(way.latency < kInfinite); });
    remake_front();
  }
  return raised;
}

}  // namespace inlay::search::large
