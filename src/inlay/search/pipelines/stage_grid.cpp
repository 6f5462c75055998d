#include "inlay/search/pipelines/stage_grid.hpp"

#include <algorithm>
#include <limits>

#include "inlay/evaluate/transfer.hpp"

namespace inlay::search::pipelines {

using evaluate::Segment;
using evaluate::StageFigures;

namespace {

StageFigures infinite_figures() {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  return {kInfinite, kInfinite, kInfinite, 0};
}

}  // namespace

StageGrid::StageGrid(const StageRequest& request)
    : StageGrid(request, PruningThreshold([] {
                  PruningContext nothing_to_beat;
                  nothing_to_beat.incumbent = std::numeric_limits<double>::infinity();
                  return nothing_to_beat;
                }()),
                CostPoint{}) {}

StageGrid::StageGrid(const StageRequest& request, const PruningThreshold& threshold, const CostPoint& least)
    : request_(request),
      constants_(request.problem),
      cuts_(static_cast<int>(request.cuts.size())),
      tables_(request.problem.package.types.size()),
      layers_(request.trie.places.size()) {
  bar_layers();
  make_tables();
  for (int y = 0; y + 1 < cuts_; ++y) {
    for (std::size_t place = 0; place < layers_.size(); ++place) {
      fill_row(static_cast<int>(place), y, threshold, least);
    }
    for (const auto& table : tables_) {
      if (table) {
        table->forget(layer_at(y));
      }
    }
  }
}

void StageGrid::make_tables() {
  const std::size_t cells = index(0, cuts_);
  for (std::size_t place = 0; place < layers_.size(); ++place) {
    const hardware::Submesh example = request_.trie.example(static_cast<int>(place));
    l2_access_.push_back(evaluate::mean_l2_access(request_.problem.package, example));
    if (example.single()) {
      const int type = request_.trie.places[place].type;
      auto& table = tables_[static_cast<std::size_t>(type)];
      if (!table) {
        table =
            std::make_unique<evaluate::SegmentTable>(request_.problem, request_.model, request_.range.first,
                                                     request_.range.last, request_.mini_batch, type);
      }
    } else {
      auto& segments = sharded_[request_.trie.details[place].members];
      if (!segments) {
        segments = std::make_unique<sharding::ShardedSegments>(
            request_.problem, request_.model, request_.range.first, request_.range.last, request_.mini_batch,
            example,
            request_.trie.plans->of(request_.problem, request_.model, request_.mini_batch,
                                    request_.trie.details[place].members, request_.trie.plan_goal));
      }
    }
    layers_[place].optimistic.resize(cells);
    layers_[place].states = std::make_unique<std::atomic<unsigned char>[]>(cells);
  }
}

void StageGrid::bar_layers() {
  const schedule::Constraints& constraints = request_.problem.constraints;
  if (constraints.pins.empty() && constraints.bans.empty()) {
    return;
  }
  for (int place = 0; place < static_cast<int>(request_.trie.places.size()); ++place) {
    const hardware::Submesh example = request_.trie.example(place);
    std::vector<char>& barred = barred_.emplace_back();
    for (int layer = request_.range.first; layer < request_.range.last; ++layer) {
      const bool allowed = std::all_of(example.chiplets.begin(), example.chiplets.end(), [&](int chiplet) {
        return schedule::may_stand(constraints, request_.model, layer, layer + 1, chiplet);
      });
      barred.push_back(!allowed);
    }
  }
}

/// Whether a layer between two cuts may not run on a place.
bool StageGrid::barred(int place, int from, int to) const {
  if (barred_.empty()) {
    return false;
  }
  const auto begin = barred_[static_cast<std::size_t>(place)].begin() - request_.range.first;
  const auto end = begin + layer_at(to);
  return std::find(begin + layer_at(from), end, 1) != end;
}

void StageGrid::fill_row(int place, int y, const PruningThreshold& threshold, const CostPoint& least) {
  Layer& layer = layers_[static_cast<std::size_t>(place)];
  const auto refills = static_cast<double>(evaluate::refills(request_.problem, request_.mini_batches));
  // A stage on all chiplets has no other beside it.
  const bool alone =
      request_.trie.members(place) == static_cast<int>(request_.problem.package.chiplets.size());
  bool forbidden = false;  // and so are all longer ones
  for (int x = y + 1; x < cuts_; ++x) {
    const std::size_t at = index(y, x);
    StageFigures& figures = layer.optimistic[at];
    bool exact = true;
    forbidden = forbidden || barred(place, x - 1, x);
    if (forbidden || (alone && (y > 0 || x < cuts_ - 1))) {
      figures = infinite_figures();
    } else {
      figures = optimistic_figures(place, y, x, exact);
      const double latency = std::max(least.latency, figures.first + refills * figures.steady);
      if (threshold.can_prune(latency, std::max(least.energy, figures.energy),
                              static_cast<double>(figures.memory_bytes))) {
        figures = infinite_figures();
        exact = true;
      }
    }
    layer.states[at].store(static_cast<unsigned char>(exact ? State::kOptimisticIsExact : State::kUnknown),
                           std::memory_order_relaxed);
    if (!exact && layer.settled.empty()) {
      layer.settled.resize(layer.optimistic.size());
    }
  }
}

/// The least of what the stage may turn out to be.
StageFigures StageGrid::optimistic_figures(int place, int y, int x, bool& exact) {
  if (request_.trie.members(place) == 1) {
    const int type = request_.trie.places[static_cast<std::size_t>(place)].type;
    const Segment& segment = tables_[static_cast<std::size_t>(type)]->optimistic(layer_at(y), layer_at(x));
    exact = segment.exact;
    return figures_of(place, segment, x);
  }
  sharding::ShardedSegments& segments =
      *sharded_.at(request_.trie.details[static_cast<std::size_t>(place)].members);
  const std::vector<sharding::ShardedSegment> possible = segments.optimistic(layer_at(y), layer_at(x));
  exact = possible.size() <= 1 && (possible.empty() || possible.front().exact);
  StageFigures least = infinite_figures();
  for (std::size_t i = 0; i < possible.size(); ++i) {
    const StageFigures figures = figures_of(place, possible[i], x);
    least.first = std::min(least.first, figures.first);
    least.steady = std::min(least.steady, figures.steady);
    least.energy = std::min(least.energy, figures.energy);
    least.memory_bytes = i == 0 ? figures.memory_bytes : std::min(least.memory_bytes, figures.memory_bytes);
  }
  return least;
}

/// The last stage has no next.
evaluate::StageExit StageGrid::exit_of(int place, int x) const {
  if (x == cuts_ - 1) {
    return {};
  }
  if (!request_.trie.single()) {
    return evaluate::exit_of(constants_, request_.trie.details[static_cast<std::size_t>(place)].exit);
  }
  return {constants_.link_seconds_per_byte, constants_.hop_latency, 1.0};  // stages stand on neighbours
}

StageFigures StageGrid::figures_of(int place, const Segment& segment, int x) const {
  if (!segment.feasible) {
    return infinite_figures();
  }
  const PathTrie& trie = request_.trie;
  const int hops = trie.single() || !trie.details[static_cast<std::size_t>(place)].relaxed
                       ? trie.places[static_cast<std::size_t>(place)].memory_hops
                       : static_cast<int>(trie.details[static_cast<std::size_t>(place)].access.hops);
  return evaluate::stage_figures(constants_, segment, hops, exit_of(place, x),
                                 l2_access_[static_cast<std::size_t>(place)], request_.mini_batches);
}

StageFigures StageGrid::figures_of(int place, const sharding::ShardedSegment& segment, int x) const {
  if (!segment.feasible) {
    return infinite_figures();
  }
  const SubmeshPlace& where = request_.trie.details[static_cast<std::size_t>(place)];
  return evaluate::submesh_figures(constants_, segment, where.access, where.members.grid, exit_of(place, x),
                                   l2_access_[static_cast<std::size_t>(place)], request_.mini_batches);
}

const StageFigures& StageGrid::settle(int place, int y, int x) {
  const std::lock_guard<std::mutex> lock(settling_);
  Layer& layer = layers_[static_cast<std::size_t>(place)];
  const std::size_t at = index(y, x);
  if (layer.states[at].load(std::memory_order_relaxed) == static_cast<unsigned char>(State::kUnknown)) {
    if (request_.trie.members(place) == 1) {
      const int type = request_.trie.places[static_cast<std::size_t>(place)].type;
      layer.settled[at] =
          figures_of(place, tables_[static_cast<std::size_t>(type)]->exact(layer_at(y), layer_at(x)), x);
    } else {
      auto& segments = sharded_.at(request_.trie.details[static_cast<std::size_t>(place)].members);
      layer.settled[at] = figures_of(place, segments->exact(layer_at(y), layer_at(x)), x);
    }
    layer.states[at].store(static_cast<unsigned char>(State::kSettled), std::memory_order_release);
  }
  return layer.settled[at];
}

}  // namespace inlay::search::pipelines
