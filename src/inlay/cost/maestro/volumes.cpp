#include "inlay/cost/maestro/volumes.hpp"

#include <algorithm>

#include "inlay/base/checked.hpp"

namespace inlay::cost::maestro {
namespace {

/// Which unit is looked at.
struct Role {
  bool first;
  bool partial;  // holds the smaller tile at the end
};
constexpr Role kFirst{true, false};
constexpr Role kMiddle{false, false};
constexpr Role kPartial{false, true};

/// How a case stands along some spatial dimensions (section 5.3).
struct Spread {
  bool any = false;
  bool edge = false;
  bool part = false;  // of the last dimension
};

Spread spread_over(const FixedList<Dimension, 2>& dimensions, const Case& step) {
  Spread spread;
  for (const Dimension dimension : dimensions) {
    spread.any = true;
    spread.edge |= step.state[dimension].edge;
    spread.part = step.state[dimension].part;
  }
  return spread;
}

template <typename Middle>
std::int64_t with_others(std::int64_t first, std::int64_t others, Middle middle) {
  return others > 0 ? base::checked_add(first, base::checked_multiply(others, middle())) : first;
}

/// Section 5.3: the volumes of all units; `first(role)` is that of the first, `middle()` of the ones after
/// it, `last()` of a partial one at the end.
template <typename First, typename Middle, typename Last>
std::int64_t all_units(const Level& level, Spread spread, First first, Middle middle, Last last) {
  if (!spread.any) {
    return first(kFirst);
  }
  if (!spread.edge) {
    return with_others(first(kFirst), level.units - 1, middle);
  }
  if (level.active == 1) {
    return first(Role{true, spread.part});
  }
  const std::int64_t between = std::max(level.active - (spread.part ? 1 : 0) - 1, 0);
  return with_others(first(kFirst), between, middle) + (spread.part ? last() : 0);
}

std::int64_t temporal_tile(const Level& level, const Case& step, Dimension v) {
  return step.state[v].edge ? level.edge_tile[v] : level.full_tile[v];
}

/// Section 5.1 with every directive in Init; units share no halo here.
std::int64_t initial_factor(const Level& level, const Case& step, const MappedDirective& map, Role role) {
  const Dimension v = map.dimension;
  if (!map.spatial) {
    return temporal_tile(level, step, v);
  }
  if (!step.state[v].edge) {
    return level.full_tile[v];
  }
  if (level.active == 1) {
    return role.first || role.partial ? level.edge_tile[v] : 1;
  }
  return role.partial ? level.edge_tile[v] : level.full_tile[v];
}

/// Section 5.1 in all other cases: a whole tile, or only what is new in it. `fresh`: an inner loop has
/// restarted, so that even the directive that moved brings whole tiles.
std::int64_t moving_factor(const Level& level, const Case& step, std::uint8_t index, bool fresh, Role role) {
  const MappedDirective& map = level.directives[index];
  const Dimension v = map.dimension;
  const bool initial = step.state[v].position == Position::kInit;
  const bool moved = index == step.changed && !fresh;
  if (!map.spatial) {
    if (initial) {
      return temporal_tile(level, step, v);
    }
    return moved ? std::max(level.full_fresh[v], 1)
                 : level.full_tile[v];  // an edge tile is charged in full (B4)
  }
  const bool shares_halo = !role.first && (initial ? index > step.changed : moved);
  if (shares_halo) {
    return role.partial ? level.edge_fresh[v] : level.full_fresh[v];
  }
  return role.partial ? level.edge_tile[v] : level.full_tile[v];
}

bool restarts(const Level& level, const Case& step, Tensor tensor) {
  const auto& indices = level.operand_directives[tensor];
  return std::any_of(indices.begin(), indices.end(), [&](std::uint8_t i) {
    const State& state = step.state[level.directives[i].dimension];
    return i > step.changed && state.position == Position::kInit && !state.full;
  });
}

/// Elements of an operand that enter all units together.
std::int64_t ingress(const Level& level, const Case& step, Tensor tensor) {
  const auto& indices = level.operand_directives[tensor];
  const bool initial = step.changed < 0;
  if (!initial && std::find(indices.begin(), indices.end(), step.changed) == indices.end()) {
    return 0;  // taken as stationary, whatever the inner loops did (B2)
  }
  const bool fresh = !initial && restarts(level, step, tensor);
  const auto one = [&](Role role) {
    std::int64_t product = 1;
    for (const std::uint8_t i : indices) {
      product =
          base::checked_multiply(product, initial ? initial_factor(level, step, level.directives[i], role)
                                                  : moving_factor(level, step, i, fresh, role));
    }
    return product;
  };
  return all_units(
      level, spread_over(level.spatial_dimensions[tensor], step), one, [&] { return one(kMiddle); },
      [&] { return one(kPartial); });
}

/// Section 5.2: extent of one unit along dimension v, read from the tables at index a. `keep`: a partial unit
/// at the end of a single step counts its whole tile, not only what is new in it.
std::int64_t result_factor(const Level& level, const State& state, OutputFactor factor, Role role,
                           bool keep) {
  const Dimension a = factor.extent;
  if (!factor.spatial) {
    return state.edge ? level.edge_tile[a] : level.full_tile[a];
  }
  if (state.position == Position::kInit && state.edge && role.partial) {
    return level.active == 1 || keep ? level.edge_tile[a] : level.edge_fresh[a];
  }
  if (state.position == Position::kEdge && level.active == 1) {
    return role.first || role.partial ? level.edge_tile[factor.dimension] : 1;  // input rows for outputs (B7)
  }
  if (state.position == Position::kEdge && role.partial) {
    return level.edge_fresh[a];
  }
  if (role.first) {
    return level.full_tile[a];
  }
  return level.full_fresh[a] == 0 ? 1 : level.full_fresh[a];
}

std::int64_t outputs_of_one(const Level& level, const Case& step, Role role, bool keep) {
  std::int64_t product = 1;
  for (const OutputFactor& factor : level.output_factors) {
    product = base::checked_multiply(product,
                                     result_factor(level, step.state[factor.dimension], factor, role, keep));
  }
  return product;
}

/// Multiply-accumulates of one unit: its outputs times what is summed up in each.
std::int64_t macs_of_one(const Level& level, const Case& step, Role role, bool keep) {
  std::int64_t product = outputs_of_one(level, step, role, keep);
  for (const std::uint8_t i : level.reduction_directives) {
    const MappedDirective& map = level.directives[i];
    const OutputFactor factor{map.dimension, map.dimension, map.spatial};
    product =
        base::checked_multiply(product, result_factor(level, step.state[map.dimension], factor, role, true));
  }
  return product;
}

}  // namespace

Volumes volumes(const Level& level, const Case& step) {
  const Spread output = spread_over(level.spatial_dimensions[kOutput], step);
  const auto outputs = [&](Role role) { return outputs_of_one(level, step, role, false); };
  return {ingress(level, step, kInput), ingress(level, step, kWeight),
          all_units(
              level, output, outputs, [&] { return outputs(kMiddle); }, [&] { return outputs(kPartial); }),
          macs_of_one(level, step, Role{true, output.edge && level.active == 1 && output.part}, false)};
}

std::int64_t macs(const Level& level, const Case& step) {
  const auto one = [&](Role role) { return macs_of_one(level, step, role, false); };
  // Every unit computes all of its tile, overlapping or not: all count as first ones.
  return all_units(
      level, spread_over(level.all_spatial, step), one, [&] { return one(kFirst); },
      [&] { return macs_of_one(level, step, kPartial, true); });
}

}  // namespace inlay::cost::maestro
