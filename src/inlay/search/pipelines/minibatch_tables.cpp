#include "inlay/search/pipelines/minibatch_tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/checked.hpp"

namespace inlay::search::pipelines {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

LabelDimensions dimensions_of(const PruningContext& context) {
  LabelDimensions dimensions;
  dimensions.time = context.objective.counts_latency() || context.static_power > 0.0 ||
                    std::isfinite(context.latency_limit) || context.limits;
  dimensions.energy = context.objective.counts_energy();
  dimensions.bytes = dimensions.time && context.seconds_per_byte > 0.0;
  return dimensions;
}

}  // namespace

MinibatchStages::MinibatchStages(const PipelineQuestion& question, const PruningThreshold& threshold,
                                 int size_index, const PipelineBound& bound)
    : question(question),
      bound(bound),
      mini_batch(question.problem.costs.models[static_cast<std::size_t>(question.model)]
                     .mini_batches[static_cast<std::size_t>(size_index)]),
      mini_batches(base::ceil_divide(
          question.problem.scenario.models[static_cast<std::size_t>(question.model)].batch, mini_batch)),
      refills(static_cast<double>(evaluate::refills(question.problem, mini_batches))),
      lines(supporting_lines(question.context, bound.latency,
                             latest_allowed([&](double latency) { return threshold.energy(latency); },
                                            bound.latency, bound.energy))),
      grid({question.problem, question.trie, question.model, question.range, question.cuts, mini_batch,
            mini_batches},
           threshold, {bound.latency, bound.energy}) {}

PerLine MinibatchStages::sums_of(const Completion& whole) const {
  PerLine sums = whole.sums;
  for (std::size_t line = 0; line < kLines; ++line) {
    sums[line] += lines.time[line] * refills * whole.steady;
  }
  sums[0] = std::max(sums[0], bound.latency);
  sums[1] = std::max(sums[1], bound.energy);
  return sums;
}

MinibatchTables::MinibatchTables(const PipelineQuestion& question, const PruningThreshold& threshold,
                                 int size_index, const PipelineBound& bound)
    : MinibatchStages(question, threshold, size_index, bound),
      dimensions(dimensions_of(question.context)),
      completion(grid, question.trie, lines, question.longest),
      least_(sums_of(completion.whole())) {
  latest = latest_allowed([&](double latency) { return threshold.energy(latency); }, least_[0], least_[1]);
}

std::vector<LatencyBand> MinibatchTables::useful(const PruningThreshold& threshold,
                                                 const ParetoFront& finished) const {
  if (!(least_[0] <= latest)) {
    return {};
  }
  const auto allowed = [&](double latency) {
    const double here = threshold.energy(latency);
    if (dimensions.bytes) {
      return here;  // a finished pipeline may have moved more bytes
    }
    const double beaten = finished.energy_within(latency);
    if (!dimensions.energy) {
      return std::isfinite(beaten) ? -kInfinite : here;
    }
    return std::min(here, beaten);
  };
  return latency_bands(allowed, lines, least_, latest);
}

}  // namespace inlay::search::pipelines
