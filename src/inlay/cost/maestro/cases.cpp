#include "inlay/cost/maestro/cases.hpp"

#include "inlay/base/checked.hpp"

namespace inlay::cost::maestro {
namespace {

using States = FixedList<State, 3>;

constexpr std::int64_t kMostCases = 1'000'000;

void temporal_states(const MappedDirective& map, std::int32_t extent, States& states) {
  states.push_back({Position::kInit, extent <= map.size, extent < map.size, false, 1});
  const std::int64_t steps = (extent - map.size) / map.offset;
  if (map.size < extent && steps > 0) {
    states.push_back({Position::kSteady, false, false, false, steps});
  }
  if (extent >= map.size && steps * map.offset + map.size < extent) {
    states.push_back({Position::kEdge, false, true, false, 1});
  }
}

void spatial_states(const MappedDirective& map, std::int32_t extent, std::int64_t units, States& states) {
  const std::int64_t size = map.size;
  const std::int64_t offset = map.offset;
  const std::int64_t reach = size + offset * (units - 1);
  states.push_back({Position::kInit, extent <= reach, extent < reach, extent < reach, 1});
  const std::int64_t steps = ((extent - size) / offset + 1) / units - 1;
  if (reach < extent && steps > 0) {
    states.push_back({Position::kSteady, false, false, false, steps});
  }
  const std::int64_t stride = steps * offset * units;
  if (extent > reach && stride + offset * units + reach > extent && stride + reach != extent) {
    const std::int64_t rest = extent - stride - offset * units;
    const std::int64_t holders = rest < size ? 1 : (rest - size) / offset + 1;
    states.push_back({Position::kEdge, false, true, (holders - 1) * offset + size < rest, 1});
  }
}

}  // namespace

Cases::Cases(const Level& level, const Sizes& sizes, Occurrences occurrences)
    : level_(level), occurrences_(occurrences) {
  for (std::size_t i = 0; i < level.directives.size(); ++i) {
    const MappedDirective& map = level.directives[i];
    States states;
    if (map.spatial) {
      spatial_states(map, sizes[map.dimension], level.units, states);
    } else {
      temporal_states(map, sizes[map.dimension], states);
    }
    set(i, states[0]);
    if (states.size() > 1) {
      loops_.push_back({static_cast<std::uint8_t>(i), 1, states});
    }
  }
  for (std::size_t i = loops_.size(); i-- > 0;) {
    loops_[i].inner = count_;
    count_ *= static_cast<std::int64_t>(loops_[i].states.size());
  }
  if (count_ > kMostCases) {
    throw base::InfeasibleError("the mapping has more than a million kinds of steps in one level");
  }
}

/// Of two directives on a dimension, the last one's state holds for both.
bool Cases::decides(std::size_t directive) const {
  return level_.last[level_.directives[directive].dimension] == static_cast<std::int8_t>(directive);
}

void Cases::set(std::size_t directive, const State& state) {
  if (decides(directive)) {
    case_.state[level_.directives[directive].dimension] = state;
  }
}

const Case* Cases::next() {
  if (index_ == count_) {
    return nullptr;
  }
  case_.changed = -1;
  case_.occurrences = 1;
  for (const Loop& loop : loops_) {
    // MAESTRO rounds the digit up, which permutes the cases; only reports of "the first" and "the last"
    // notice.
    const auto digit = (index_ + loop.inner - 1) / loop.inner % static_cast<std::int64_t>(loop.states.size());
    const State& state = loop.states[static_cast<std::size_t>(digit)];
    set(loop.directive, state);
    case_.occurrences = base::checked_multiply(case_.occurrences, state.occurrences);
    if (state.position != Position::kInit && decides(loop.directive)) {
      case_.changed = loop.directive;
    }
  }
  ++index_;
  if (occurrences_ == Occurrences::kWrapping32) {
    case_.occurrences = static_cast<std::int32_t>(static_cast<std::uint64_t>(case_.occurrences));
    if (case_.occurrences <= 0) {
      throw base::InfeasibleError("a number of occurrences wraps around 32 bits to zero or below (B8)");
    }
  }
  return &case_;
}

}  // namespace inlay::cost::maestro
