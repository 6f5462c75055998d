#include "inlay/search/large/shape_bounds.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/evaluate/least_costs.hpp"
#include "inlay/search/large/stage_rows.hpp"
#include "inlay/search/parallel.hpp"
#include "inlay/search/sharding/plan_row.hpp"

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

/// The most that the readings after a cut of tensors that cross it can count, over all cuts of the range.
double worst_relayout(const workload::Model& model, const windows::LayerRange& range,
                      const sharding::PlanOptions& options) {
  // [cut - first] differences of what is added up over the tensors that cross the cut
  std::vector<double> steps(static_cast<std::size_t>(range.last - range.first) + 1, 0.0);
  for (const workload::Tensor& tensor : model.tensors) {
    const double worst = options.worst_exchange(tensor);
    int touched = tensor.producer >= range.first && tensor.producer < range.last ? tensor.producer : -1;
    for (const int user : tensor.users) {
      if (user < range.first || user >= range.last) {
        continue;
      }
      touched = touched < 0 ? user : touched;
      if (user > touched) {  // crosses the cuts before touched + 1, ..., user
        const std::vector<int>& inputs = model.layers[static_cast<std::size_t>(user)].inputs;
        const auto index = static_cast<int>(&tensor - model.tensors.data());
        const auto readings = static_cast<double>(std::count(inputs.begin(), inputs.end(), index));
        steps[static_cast<std::size_t>(touched + 1 - range.first)] += readings * worst;
        steps[static_cast<std::size_t>(user + 1 - range.first)] -= readings * worst;
      }
    }
  }
  double here = 0.0;
  double most = 0.0;
  for (const double step : steps) {
    here += step;
    most = std::max(most, here);
  }
  return most;
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

PriceOfStages WholeStages::price_of(int model, const windows::LayerRange& range, int size,
                                    std::size_t shape) {
  const Key key{model, range.first, range.last, size, shape};
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = prices_.find(key); known != prices_.end()) {
      return known->second;
    }
  }
  const std::vector<TileKind>& kinds = tiles_.shapes()[shape - 1].kinds;
  const bool alike = std::all_of(kinds.begin(), kinds.end(),
                                 [&](const TileKind& kind) { return kind.members == kinds.front().members; });
  const PriceOfStages price =
      alike ? worked_out(model, range, size, kinds.front().members) : PriceOfStages{1.0, 1.0, 0.0, 0.0};
  const std::lock_guard lock(mutex_);
  return prices_.try_emplace(key, price).first->second;
}

/// The stages' plans one after the other are a plan of all layers, but for where tensors lie that cross a
/// cut: a reading after it may count more there, by the worst exchange at most.
PriceOfStages WholeStages::worked_out(int model, const windows::LayerRange& range, int size,
                                      const evaluate::GridTypes& members) const {
  const auto at = static_cast<std::size_t>(model);
  const workload::Model& graph = problem_.scenario.models[at].model;
  const std::int64_t mini_batch = problem_.costs.models[at].mini_batches[static_cast<std::size_t>(size)];
  const sharding::PlanOptions options(problem_, model, 0, static_cast<int>(graph.layers.size()), mini_batch,
                                      members, goal_);
  sharding::PlanRow row(options, graph, range.first, 0.0, std::numeric_limits<std::int64_t>::max());
  PriceOfStages result{options.goal().time, options.goal().energy, 0.0, 0.0};
  if (row.has(range.last) && row.exact()) {
    const sharding::PlanSums& sums = row.sums(range.last);
    result.price = result.per_second * (sums.compute + sums.exchange) +
                   result.per_joule * (sums.layer_energy + sums.exchange_energy);
    result.relayout = worst_relayout(graph, range, options);
  }
  return result;
}

ShapeBound::ShapeBound(const schedule::Problem& problem, const std::vector<ShapeCosts>& shapes,
                       const std::vector<windows::LayerRange>& ranges)
    : problem_(problem), shapes_(shapes), chiplets_(static_cast<int>(problem.package.chiplets.size())) {
  for (std::size_t model = 0; model < ranges.size(); ++model) {
    if (!ranges[model].empty()) {
      models_.push_back(static_cast<int>(model));
      ranges_.push_back(ranges[model]);
      add_ways(models_.size() - 1);
    }
  }
  remake_front();
}

ShapeBound::Work ShapeBound::work_of(const Way& way) const {
  const windows::LayerRange& range = ranges_[way.model];
  const auto at = static_cast<std::size_t>(models_[way.model]);
  const std::vector<std::int64_t>& sizes = problem_.costs.models[at].mini_batches;
  const auto size = static_cast<std::size_t>(way.size);
  Work work;
  work.mini_batches = static_cast<double>(base::ceil_divide(problem_.scenario.models[at].batch, sizes[size]));
  work.moves = pipelines::compulsory_moves(problem_, models_[way.model], range, way.size);
  for (int layer = range.first; layer < range.last; ++layer) {
    const cost::LeastCost& one =
        shapes_[way.shape].least[at][static_cast<std::size_t>(layer) * sizes.size() + size];
    work.seconds += one.seconds;
    work.slowest = std::max(work.slowest, one.seconds);
    work.joules += one.joules;
  }
  return work;
}

/// docs/search.md "The bound".
void ShapeBound::set_figures(const Work& work, Way& way) const {
  const bool serial = problem_.overlap == hardware::Overlap::kSerial;
  const double loaded = serial ? work.seconds + work.moves.load : std::max(work.seconds, work.moves.load);
  const double shared = serial ? work.seconds + work.moves.sample : std::max(work.seconds, work.moves.sample);
  const double steady = std::max(work.slowest, shared / way.stages);
  way.latency = loaded + work.moves.sample + (work.mini_batches - 1.0) * steady;
  way.energy = work.mini_batches * work.joules + work.moves.energy;
}

void ShapeBound::add_ways(std::size_t model) {
  const windows::LayerRange& range = ranges_[model];
  const auto sizes =
      static_cast<int>(problem_.costs.models[static_cast<std::size_t>(models_[model])].mini_batches.size());
  for (int size = 0; size < sizes; ++size) {
    for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
      Way way{model, size, shape, 1, 0, 0.0, 0.0, false};
      const Work work = work_of(way);
      const int most = std::min(chiplets_ / shapes_[shape].members, range.last - range.first);
      for (way.stages = 1; work.seconds < kInfinite && way.stages <= most; ++way.stages) {
        way.chiplets = way.stages * shapes_[shape].members;
        set_figures(work, way);
        ways_.push_back(way);
      }
    }
  }
}

/// Time and energy cannot both be at their least: one way for each part of the times that are possible, with
/// the least energy that is left for it.
void ShapeBound::refine_cuts(const Way& way, const PriceOfStages& price, std::vector<Way>& finer) const {
  constexpr int kParts = 8;
  const Work least = work_of(way);
  const double whole = price.price - (way.stages - 1) * price.relayout;
  const double longest = (whole - price.per_joule * least.joules) / price.per_second;
  const int parts = longest > least.seconds ? kParts : 0;
  for (int part = 0; part <= parts; ++part) {
    const auto until = [&](int end) {
      return parts == 0 ? least.seconds : least.seconds + (longest - least.seconds) * end / parts;
    };
    Work work = least;
    work.seconds = until(part);
    if (part < parts) {
      work.joules = std::max(least.joules, (whole - price.per_second * until(part + 1)) / price.per_joule);
    }
    Way one = way;
    one.exact = true;
    set_figures(work, one);
    finer.push_back(one);
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

/// Of the last point that is no later and of the first that takes no more energy.
std::vector<std::size_t> ShapeBound::open_ways(const CostPoint& around) const {
  constexpr double kRounding = 1.0 + 1e-9;
  const CostPoint* earlier = nullptr;
  const CostPoint* cheaper = nullptr;
  for (const CostPoint& point : front_.points()) {
    earlier = point.latency <= around.latency * kRounding ? &point : earlier;
    cheaper = cheaper == nullptr && point.energy <= around.energy * kRounding ? &point : cheaper;
  }
  std::set<std::size_t> open;
  for (const CostPoint* point : {earlier, cheaper}) {
    for (const std::size_t way : point == nullptr ? std::vector<std::size_t>() : ways_of(point->latency)) {
      if (!ways_[way].exact && (ways_[way].stages == 1 || ways_[way].shape > 0)) {
        open.insert(way);
      }
    }
  }
  return {open.begin(), open.end()};
}

bool ShapeBound::refine(const CostPoint& around, WholeStages& stages, int threads, const StopClock& clock) {
  const std::vector<std::size_t> open = models_.empty() ? std::vector<std::size_t>() : open_ways(around);
  std::vector<std::vector<Way>> found(open.size());
  for_each_index(threads, open.size(), [&](std::size_t i) {
    const Way& way = ways_[open[i]];
    const int model = models_[way.model];
    const windows::LayerRange& range = ranges_[way.model];
    if (clock.expired()) {
      return;
    }
    if (way.stages > 1) {
      refine_cuts(way, stages.price_of(model, range, way.size, way.shape), found[i]);
    } else if (const auto point = stages.of(model, range, way.size, way.shape, clock)) {
      found[i].push_back(way);
      found[i].back().latency = std::max(way.latency, point->latency);
      found[i].back().energy = std::max(way.energy, point->energy);
      found[i].back().exact = true;
    }
  });
  bool raised = false;
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (!found[i].empty()) {
      ways_[open[i]] = found[i].front();
      ways_.insert(ways_.end(), found[i].begin() + 1, found[i].end());
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
