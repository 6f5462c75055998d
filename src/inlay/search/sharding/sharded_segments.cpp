#include "inlay/search/sharding/sharded_segments.hpp"

#include <algorithm>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"

namespace inlay::search::sharding {
namespace {

int lead_type(const schedule::Problem& problem, const hardware::Submesh& submesh) {
  return problem.package.chiplets[static_cast<std::size_t>(submesh.lead())].type;
}

}  // namespace

ShardedSegments::ShardedSegments(const schedule::Problem& problem, int model, int window_first,
                                 int window_last, std::int64_t mini_batch, const hardware::Submesh& example,
                                 PlanTable& plans)
    : problem_(problem),
      model_(problem.scenario.models[static_cast<std::size_t>(model)].model),
      model_index_(model),
      window_first_(window_first),
      window_last_(window_last),
      mini_batch_(mini_batch),
      example_(example),
      plans_(plans),
      traffic_(problem, model, window_first, window_last, mini_batch, lead_type(problem, example)),
      gathered_(static_cast<std::size_t>(window_last - window_first) + 1, 0),
      held_bounds_(static_cast<std::size_t>(window_last - window_first)) {
  for (int layer = window_first; layer < window_last; ++layer) {
    const auto at = static_cast<std::size_t>(layer - window_first);
    gathered_[at + 1] =
        gathered_[at] +
        base::checked_multiply(mini_batch, model_.layers[static_cast<std::size_t>(layer)].gathered_bytes);
  }
}

/// Every tensor of the window that a layer may find in L2 counts whole and twice: no layout takes more.
const std::vector<std::int64_t>& ShardedSegments::held_bound(int first) {
  std::vector<std::int64_t>& bound = held_bounds_[static_cast<std::size_t>(first - window_first_)];
  if (!bound.empty()) {
    return bound;
  }
  std::vector<std::int64_t> more(static_cast<std::size_t>(window_last_ - first) + 1, 0);
  for (const workload::Tensor& tensor : model_.tensors) {
    if (tensor.producer < window_first_ || tensor.producer >= window_last_ || tensor.users.empty()) {
      continue;
    }
    const int from = std::max(tensor.producer, first);
    const auto end = std::lower_bound(tensor.users.begin(), tensor.users.end(), window_last_);
    const int to = end == tensor.users.begin() ? -1 : *(end - 1);
    if (from <= to) {
      more[static_cast<std::size_t>(from - first)] += 2 * mini_batch_ * tensor.bytes;
      more[static_cast<std::size_t>(to + 1 - first)] -= 2 * mini_batch_ * tensor.bytes;
    }
  }
  std::int64_t held = 0;
  std::int64_t most = 0;
  for (int layer = first; layer < window_last_; ++layer) {
    held += more[static_cast<std::size_t>(layer - first)];
    most = std::max(most, held);
    bound.push_back(most);
  }
  return bound;
}

/// As if nothing had to be spilled.
ShardedSegment ShardedSegments::segment_of(int first, int last, bool resident_plan) {
  const PlanSums& sums = (resident_plan ? plans_.resident(first) : plans_.streamed(first)).sums(last);
  ShardedSegment segment;
  segment.resident_plan = resident_plan;
  segment.traffic = traffic_.optimistic(first, last).traffic;
  const std::int64_t gathered = gathered_[static_cast<std::size_t>(last - window_first_)] -
                                gathered_[static_cast<std::size_t>(first - window_first_)];
  segment.traffic.from_memory += sums.gathered - gathered;
  segment.traffic.weights = sums.weights_read;
  segment.traffic.exchanged = sums.exchanged;
  segment.compute = sums.compute;
  segment.exchange = sums.exchange;
  segment.layer_energy = sums.layer_energy;
  segment.exchange_energy = sums.exchange_energy;
  segment.weights = sums.weights;
  segment.weights_sent = sums.weights_sent;
  segment.weights_forwarded = sums.weights_forwarded;
  const std::int64_t bound =
      held_bound(first)[static_cast<std::size_t>(last - 1 - first)] + sums.largest_tile;
  const bool loads_ahead = evaluate::prefetches(problem_) && sums.weights > 0;
  if (bound + sums.weights <= plans_.capacity()) {
    segment.fits = true;
    segment.exact = !loads_ahead;
  } else if (sums.weights > 0 && sums.weights + sums.largest_tile > plans_.capacity()) {
    segment.streamed = true;
    segment.exact = bound <= plans_.capacity() && !loads_ahead;
  }
  return segment;
}

std::vector<ShardedSegment> ShardedSegments::optimistic(int first, int last) {
  std::vector<ShardedSegment> possible;
  if (plans_.resident(first).has(last)) {
    possible.push_back(segment_of(first, last, true));
    if (possible.front().fits) {
      return possible;
    }
    if (possible.front().streamed) {
      possible.clear();
    }
  }
  if (plans_.streamed(first).has(last)) {
    possible.push_back(segment_of(first, last, false));
  }
  return possible;
}

ShardedSegment ShardedSegments::settled(int first, int last, bool resident_plan) {
  ShardedSegment segment = segment_of(first, last, resident_plan);
  if (segment.exact) {
    return segment;
  }
  segment.exact = true;
  if (!segment.fits) {
    fit(first, last, segment);
  }
  if (evaluate::prefetches(problem_)) {
    segment.layers = (resident_plan ? plans_.resident(first) : plans_.streamed(first)).work(last);
  }
  return segment;
}

/// What fits and spills is what the reference evaluator says.
void ShardedSegments::fit(int first, int last, ShardedSegment& segment) {
  schedule::Pipeline pipeline{model_index_, mini_batch_, {}};
  if (first > window_first_) {
    pipeline.stages.push_back({window_first_, first, 0});
  }
  const std::size_t stage = pipeline.stages.size();
  pipeline.stages.push_back(
      {first, last, example_,
       (segment.resident_plan ? plans_.resident(first) : plans_.streamed(first)).shardings(last)});
  if (last < window_last_) {
    pipeline.stages.push_back({last, window_last_, 0});
  }
  try {
    const evaluate::StageCost cost = evaluate::evaluate_stage(problem_, pipeline, stage);
    segment.streamed = cost.streamed;
    segment.traffic.spill_read = cost.traffic.spill_read;
    segment.traffic.spill_write = cost.traffic.spill_write;
    segment.traffic.spill_awaited = cost.traffic.spill_awaited;
    segment.room = cost.streamed ? plans_.capacity() - cost.need_bytes : evaluate::kRoomForAll;
  } catch (const base::InfeasibleError&) {
    segment.feasible = false;
  }
}

const ShardedSegment& ShardedSegments::exact(int first, int last) {
  const auto [place, added] = exact_.try_emplace({first, last});
  if (!added) {
    return place->second;
  }
  ShardedSegment& result = place->second;
  result.exact = true;
  result.feasible = false;
  if (plans_.resident(first).has(last)) {
    const ShardedSegment stays = settled(first, last, true);
    if (stays.feasible && !stays.streamed) {
      return result = stays;
    }
  }
  if (plans_.streamed(first).has(last)) {
    result = settled(first, last, false);
  }
  return result;
}

std::vector<schedule::Sharding> ShardedSegments::shardings(int first, int last) {
  const bool resident = exact(first, last).resident_plan;
  return (resident ? plans_.resident(first) : plans_.streamed(first)).shardings(last);
}

void ShardedSegments::forget(int first) {
  exact_.erase(exact_.lower_bound({first, 0}), exact_.lower_bound({first + 1, 0}));
  std::vector<std::int64_t>().swap(held_bounds_[static_cast<std::size_t>(first - window_first_)]);
  traffic_.forget(first);
  plans_.forget(first);
}

}  // namespace inlay::search::sharding
