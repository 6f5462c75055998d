#include "inlay/search/size_tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "inlay/base/checked.hpp"

namespace inlay::search {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

LabelDimensions dimensions_of(const Surroundings& surroundings) {
  LabelDimensions dimensions;
  dimensions.time = surroundings.objective.counts_latency() || surroundings.static_power > 0.0 ||
                    std::isfinite(surroundings.latency_limit) || surroundings.limits;
  dimensions.energy = surroundings.objective.counts_energy();
  dimensions.bytes = dimensions.time && surroundings.seconds_per_byte > 0.0;
  return dimensions;
}

}  // namespace

SizeStages::SizeStages(const PipelineQuestion& question, const Allowance& allowance, int size_index,
                       const PipelineBound& bound)
    : question(question),
      bound(bound),
      mini_batch(question.problem.costs.models[static_cast<std::size_t>(question.model)]
                     .mini_batches[static_cast<std::size_t>(size_index)]),
      mini_batches(base::ceil_divide(
          question.problem.scenario.models[static_cast<std::size_t>(question.model)].batch, mini_batch)),
      refills(static_cast<double>(mini_batches - 1)),
      lines(supporting_lines(question.surroundings, bound.latency,
                             latest_allowed([&](double latency) { return allowance.energy(latency); },
                                            bound.latency, bound.energy))),
      grid({question.problem, question.trie, question.model, question.range, question.cuts, mini_batch,
            mini_batches},
           allowance, {bound.latency, bound.energy}) {}

PerLine SizeStages::sums_of(const Completion& whole) const {
  PerLine sums = whole.sums;
  for (std::size_t line = 0; line < kLines; ++line) {
    sums[line] += lines.time[line] * refills * whole.steady;
  }
  sums[0] = std::max(sums[0], bound.latency);
  sums[1] = std::max(sums[1], bound.energy);
  return sums;
}

SizeTables::SizeTables(const PipelineQuestion& question, const Allowance& allowance, int size_index,
                       const PipelineBound& bound)
    : SizeStages(question, allowance, size_index, bound),
      dimensions(dimensions_of(question.surroundings)),
      completion(grid, question.trie, lines, question.longest),
      least_(sums_of(completion.whole())) {
  latest = latest_allowed([&](double latency) { return allowance.energy(latency); }, least_[0], least_[1]);
}

std::vector<Slice> SizeTables::useful(const Allowance& allowance, const Front& finished) const {
  if (!(least_[0] <= latest)) {
    return {};
  }
  const auto allowed = [&](double latency) {
    const double here = allowance.energy(latency);
    if (dimensions.bytes) {
      return here;  // a finished pipeline may have moved more bytes
    }
    const double beaten = finished.energy_within(latency);
    if (!dimensions.energy) {
      return std::isfinite(beaten) ? -kInfinite : here;
    }
    return std::min(here, beaten);
  };
  return slices(allowed, lines, least_, latest);
}

}  // namespace inlay::search
