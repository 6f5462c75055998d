#include "inlay/evaluate/segment_table.hpp"

#include <algorithm>
#include <queue>
#include <utility>

#include "inlay/base/checked.hpp"

namespace inlay::evaluate {

SegmentTable::SegmentTable(const schedule::Problem& problem, int model, int window_first, int window_last,
                           std::int64_t mini_batch, int type)
    : model_(problem.scenario.models[static_cast<std::size_t>(model)].model),
      costs_(problem.costs.models[static_cast<std::size_t>(model)]),
      mini_batch_(mini_batch),
      mini_batch_index_(costs_.index_of(mini_batch)),
      type_(type),
      capacity_(problem.package.types[static_cast<std::size_t>(type)].l2_bytes),
      clock_(problem.package.types[static_cast<std::size_t>(type)].clock),
      window_first_(window_first),
      window_last_(window_last),
      prefetches_(prefetches(problem)),
      tensors_(model_.tensors.size()),
      forwarded_(static_cast<std::size_t>(window_last - window_first + 1), 0),
      need_bound_(static_cast<std::size_t>(window_last - window_first), 0),
      live_(static_cast<std::size_t>(window_last - window_first)),
      seen_in_fill_(model_.tensors.size(), 0),
      rows_(static_cast<std::size_t>(window_last - window_first)) {
  for (std::size_t index = 0; index < tensors_.size(); ++index) {
    const workload::Tensor& tensor = model_.tensors[index];
    TensorFacts& facts = tensors_[index];
    facts.bytes = base::checked_multiply(mini_batch, tensor.bytes);
    facts.needed_later = tensor.is_output || (!tensor.users.empty() && tensor.users.back() >= window_last);
    const auto end = std::lower_bound(tensor.users.begin(), tensor.users.end(), window_last);
    facts.last_use = end == tensor.users.begin() ? -1 : *(end - 1);
    if (tensor.producer < window_first || tensor.producer >= window_last) {
      continue;
    }
    facts.producer = tensor.producer;
    facts.through_memory = schedule::goes_through_memory(problem, model, static_cast<int>(index), mini_batch);
    for (int layer = facts.producer; layer <= facts.last_use; ++layer) {
      live_[static_cast<std::size_t>(layer - window_first)].push_back(static_cast<int>(index));
      need_bound_[static_cast<std::size_t>(layer - window_first)] += 2 * facts.bytes;
      if (facts.forwarded() && layer < facts.last_use) {
        forwarded_[static_cast<std::size_t>(layer + 1 - window_first)] += facts.bytes;
      }
    }
  }
  for (int layer = window_first; layer < window_last; ++layer) {
    const cost::LayerCost& cost = costs_.at(layer, mini_batch_index_, type);
    need_bound_[static_cast<std::size_t>(layer - window_first)] += cost.tile_bytes;
    if (prefetches_) {
      work_.push_back({static_cast<double>(cost.cycles) / clock_,
                       model_.layers[static_cast<std::size_t>(layer)].weight_bytes});
    }
  }
}

// `pending` is what the segment writes only because a user outside of it needs it.
void SegmentTable::add_layer(int first, int layer, Segment& running, std::int64_t& pending) {
  const workload::Layer& node = model_.layers[static_cast<std::size_t>(layer)];
  const cost::LayerCost& cost = costs_.at(layer, mini_batch_index_, type_);
  running.feasible = running.feasible && cost.mappable;
  running.layer_energy += cost.energy.total();
  running.traffic.weights += node.weight_bytes;
  running.traffic.from_memory += base::checked_multiply(mini_batch_, node.gathered_bytes);
  for (const int index : node.inputs) {
    const TensorFacts& tensor = tensors_[static_cast<std::size_t>(index)];
    int& seen = seen_in_fill_[static_cast<std::size_t>(index)];
    if (seen == fills_) {
      continue;
    }
    if (tensor.producer < first && !tensor.forwarded()) {
      running.traffic.from_memory += tensor.bytes;
      seen = fills_;
    }
    if (tensor.producer >= first && tensor.through_memory && !tensor.needed_later &&
        tensor.last_use == layer) {
      pending -= tensor.bytes;
      seen = fills_;
    }
  }
  for (const int index : node.outputs) {
    const TensorFacts& tensor = tensors_[static_cast<std::size_t>(index)];
    if (tensor.needed_later) {
      running.traffic.to_memory += tensor.bytes;
    } else if (tensor.through_memory && tensor.last_use > layer) {
      pending += tensor.bytes;
    }
  }
}

void SegmentTable::fill(int first, std::vector<Segment>& segments) {
  segments.resize(static_cast<std::size_t>(window_last_ - first));
  ++fills_;
  Segment running;
  std::int64_t cycles = 0;
  std::int64_t pending = 0;
  std::int64_t bound = 0;
  std::int64_t largest_tile = 0;
  running.traffic.from_previous = forwarded_[static_cast<std::size_t>(first - window_first_)];
  for (int layer = first; layer < window_last_; ++layer) {
    const cost::LayerCost& cost = costs_.at(layer, mini_batch_index_, type_);
    cycles = base::checked_add(cycles, cost.cycles);
    add_layer(first, layer, running, pending);
    bound = std::max(bound, need_bound_[static_cast<std::size_t>(layer - window_first_)]);
    largest_tile = std::max(largest_tile, cost.tile_bytes);
    Segment& segment = segments[static_cast<std::size_t>(layer - first)];
    segment = running;
    segment.compute = static_cast<double>(cycles) / clock_;
    segment.traffic.to_memory += pending;
    segment.traffic.to_next = forwarded_[static_cast<std::size_t>(layer + 1 - window_first_)];
    settle(segment, bound, largest_tile);
  }
}

/// Decides what fits by the running bound on the need; leaves `exact` unset where the bound cannot tell.
void SegmentTable::settle(Segment& segment, std::int64_t bound, std::int64_t largest_tile) const {
  const bool loads_ahead = prefetches_ && segment.traffic.weights > 0;
  if (!segment.feasible || bound + segment.traffic.weights <= capacity_) {
    segment.fits = true;
    segment.exact = !segment.feasible || !loads_ahead;
  } else if (segment.traffic.weights > 0 && segment.traffic.weights + largest_tile > capacity_) {
    segment.streamed = true;
    segment.exact = bound <= capacity_ && !loads_ahead;
  }
}

int SegmentTable::last_use_before(int tensor, int last) const {
  const std::vector<int>& users = model_.tensors[static_cast<std::size_t>(tensor)].users;
  const auto end = std::lower_bound(users.begin(), users.end(), last);
  return end == users.begin() ? -1 : *(end - 1);
}

std::int64_t SegmentTable::held_bytes(const TensorFacts& tensor, int first, int last, int layer,
                                      int last_use_here) const {
  if (tensor.through_memory) {
    return tensor.producer >= first && last_use_here >= layer ? tensor.bytes : 0;
  }
  return tensor.producer < first || tensor.last_use >= last ? 2 * tensor.bytes : tensor.bytes;
}

/// The L2 need of each layer of a segment without weights, from what each tensor adds where it begins and
/// takes away behind its end.
std::vector<std::int64_t> SegmentTable::needs(int first, int last) const {
  std::vector<std::int64_t> need(static_cast<std::size_t>(last - first) + 1, 0);
  const auto hold = [&](int index) {
    const TensorFacts& tensor = tensors_[static_cast<std::size_t>(index)];
    const int last_use_here = tensor.through_memory ? last_use_before(index, last) : tensor.last_use;
    const int from = std::max(tensor.producer, first);
    const int to = std::min(last_use_here, last - 1);
    if (from <= to) {
      const std::int64_t bytes = held_bytes(tensor, first, last, from, last_use_here);
      need[static_cast<std::size_t>(from - first)] += bytes;
      need[static_cast<std::size_t>(to + 1 - first)] -= bytes;
    }
  };
  for (const int index : live_[static_cast<std::size_t>(first - window_first_)]) {
    if (tensors_[static_cast<std::size_t>(index)].producer < first) {
      hold(index);
    }
  }
  std::int64_t held = 0;
  for (int layer = first; layer < last; ++layer) {
    for (const int index : model_.layers[static_cast<std::size_t>(layer)].outputs) {
      hold(index);
    }
    std::int64_t& here = need[static_cast<std::size_t>(layer - first)];
    held += here;
    here = held + costs_.at(layer, mini_batch_index_, type_).tile_bytes;
  }
  need.pop_back();
  return need;
}

/// The largest tensor (ties: the lowest index) that a layer finds in L2 and that may be spilled; -1 if there
/// is none.
int SegmentTable::largest_to_spill(int first, int last, int layer, const std::vector<char>& spilled) const {
  int best = -1;
  std::int64_t best_bytes = 0;
  for (const int index : live_[static_cast<std::size_t>(layer - window_first_)]) {
    const TensorFacts& tensor = tensors_[static_cast<std::size_t>(index)];
    if (tensor.producer < first || spilled[static_cast<std::size_t>(index)] != 0) {
      continue;
    }
    const int last_use_here = last_use_before(index, last);
    const bool stays = last_use_here > tensor.producer && (tensor.through_memory || tensor.last_use < last);
    const std::int64_t bytes = held_bytes(tensor, first, last, layer, last_use_here);
    const bool better = bytes > best_bytes || (bytes == best_bytes && best >= 0 && index < best);
    if (stays && bytes > 0 && better) {
      best = index;
      best_bytes = bytes;
    }
  }
  return best;
}

void SegmentTable::make_exact(int first, int last, Segment& segment) {
  if (!segment.fits) {
    fit(first, last, segment);
  }
  if (prefetches_) {
    segment.layers = std::span(work_).subspan(static_cast<std::size_t>(first - window_first_),
                                              static_cast<std::size_t>(last - first));
  }
  segment.exact = true;
}

void SegmentTable::fit(int first, int last, Segment& segment) {
  std::vector<std::int64_t> need = needs(first, last);
  const std::int64_t most = *std::max_element(need.begin(), need.end());
  segment.streamed = segment.traffic.weights > 0 && most + segment.traffic.weights > capacity_;
  const std::int64_t room = capacity_ - (segment.streamed ? 0 : segment.traffic.weights);
  if (most <= room) {
    segment.room = segment.streamed ? room - most : kRoomForAll;
    return;
  }
  // Layers that need too much, the worst first (ties: the first layer). Spilling only takes from needs: an
  // entry that is out of date is put back with what its layer needs now.
  using Entry = std::pair<std::int64_t, int>;  // need, minus the layer
  std::priority_queue<Entry> too_much;
  for (int layer = first; layer < last; ++layer) {
    if (const std::int64_t here = need[static_cast<std::size_t>(layer - first)]; here > room) {
      too_much.emplace(here, -layer);
    }
  }
  std::vector<char> spilled(tensors_.size(), 0);
  while (!too_much.empty()) {
    const auto [known, minus_layer] = too_much.top();
    const int layer = -minus_layer;
    const std::int64_t here = need[static_cast<std::size_t>(layer - first)];
    if (here < known) {
      too_much.pop();
      if (here > room) {
        too_much.emplace(here, minus_layer);
      }
      continue;
    }
    const int best = largest_to_spill(first, last, layer, spilled);
    if (best < 0) {
      segment.feasible = false;
      return;
    }
    const TensorFacts& tensor = tensors_[static_cast<std::size_t>(best)];
    const bool written = tensor.needed_later || (tensor.through_memory && tensor.last_use >= last);
    segment.traffic.spill_write += written ? 0 : tensor.bytes;
    segment.traffic.spill_read += tensor.bytes;
    if (last_use_before(best, last) == tensor.producer + 1) {
      segment.traffic.spill_awaited += (written ? 1 : 2) * tensor.bytes;
    }
    spilled[static_cast<std::size_t>(best)] = 1;
    const int end = std::min(last_use_before(best, last), last - 1);
    for (int held = tensor.producer; held <= end; ++held) {
      need[static_cast<std::size_t>(held - first)] -= tensor.bytes;
    }
  }
  segment.room = segment.streamed ? capacity_ - *std::max_element(need.begin(), need.end()) : kRoomForAll;
}

}  // namespace inlay::evaluate
