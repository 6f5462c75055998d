#include "inlay/evaluate/fast.hpp"

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/sharded_stage.hpp"

namespace inlay::evaluate {
namespace {

/// Such a stage of a pipeline, its neighbours on any chiplet: what it costs is the same wherever they are.
schedule::Pipeline alone(const schedule::Pipeline& pipeline, const schedule::Stage& stage, std::size_t& at) {
  schedule::Pipeline result{pipeline.model, pipeline.mini_batch, {}};
  const int begin = pipeline.stages.front().first;
  const int end = pipeline.stages.back().last;
  if (begin < stage.first) {
    result.stages.push_back({begin, stage.first, 0});
  }
  at = result.stages.size();
  result.stages.push_back(stage);
  if (stage.last < end) {
    result.stages.push_back({stage.last, end, 0});
  }
  return result;
}

}  // namespace

FastEvaluator::FastEvaluator(const schedule::Problem& problem)
    : problem_(problem),
      constants_(problem),
      seconds_per_byte_(1.0 / hardware::total_memory_bandwidth(problem.package)) {
  for (const workload::ScenarioModel& entry : problem.scenario.models) {
    samples_ += static_cast<double>(entry.batch);
  }
}

std::size_t FastEvaluator::Hash::operator()(const Key& key) const {
  std::size_t hash = static_cast<std::size_t>(key.model);
  for (const std::size_t part :
       {static_cast<std::size_t>(key.first), static_cast<std::size_t>(key.last), key.size}) {
    hash = (hash ^ part) * 0x9e3779b97f4a7c15ULL;  // 2^64 over the golden ratio (Knuth, TAOCP 6.4)
    hash ^= hash >> 32U;
  }
  return hash;
}

FastEvaluator::Tables& FastEvaluator::tables_of(int model, int first, int last, std::int64_t mini_batch) {
  const cost::ModelCosts& costs = problem_.costs.models[static_cast<std::size_t>(model)];
  Tables& found = tables_[{model, first, last, static_cast<std::size_t>(costs.index_of(mini_batch))}];
  found.resize(problem_.package.types.size());
  return found;
}

int FastEvaluator::place_of(const hardware::Submesh& submesh) {
  const auto known = std::find_if(places_.begin(), places_.end(),
                                  [&](const Place& place) { return place.submesh == submesh; });
  if (known != places_.end()) {
    return static_cast<int>(known - places_.begin());
  }
  places_.push_back({submesh,
                     {submesh.rows, submesh.columns},
                     hardware::memory_access(problem_.package, submesh),
                     mean_l2_access(problem_.package, submesh)});
  return static_cast<int>(places_.size()) - 1;
}

const StageExit& FastEvaluator::exit_of(int from, int to) {
  std::map<int, StageExit>& exits = places_[static_cast<std::size_t>(from)].exits;
  const auto known = exits.find(to);
  if (known != exits.end()) {
    return known->second;
  }
  const hardware::Crossing crossing =
      hardware::crossing(problem_.package, places_[static_cast<std::size_t>(from)].submesh,
                         places_[static_cast<std::size_t>(to)].submesh);
  return exits.emplace(to, evaluate::exit_of(constants_, crossing)).first->second;
}

const FastEvaluator::DividedStage& FastEvaluator::divided(const schedule::Pipeline& pipeline,
                                                          std::size_t stage, int place) {
  const schedule::Stage& here = pipeline.stages[stage];
  BySharding& known = divided_[{pipeline.model, pipeline.stages.front().first, pipeline.stages.back().last,
                                pipeline.mini_batch, here.first, here.last, place}];
  for (const auto& [shardings, one] : known) {
    if (shardings == here.shardings) {
      return one;
    }
  }
  DividedStage& result = known.emplace_back(here.shardings, DividedStage{}).second;
  try {
    std::size_t at = 0;
    const schedule::Pipeline neighbours = alone(pipeline, here, at);
    const StageCost cost = evaluate_stage(problem_, neighbours, at);
    ShardedStage sums = replay_stage(problem_, pipeline.model, pipeline.mini_batch, here);
    const std::int64_t room =
        cost.streamed
            ? least_l2(problem_.package, members_of(problem_.package, here.submesh)) - cost.need_bytes
            : kRoomForAll;
    result.figures = {cost.traffic,
                      sums.compute,
                      sums.exchanges.seconds,
                      sums.layers.total(),
                      sums.exchanges.network_energy + sums.exchanges.l2_energy,
                      sums.weights,
                      sums.weights_sent,
                      sums.weights_forwarded,
                      cost.streamed,
                      room,
                      std::move(sums.work)};
  } catch (const base::InfeasibleError&) {
    result.feasible = false;
  }
  return result;
}

StageFigures FastEvaluator::figures_of(const schedule::Pipeline& pipeline, std::size_t stage, Tables& tables,
                                       std::int64_t mini_batches, bool& feasible) {
  const schedule::Stage& here = pipeline.stages[stage];
  const hardware::Submesh* next =
      stage + 1 < pipeline.stages.size() ? &pipeline.stages[stage + 1].submesh : nullptr;
  StageExit exit;
  if (next != nullptr && !(here.submesh.single() && next->single())) {
    const int from = place_of(here.submesh);
    exit = exit_of(from, place_of(*next));
  }
  if (!here.submesh.single()) {
    const int number = place_of(here.submesh);
    const DividedStage& found = divided(pipeline, stage, number);
    feasible = feasible && found.feasible;
    const Place& place = places_[static_cast<std::size_t>(number)];
    return submesh_figures(constants_, found.figures, place.access, place.grid, exit, place.l2_access,
                           mini_batches);
  }
  const auto chiplet = static_cast<std::size_t>(here.submesh.lead());
  const int type = problem_.package.chiplets[chiplet].type;
  std::unique_ptr<SegmentTable>& table = tables[static_cast<std::size_t>(type)];
  if (!table) {
    table = std::make_unique<SegmentTable>(problem_, pipeline.model, pipeline.stages.front().first,
                                           pipeline.stages.back().last, pipeline.mini_batch, type);
  }
  const Segment& segment = table->exact(here.first, here.last);
  feasible = feasible && segment.feasible;
  const int memory_hops = problem_.package.memory_hops[chiplet];
  const double l2_access = problem_.package.types[static_cast<std::size_t>(type)].energy.l2_access;
  if (next != nullptr && !next->single()) {
    return stage_figures(constants_, segment, memory_hops, exit, l2_access, mini_batches);
  }
  const int next_hops =
      next == nullptr ? 0 : problem_.package.hops[chiplet][static_cast<std::size_t>(next->lead())];
  return stage_figures(constants_, segment, memory_hops, next_hops, l2_access, mini_batches);
}

FastCost FastEvaluator::evaluate(const schedule::Schedule& schedule) {
  FastCost total;
  double steady_time = 0.0;
  constants_.repeated = problem_.repeated && schedule.windows.size() == 1;
  const bool contended = problem_.communication == schedule::Communication::kContended;
  for (const schedule::Window& window : schedule.windows) {
    double latency = 0.0;
    double slowest = 0.0;
    std::int64_t window_bytes = 0;
    loads_.resize(std::max(loads_.size(), window.pipelines.size()));
    for (std::size_t p = 0; p < window.pipelines.size(); ++p) {
      const schedule::Pipeline& pipeline = window.pipelines[p];
      PipelineLoad& load = loads_[p];
      load.memory = 0.0;
      std::fill(load.interfaces.begin(), load.interfaces.end(), 0.0);
      const std::int64_t batch = problem_.scenario.models[static_cast<std::size_t>(pipeline.model)].batch;
      const std::int64_t n = base::ceil_divide(batch, pipeline.mini_batch);
      const int begin = pipeline.stages.front().first;
      const int end = pipeline.stages.back().last;
      Tables& tables = tables_of(pipeline.model, begin, end, pipeline.mini_batch);
      double sum_first = 0.0;
      double largest_steady = 0.0;
      for (std::size_t k = 0; k < pipeline.stages.size(); ++k) {
        const schedule::Stage& stage = pipeline.stages[k];
        const StageFigures figures = figures_of(pipeline, k, tables, n, total.feasible);
        total.energy += figures.energy;
        window_bytes += figures.memory_bytes;
        if (contended) {
          add_load(problem_.package, stage.submesh, figures.memory_bytes, load);
        }
        sum_first += figures.first;
        largest_steady = std::max(largest_steady, figures.steady);
      }
      load.latency = sum_first + static_cast<double>(constants_.repeated ? n : n - 1) * largest_steady;
      latency = std::max(latency, load.latency);
      slowest = std::max(slowest, static_cast<double>(n) * largest_steady);
    }
    if (contended) {
      contend(std::span(loads_).first(window.pipelines.size()), contention_);
      latency = contention_.latency;
    } else if (schedule::shares_memory(problem_.communication)) {
      latency = std::max(latency, static_cast<double>(window_bytes) * seconds_per_byte_);
    }
    total.latency += latency;
    total.memory_bytes += window_bytes;
    steady_time += slowest;
  }
  total.energy += problem_.package.static_power * total.latency;
  total.steady_throughput = samples_ / (problem_.repeated ? total.latency : steady_time);
  return total;
}

}  // namespace inlay::evaluate
