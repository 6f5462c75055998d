#include "inlay/search/pipelines/stage_grid.hpp"

#include <algorithm>
#include <limits>

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
  const std::size_t cells = index(0, cuts_);
  for (std::size_t place = 0; place < layers_.size(); ++place) {
    auto& table = tables_[static_cast<std::size_t>(request.trie.places[place].type)];
    if (!table) {
      table = std::make_unique<evaluate::SegmentTable>(request.problem, request.model, request.range.first,
                                                       request.range.last, request.mini_batch,
                                                       request.trie.places[place].type);
    }
    layers_[place].optimistic.resize(cells);
    layers_[place].states = std::make_unique<std::atomic<unsigned char>[]>(cells);
  }
  for (int y = 0; y + 1 < cuts_; ++y) {
    for (std::size_t place = 0; place < layers_.size(); ++place) {
      fill_row(static_cast<int>(place), y, threshold, least);
    }
    for (const auto& table : tables_) {
      if (table) {
        table->forget(request.cuts[static_cast<std::size_t>(y)]);
      }
    }
  }
}

void StageGrid::bar_layers() {
  const schedule::Constraints& constraints = request_.problem.constraints;
  if (constraints.pins.empty() && constraints.bans.empty()) {
    return;
  }
  for (const int chiplet : request_.trie.chiplet_of_place) {
    std::vector<char>& barred = barred_.emplace_back();
    for (int layer = request_.range.first; layer < request_.range.last; ++layer) {
      barred.push_back(!schedule::may_stand(constraints, request_.model, layer, layer + 1, chiplet));
    }
  }
}

void StageGrid::fill_row(int place, int y, const PruningThreshold& threshold, const CostPoint& least) {
  Layer& layer = layers_[static_cast<std::size_t>(place)];
  auto& table =
      *tables_[static_cast<std::size_t>(request_.trie.places[static_cast<std::size_t>(place)].type)];
  const auto refills = static_cast<double>(request_.mini_batches - 1);
  bool barred = false;  // and so are all longer ones
  for (int x = y + 1; x < cuts_; ++x) {
    const Segment& segment = table.optimistic(request_.cuts[static_cast<std::size_t>(y)],
                                              request_.cuts[static_cast<std::size_t>(x)]);
    const std::size_t at = index(y, x);
    StageFigures& figures = layer.optimistic[at];
    figures = figures_of(place, segment, x);
    bool exact = segment.exact;
    const double latency = std::max(least.latency, figures.first + refills * figures.steady);
    if (!barred_.empty() && !barred) {
      const auto layer_at = [&](int cut) {
        return barred_[static_cast<std::size_t>(place)].begin() +
               (request_.cuts[static_cast<std::size_t>(cut)] - request_.range.first);
      };
      barred = std::find(layer_at(x - 1), layer_at(x), 1) != layer_at(x);
    }
    if (barred || threshold.can_prune(latency, std::max(least.energy, figures.energy),
                                      static_cast<double>(figures.memory_bytes))) {
      figures = infinite_figures();
      exact = true;
    }
    layer.states[at].store(static_cast<unsigned char>(exact ? State::kOptimisticIsExact : State::kUnknown),
                           std::memory_order_relaxed);
    if (!exact && layer.settled.empty()) {
      layer.settled.resize(layer.optimistic.size());
    }
  }
}

StageFigures StageGrid::figures_of(int place, const Segment& segment, int x) const {
  if (!segment.feasible) {
    return infinite_figures();
  }
  const evaluate::StagePlace& where = request_.trie.places[static_cast<std::size_t>(place)];
  const hardware::ChipletType& type = request_.problem.package.types[static_cast<std::size_t>(where.type)];
  // Stages stand on neighbouring chiplets; the last one has no next.
  const int next_hops = x == cuts_ - 1 ? 0 : 1;
  return evaluate::stage_figures(constants_, segment, where.memory_hops, next_hops, type.energy.l2_access,
                                 request_.mini_batches);
}

const StageFigures& StageGrid::settle(int place, int y, int x) {
  const std::lock_guard<std::mutex> lock(settling_);
  Layer& layer = layers_[static_cast<std::size_t>(place)];
  const std::size_t at = index(y, x);
  const int type = request_.trie.places[static_cast<std::size_t>(place)].type;
  const Segment& segment = tables_[static_cast<std::size_t>(type)]->exact(
      request_.cuts[static_cast<std::size_t>(y)], request_.cuts[static_cast<std::size_t>(x)]);
  if (layer.states[at].load(std::memory_order_relaxed) == static_cast<unsigned char>(State::kUnknown)) {
    layer.settled[at] = figures_of(place, segment, x);
    layer.states[at].store(static_cast<unsigned char>(State::kSettled), std::memory_order_release);
  }
  return layer.settled[at];
}

}  // namespace inlay::search::pipelines
