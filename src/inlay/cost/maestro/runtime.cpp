#include "inlay/cost/maestro/runtime.hpp"

#include <algorithm>

#include "inlay/base/checked.hpp"

namespace inlay::cost::maestro {

void accumulate(std::int64_t& sum, std::int64_t occurrences, std::int64_t amount) {
  sum = base::checked_add(sum, base::checked_multiply(occurrences, amount));
}

Runtime::Runtime(const MappedLayer& layer, const Hardware& hardware, Occurrences occurrences)
    : layer_(layer), hardware_(hardware), occurrences_(occurrences) {
  build_levels(layer, hardware.pes, hierarchy_);
}

std::int64_t Runtime::delay(std::int64_t elements) const {
  const std::int64_t bandwidth = hardware_.noc_bandwidth;
  return hardware_.noc_hops + elements / bandwidth + (elements % bandwidth != 0 ? 1 : 0) - 1;
}

std::int64_t Runtime::step_time(const Case& step, const Volumes& volume, std::int64_t compute) const {
  const std::int64_t in = delay(volume.input + volume.weight);
  return step.changed < 0 ? compute + in : std::max({delay(volume.output), compute, in});
}

LevelCost Runtime::compute(std::size_t index, const Case& step, const Volumes& volume) {
  const Level& level = hierarchy_.level[index];
  const State& primary = step.state[level.directives[level.primary].dimension];
  if (index + 1 == hierarchy_.levels) {
    return {base::ceil_divide(volume.partial_sums, hardware_.simd_lanes),
            static_cast<double>(primary.edge ? level.active : level.units)};
  }
  LevelCost cost{0, 0.0};
  for (const Tile& tile : tiles_below(level, step, primary)) {
    const LevelCost below = evaluate(index + 1, tile.edges);
    cost.runtime = std::max(cost.runtime, below.runtime);
    cost.average_pes += below.average_pes * static_cast<double>(tile.units);
  }
  return cost;
}

FixedList<Runtime::Tile, 2> Runtime::tiles_below(const Level& level, const Case& step,
                                                 const State& primary) const {
  FixedList<Tile, 2> tiles;
  if (!primary.edge) {
    tiles.push_back({tile_edges(level, step, false), level.units});
  } else if (!primary.part) {
    tiles.push_back({tile_edges(level, step, false), level.active});
  } else {
    tiles.push_back({tile_edges(level, step, true), 1});
    if (level.active > 1) {
      tiles.push_back({tile_edges(level, step, false), level.active - 1});
    }
  }
  return tiles;
}

DimensionSet Runtime::tile_edges(const Level& level, const Case& step, bool partial) const {
  DimensionSet edges = 0;
  for (std::uint8_t d = 0; d < kDimensions; ++d) {
    const auto v = static_cast<Dimension>(d);
    if (!contains(hierarchy_.operands, v) || !step.state[v].edge) {
      continue;
    }
    const bool spatial = level.directives[static_cast<std::size_t>(level.first[v])].spatial;
    if (!spatial || level.active == 1 || partial) {
      edges |= bit(v);
    }
  }
  return edges;
}

LevelCost Runtime::evaluate(std::size_t index, DimensionSet edges) {
  for (const Memo& memo : memos_[index]) {
    if (memo.edges == edges) {
      return memo.cost;
    }
  }
  const LevelCost cost = evaluate_tile(index, edges);
  if (!memos_[index].full()) {
    memos_[index].push_back({edges, cost});
  }
  return cost;
}

LevelCost Runtime::evaluate_tile(std::size_t index, DimensionSet edges) {
  const Level& above = hierarchy_.level[index - 1];
  const Level& level = hierarchy_.level[index];
  Sizes sizes = layer_.sizes;
  for (std::uint8_t d = 0; d < kDimensions; ++d) {
    const auto v = static_cast<Dimension>(d);
    if (contains(hierarchy_.operands, v)) {
      sizes[d] = contains(edges, v) ? above.edge_tile[v] : above.full_tile[v];
    }
  }
  Cases cases(level, sizes, occurrences_);
  LevelCost cost{0, 0.0};
  std::int64_t occurrences = 0;
  while (const Case* step = cases.next()) {
    const Volumes volume = volumes(level, *step);
    if (volume.partial_sums <= 0) {
      continue;  // dropped (B5)
    }
    const LevelCost inner = compute(index, *step, volume);
    accumulate(cost.runtime, step->occurrences, step_time(*step, volume, inner.runtime));
    cost.average_pes += static_cast<double>(step->occurrences) * inner.average_pes;
    accumulate(occurrences, step->occurrences, 1);
  }
  cost.average_pes = occurrences > 0 ? cost.average_pes / static_cast<double>(occurrences) : 0.0;
  return cost;
}

}  // namespace inlay::cost::maestro
