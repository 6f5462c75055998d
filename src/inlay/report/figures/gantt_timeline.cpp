#include "inlay/report/figures/gantt_timeline.hpp"

#include <algorithm>
#include <numeric>

namespace inlay::report::figures {
namespace {

using schedule::Problem;

struct Part {
  Activity activity;
  double seconds;
  std::int64_t bytes;
};

/// One after the other from `at` on.
void lay_out(const std::vector<Part>& parts, double at, std::vector<ActivitySpan>& spans) {
  for (const Part& part : parts) {
    if (part.seconds > 0.0) {
      spans.push_back({part.activity, at, at + part.seconds, part.bytes});
      at += part.seconds;
    }
  }
}

/// A stage with its cost.
struct Place {
  const Problem& problem;
  const evaluate::StageCost& cost;

  Part weights() const { return {Activity::kWeights, cost.weights, cost.traffic.weights}; }
  Part read() const { return {Activity::kRead, cost.in, cost.traffic.from_memory}; }
  Part compute() const { return {Activity::kCompute, cost.compute, 0}; }
  Part spill() const {
    return {Activity::kSpill, cost.spill, cost.traffic.spill_write + cost.traffic.spill_read};
  }
  Part write() const { return {Activity::kWrite, cost.written, cost.traffic.to_memory}; }
  Part forward() const { return {Activity::kForward, cost.passing, cost.traffic.to_next}; }
  /// Between the members of a submesh, all of the stage's exchanges in one piece.
  Part exchange() const { return {Activity::kExchange, cost.exchange, cost.traffic.exchanged}; }
};

/// The first mini-batch waits for its input; where stages overlap, its weights arrive while it computes.
std::vector<ActivitySpan> first_spans(const Place& place, double begin) {
  std::vector<ActivitySpan> spans;
  if (place.problem.overlap == hardware::Overlap::kOverlapped) {
    const double end = begin + place.cost.first - place.cost.spill - place.cost.out;
    lay_out({place.compute(), place.exchange()}, end - place.cost.compute - place.cost.exchange, spans);
    lay_out({place.read(), place.weights()}, begin, spans);
    lay_out({place.spill(), place.write(), place.forward()}, end, spans);
    return spans;
  }
  lay_out({place.weights(), place.read(), place.compute(), place.exchange(), place.spill(), place.write(),
           place.forward()},
          begin, spans);
  return spans;
}

std::vector<ActivitySpan> steady_spans(const Place& place, double begin) {
  Part weights = place.weights();
  if (!place.cost.streamed) {
    weights.seconds = 0.0;
  }
  std::vector<ActivitySpan> spans;
  if (place.problem.overlap == hardware::Overlap::kSerial) {
    lay_out({weights, place.read(), place.compute(), place.exchange(), place.spill(), place.write(),
             place.forward()},
            begin, spans);
  } else {
    lay_out({place.compute(), place.exchange()}, begin, spans);
    lay_out({weights, place.read(), place.spill(), place.write(), place.forward()}, begin, spans);
  }
  return spans;
}

/// All blocks of a stage whose first mini-batch begins at `begin`.
void add_stage(const Place& place, const evaluate::PipelineCost& pipeline, double begin,
               std::int64_t most_single, StageBlock block, std::vector<StageBlock>& blocks) {
  const double pace = pipeline.largest_steady;
  const double first_end = begin + place.cost.first;
  block.begin = begin;
  block.end = first_end;
  block.spans = first_spans(place, begin);
  blocks.push_back(block);
  const bool together = pipeline.mini_batches > most_single;
  const std::int64_t step = together ? std::max<std::int64_t>(pipeline.mini_batches - 1, 1) : 1;
  for (std::int64_t j = 1; j < pipeline.mini_batches; j += step) {
    block.mini_batch = j;
    block.count = step;
    block.period = step > 1 ? pace : 0.0;
    block.begin = first_end + static_cast<double>(j) * pace - place.cost.steady;
    block.end = first_end + static_cast<double>(j + step - 1) * pace;
    block.spans = steady_spans(place, block.begin);
    blocks.push_back(block);
  }
}

}  // namespace

Timeline timeline_of(const Problem& problem, const schedule::Schedule& schedule,
                     const evaluate::ScheduleCost& cost, std::int64_t most_single) {
  Timeline timeline;
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    const evaluate::WindowCost& window = cost.windows[w];
    WindowSpan span{timeline.end, timeline.end, timeline.end + window.latency, window.memory_bound};
    // Delays at the memory are drawn as one wait at the end.
    const auto by_memory = [](double end, const evaluate::PipelineCost& one) {
      return std::max(end, one.latency);
    };
    const double alone = std::accumulate(window.pipelines.begin(), window.pipelines.end(), 0.0, by_memory);
    span.memory_bound = window.latency > alone * (1.0 + 1e-12);
    for (std::size_t p = 0; p < schedule.windows[w].pipelines.size(); ++p) {
      const schedule::Pipeline& pipeline = schedule.windows[w].pipelines[p];
      const evaluate::PipelineCost& pipeline_cost = window.pipelines[p];
      double begin = span.begin;
      for (std::size_t k = 0; k < pipeline.stages.size(); ++k) {
        const Place place{problem, pipeline_cost.stages[k]};
        StageBlock block;
        block.window = static_cast<int>(w);
        block.pipeline = static_cast<int>(p);
        block.stage = static_cast<int>(k);
        for (const int chiplet : pipeline.stages[k].submesh.chiplets) {
          block.chiplet = chiplet;
          add_stage(place, pipeline_cost, begin, most_single, block, timeline.blocks);
        }
        begin += place.cost.first;
      }
      span.work_end = std::max(span.work_end, span.begin + pipeline_cost.latency);
    }
    timeline.end = span.end;
    timeline.windows.push_back(span);
  }
  return timeline;
}

}  // namespace inlay::report::figures
