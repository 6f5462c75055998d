#include "inlay/cost/maestro/tables.hpp"

#include <algorithm>

namespace inlay::cost::maestro {
namespace {

/// e: how many units work in an edge step. A last, partial unit is not added (B7).
std::int32_t active_units(const MappedDirective& map, std::int32_t extent, std::int32_t units) {
  if (extent <= map.size) {
    return 1;
  }
  const std::int64_t size = map.size;
  const std::int64_t offset = map.offset;
  const std::int64_t reach = offset * (units - 1) + size;
  if (extent <= reach) {
    const std::int64_t whole = (extent - size) / offset + 1;
    return static_cast<std::int32_t>(whole + (offset * (whole - 1) + size < extent ? 1 : 0));
  }
  const std::int64_t steps = ((extent - size) / offset + 1) / units - 1;
  const std::int64_t rest = extent - (steps + 1) * offset * units;
  return static_cast<std::int32_t>(rest < size ? 1 : (rest - size) / offset + 1);
}

void fill_dimension(Level& level, const MappedDirective& map) {
  const Dimension v = map.dimension;
  const std::int32_t extent = level.sizes[v];
  const std::int32_t steps = std::max((extent - map.size) / map.offset, 0);
  const bool has_edge = steps * map.offset + map.size < extent || map.size > extent;
  std::int32_t rest = extent - (steps + 1) * map.offset;
  if (rest < 0) {
    rest = extent;  // B5: a tile with gaps between its steps takes the whole dimension
  }
  level.full_tile[v] = map.size;
  level.edge_tile[v] = has_edge ? rest : map.size;
  level.full_fresh[v] = !map.spatial && extent <= map.size ? 0 : std::min(map.size, map.offset);
  level.edge_fresh[v] = std::max(map.offset - (map.size - rest), 0);
}

/// Output rows (columns) of a tile of input rows (columns); none or fewer for an edge shorter than the filter
/// (B5).
void fill_output_extent(Level& level, Dimension out, Dimension in, Dimension filter) {
  const MappedDirective* map = nullptr;
  for (const MappedDirective& directive : level.directives) {
    map = directive.dimension == in ? &directive : map;
  }
  level.full_tile[out] = level.full_tile[in] - level.full_tile[filter] + 1;
  level.edge_tile[out] = level.edge_tile[in] - level.edge_tile[filter] + 1;
  level.full_fresh[out] = std::min(map->offset, map->size);
  level.edge_fresh[out] = std::min(map->offset, level.edge_tile[out]);
}

}  // namespace

void fill_tables(Level& level, bool convolution) {
  const MappedDirective& primary = level.directives[level.primary];
  level.active = active_units(primary, level.sizes[primary.dimension], level.units);
  for (const MappedDirective& directive : level.directives) {
    fill_dimension(level, directive);  // of two directives on a dimension the last one wins
  }
  if (convolution) {
    fill_output_extent(level, kOutY, kY, kR);
    fill_output_extent(level, kOutX, kX, kS);
  }
}

}  // namespace inlay::cost::maestro
