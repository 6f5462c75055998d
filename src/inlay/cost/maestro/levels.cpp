#include "inlay/cost/maestro/levels.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/cost/maestro/tables.hpp"

namespace inlay::cost::maestro {
namespace {

constexpr std::int32_t kLargest = 1 << 30;  // sums of a size and an offset stay within 32 bits

bool maps(const DirectiveList& list, Dimension dimension) {
  return std::any_of(list.begin(), list.end(),
                     [dimension](const MappedDirective& d) { return d.dimension == dimension; });
}

/// Sizes that the rules of section 2 make.
std::int32_t narrow(std::int64_t value, const MappedDirective& map) {
  if (value < 1 || value > kLargest) {
    throw base::InfeasibleError(
        fmt::format("a tile of {} becomes {} with the stride and the filter; allowed: 1 to 2^30",
                    kDimensionNames[map.dimension], value));
  }
  return static_cast<std::int32_t>(value);
}

/// Throws where a completed level would have more directives than any sensible mapping.
void require_room(const DirectiveList& list) {
  if (list.full()) {
    throw base::InfeasibleError(
        fmt::format("a level has more than {} directives, with those that it inherits", kMaxDirectives));
  }
}

/// Section 2a: a tile of output rows becomes the tile of input rows that it needs; the offset stays.
void replace_output_extent(DirectiveList& list, Dimension out, Dimension in, Dimension filter) {
  if (!maps(list, out) || maps(list, in)) {
    return;
  }
  const auto* window = std::find_if(list.begin(), list.end(),  // broken_rule wants it
                                    [filter](const MappedDirective& d) { return d.dimension == filter; });
  for (MappedDirective& directive : list) {
    if (directive.dimension == out) {
      directive.dimension = in;
      directive.size = narrow(std::int64_t{directive.size} + window->size - 1, directive);
    }
  }
}

/// Section 2d: a written tile on a strided dimension becomes k outputs' worth of input; its offset is
/// discarded.
void apply_stride(DirectiveList& list, Dimension dimension, std::int32_t stride, std::int32_t filter,
                  bool top) {
  if (stride <= 1) {
    return;
  }
  for (MappedDirective& directive : list) {
    if (directive.dimension != dimension || directive.size < filter) {
      continue;
    }
    const std::int64_t outputs = (std::int64_t{directive.size} + stride - filter) / stride;
    directive.size = narrow(outputs * std::min(stride, filter) + std::max(filter - stride, 0), directive);
    directive.offset = narrow(outputs * (!top && filter < stride ? filter : stride), directive);
  }
}

/// Section 2a to 2d.
void complete(DirectiveList& list, const DirectiveList* above, const Sizes& sizes, const MappedLayer& layer,
              DimensionSet operands) {
  if (layer.kind != LayerKind::kGemm) {
    replace_output_extent(list, kOutX, kX, kS);
    replace_output_extent(list, kOutY, kY, kR);
  }
  if (above != nullptr) {
    for (const MappedDirective& inherited : *above) {
      if (!maps(list, inherited.dimension)) {
        require_room(list);
        list.push_front({false, inherited.dimension, inherited.size, inherited.offset});
      }
    }
  }
  for (std::uint8_t d = 0; d < kDimensions; ++d) {
    const auto dimension = static_cast<Dimension>(d);
    if (contains(operands, dimension) && !maps(list, dimension)) {
      require_room(list);
      list.push_back({false, dimension, sizes[d], sizes[d]});
    }
  }
  if (layer.kind != LayerKind::kGemm) {
    apply_stride(list, kX, layer.stride_x, layer.sizes[kS], above == nullptr);
    apply_stride(list, kY, layer.stride_y, layer.sizes[kR], above == nullptr);
  }
}

/// Section 1: a filter is either split over units or kept whole.
bool splits_filter_in_time(const MappedDirective& map, const MappedLayer& layer) {
  if (map.spatial || (map.dimension != kR && map.dimension != kS)) {
    return false;
  }
  const std::int32_t whole = layer.sizes[map.dimension];
  return map.size != whole || map.offset != whole;
}

/// Of X' and Y': the input extent that they become.
Dimension input_extent(Dimension dimension) {
  return dimension == kOutX ? kX : dimension == kOutY ? kY : dimension;
}

/// The rule that a directive breaks, or nullptr.
const char* broken_rule(const MappedDirective& map, const MappedLayer& layer, std::size_t level,
                        DimensionSet operands) {
  if (map.size < 1 || map.offset < 1 || map.size > kLargest || map.offset > kLargest) {
    return "size and offset must be 1 to 2^30";
  }
  const Dimension input = input_extent(map.dimension);
  const bool clusters_below = level + 1 < layer.levels;
  if ((clusters_below || input != map.dimension) && !contains(operands, input)) {
    return "this is no dimension of the layer's input or weight";
  }
  if (input != map.dimension && maps(layer.directives[level], input)) {
    return "the extents of input and output may not both be mapped in one level";
  }
  if (input != map.dimension && !maps(layer.directives[level], map.dimension == kOutX ? kS : kR)) {
    return "a map of X' (Y') needs a map of S (R) in the same level";
  }
  if (splits_filter_in_time(map, layer)) {
    return "a TemporalMap of a filter's dimension must be as large as the filter";
  }
  return nullptr;
}

/// What the user wrote; what completion adds to it cannot be wrong.
void check_level(const MappedLayer& layer, std::size_t index, DimensionSet operands) {
  const DirectiveList& list = layer.directives[index];
  std::size_t spatial = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const MappedDirective& map = list[i];
    if (const char* rule = broken_rule(map, layer, index, operands)) {
      throw MappingError(
          fmt::format("level {}, {}({}, {}) {}: {}", index, map.spatial ? "SpatialMap" : "TemporalMap",
                      map.size, map.offset, kDimensionNames[map.dimension], rule),
          index, i);
    }
    spatial += map.spatial ? 1 : 0;
  }
  if (spatial < 1 || spatial > 2) {
    throw MappingError(fmt::format("level {} has {} SpatialMaps; allowed: 1 or 2", index, spatial), index,
                       list.size());
  }
}

void check_sizes(const MappedLayer& layer) {
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if (layer.sizes[d] < 1 || layer.sizes[d] > kLargest) {
      throw base::InfeasibleError(
          fmt::format("{} is {}; allowed: 1 to 2^30", kDimensionNames[d], layer.sizes[d]));
    }
  }
  for (const std::int32_t stride : {layer.stride_y, layer.stride_x}) {
    if (stride < 1 || stride > kLargest) {
      throw base::InfeasibleError(fmt::format("a stride is {}; allowed: 1 to 2^30", stride));
    }
  }
}

/// What the products of section 5 run over, found once instead of in every case.
void index_directives(Level& level, const TensorDimensions& tensors) {
  level.first.fill(-1);
  level.primary = level.directives.size();
  for (std::size_t i = 0; i < level.directives.size(); ++i) {
    const MappedDirective& directive = level.directives[i];
    if (level.first[directive.dimension] < 0) {
      level.first[directive.dimension] = static_cast<std::int8_t>(i);
    }
    level.last[directive.dimension] = static_cast<std::int8_t>(i);
    if (directive.spatial) {
      level.primary = std::min(level.primary, i);
      level.all_spatial.push_back(directive.dimension);
    }
    const auto index = static_cast<std::uint8_t>(i);
    for (const Tensor tensor : {kInput, kWeight}) {
      if (contains(tensors.sets[tensor], directive.dimension)) {
        level.operand_directives[tensor].push_back(index);
      }
    }
    if (!contains(tensors.sets[kOutput], directive.dimension)) {
      level.reduction_directives.push_back(index);
    }
  }
  const auto first_is_spatial = [&level](Dimension dimension) {
    return level.directives[static_cast<std::size_t>(level.first[dimension])].spatial;
  };
  for (std::size_t tensor = 0; tensor < kTensors; ++tensor) {
    for (const Dimension dimension : tensors.ordered[tensor]) {
      if (first_is_spatial(dimension)) {
        level.spatial_dimensions[tensor].push_back(dimension);
      }
    }
  }
  const bool convolution = contains(tensors.sets[kOutput], kY);
  for (const Dimension dimension : tensors.ordered[kOutput]) {
    const Dimension extent = !convolution || (dimension != kX && dimension != kY) ? dimension
                             : dimension == kX                                    ? kOutX
                                                                                  : kOutY;
    level.output_factors.push_back({dimension, extent, first_is_spatial(dimension)});
  }
}

TensorDimensions make_dimensions(std::initializer_list<Dimension> input,
                                 std::initializer_list<Dimension> weight,
                                 std::initializer_list<Dimension> output, bool batched) {
  TensorDimensions tensors;
  const std::array<std::initializer_list<Dimension>, kTensors> lists = {input, weight, output};
  for (std::size_t tensor = 0; tensor < kTensors; ++tensor) {
    tensors.sets[tensor] = 0;
    const auto add = [&](Dimension dimension) {
      tensors.ordered[tensor].push_back(dimension);
      tensors.sets[tensor] |= bit(dimension);
    };
    std::for_each(lists[tensor].begin(), lists[tensor].end(), add);
    if (batched && tensor != kWeight) {
      add(kN);
    }
  }
  return tensors;
}

}  // namespace

TensorDimensions tensor_dimensions(LayerKind kind, bool batched) {
  switch (kind) {
    case LayerKind::kDepthwise:
      return make_dimensions({kC, kY, kX}, {kC, kR, kS}, {kC, kY, kX}, batched);
    case LayerKind::kGrouped:  // The output depends on C: nothing is summed up over it (B9).
      return make_dimensions({kG, kC, kY, kX}, {kG, kK, kC, kR, kS}, {kG, kK, kC, kY, kX}, batched);
    case LayerKind::kGemm:
      return make_dimensions({kM, kK}, {kK, kN}, {kM, kN}, false);
    case LayerKind::kConvolution:
      break;
  }
  return make_dimensions({kC, kY, kX}, {kK, kC, kR, kS}, {kK, kY, kX}, batched);
}

void check_mapping(const MappedLayer& layer) {
  check_sizes(layer);
  const DimensionSet operands = tensor_dimensions(layer.kind, layer.batched).operands();
  for (std::size_t i = 0; i < layer.levels; ++i) {
    check_level(layer, i, operands);
  }
}

void build_levels(const MappedLayer& layer, std::int64_t pes, Hierarchy& hierarchy) {
  hierarchy.tensors = tensor_dimensions(layer.kind, layer.batched);
  hierarchy.operands = hierarchy.tensors.operands();
  hierarchy.levels = layer.levels;
  check_mapping(layer);
  std::int64_t cluster_pes = 1;
  for (std::size_t i = 1; i < layer.levels; ++i) {
    cluster_pes = base::checked_multiply(cluster_pes, layer.cluster_sizes[i]);
  }
  if (pes < cluster_pes) {
    throw base::InfeasibleError(fmt::format("a cluster needs {} PEs, the hardware has {}", cluster_pes, pes));
  }
  Sizes sizes = layer.sizes;
  for (std::size_t i = 0; i < layer.levels; ++i) {
    Level& level = hierarchy.level[i];
    level.units = i == 0 ? static_cast<std::int32_t>(pes / cluster_pes) : layer.cluster_sizes[i];
    level.sizes = sizes;
    level.directives = layer.directives[i];
    complete(level.directives, i == 0 ? nullptr : &hierarchy.level[i - 1].directives, sizes, layer,
             hierarchy.operands);
    index_directives(level, hierarchy.tensors);
    fill_tables(level, layer.kind != LayerKind::kGemm);
    for (std::size_t d = 0; d < kDimensions; ++d) {
      if (contains(hierarchy.operands, static_cast<Dimension>(d))) {
        sizes[d] = std::min(level.directives[static_cast<std::size_t>(level.first[d])].size, sizes[d]);
      }
    }
  }
}

}  // namespace inlay::cost::maestro
