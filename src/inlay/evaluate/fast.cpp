#include "inlay/evaluate/fast.hpp"

#include <algorithm>

#include "inlay/base/checked.hpp"

namespace inlay::evaluate {

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

FastCost FastEvaluator::evaluate(const schedule::Schedule& schedule) {
  FastCost total;
  double steady_time = 0.0;
  FigureConstants constants = constants_;
  constants.repeated = problem_.repeated && schedule.windows.size() == 1;
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
        const auto chiplet = static_cast<std::size_t>(stage.submesh.lead());
        const int type = problem_.package.chiplets[chiplet].type;
        const int next_hops =
            k + 1 < pipeline.stages.size()
                ? problem_.package
                      .hops[chiplet][static_cast<std::size_t>(pipeline.stages[k + 1].submesh.lead())]
                : 0;
        std::unique_ptr<SegmentTable>& table = tables[static_cast<std::size_t>(type)];
        if (!table) {
          table =
              std::make_unique<SegmentTable>(problem_, pipeline.model, begin, end, pipeline.mini_batch, type);
        }
        const Segment& segment = table->exact(stage.first, stage.last);
        const StageFigures figures =
            stage_figures(constants, segment, problem_.package.memory_hops[chiplet], next_hops,
                          problem_.package.types[static_cast<std::size_t>(type)].energy.l2_access, n);
        total.feasible = total.feasible && segment.feasible;
        total.energy += figures.energy;
        window_bytes += figures.memory_bytes;
        if (contended) {
          add_load(problem_.package, stage.submesh, figures.memory_bytes, load);
        }
        sum_first += figures.first;
        largest_steady = std::max(largest_steady, figures.steady);
      }
      load.latency = sum_first + static_cast<double>(constants.repeated ? n : n - 1) * largest_steady;
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
