#include "inlay/cost/data_centric/loop_nest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <span>
#include <string>

#include "inlay/base/checked.hpp"
#include "inlay/cost/maestro_mapping.hpp"
#include "inlay/dataflow/expression.hpp"

namespace inlay::cost::data_centric {
namespace {

using dataflow::Directive;
using dataflow::DirectiveKind;

/// A matrix product's M rows are rows of the output, its N columns output channels, its K what is summed
/// over.
Dimension dimension_of(const std::string& name, bool matrix_product) {
  switch (name[0]) {
    case 'M':
    case 'Y':
      return kY;
    case 'X':
      return kX;
    case 'N':
      return kK;
    case 'K':
      return matrix_product ? kC : kK;
    case 'C':
      return kC;
    case 'R':
      return kR;
    case 'S':
      return kS;
    default:
      throw base::DefectError("a dataflow maps the unknown dimension " + name);
  }
}

/// Directives for one layer: what their sizes may refer to, and what they are written for.
class Mapper {
 public:
  Mapper(LoopNest& nest, const std::vector<Directive>& directives, const std::vector<std::string>& names,
         std::span<const std::int64_t> values)
      : nest_(nest), directives_(directives), names_(names), values_(values), tile_(nest.extent) {}

  void map(std::int64_t pes) {
    nest_.loops.push_back({kN, 1, 1});
    nest_.loops.push_back({kG, 1, 1});
    std::int64_t units = top_units(pes);
    for (auto level = directives_.begin();;) {
      const auto end = std::find_if(level, directives_.end(), is_cluster);
      add_level(std::span(level, end), units);
      nest_.top_loops = level == directives_.begin() ? nest_.loops.size() : nest_.top_loops;
      if (end == directives_.end()) {
        return;
      }
      units = value(end->size, *end);
      level = end + 1;
    }
  }

 private:
  static bool is_cluster(const Directive& directive) { return directive.kind == DirectiveKind::kCluster; }

  [[noreturn]] static void refuse(const Directive& directive, const std::string& reason) {
    throw base::InfeasibleError(dataflow::to_string(directive) + ": " + reason);
  }

  std::int64_t value(const std::string& expression, const Directive& directive) const {
    std::int64_t result = 0;
    const char* end = expression.data() + expression.size();
    const auto [rest, error] = std::from_chars(expression.data(), end, result);
    if (error != std::errc{} || rest != end) {
      result = evaluate(expression, directive);
    }
    if (result < 1) {
      refuse(directive, fmt::format("'{}' is {} for this layer; it must be at least 1", expression, result));
    }
    return result;
  }

  std::int64_t evaluate(const std::string& expression, const Directive& directive) const {
    const auto name = std::find(names_.begin(), names_.end(), expression);
    if (name != names_.end()) {
      return values_[static_cast<std::size_t>(name - names_.begin())];
    }
    try {
      return dataflow::evaluate_expression(expression, names_, values_);
    } catch (const dataflow::ExpressionError& error) {
      refuse(directive, error.what());
    }
  }

  std::int64_t top_units(std::int64_t pes) const {
    std::int64_t cluster = 1;
    for (const Directive& directive : directives_) {
      if (is_cluster(directive)) {
        cluster = base::checked_multiply(cluster, value(directive.size, directive));
      }
    }
    if (cluster > pes) {
      throw base::InfeasibleError(fmt::format("a cluster needs {} PEs, the limit is {}", cluster, pes));
    }
    return pes / cluster;
  }

  void add_level(std::span<const Directive> level, std::int64_t units) {
    // Taps first: how many outputs a tile of input rows holds depends on the taps of the same level.
    std::array<std::int64_t, kDimensions> taps = tile_;
    for (const Directive& directive : level) {
      if (directive.dimension == "R" || directive.dimension == "S") {
        const Dimension dimension = directive.dimension == "R" ? kR : kS;
        taps[dimension] = std::min(value(directive.size, directive), tile_[dimension]);
      }
    }
    int spatial = 0;
    for (const Directive& directive : level) {
      spatial += directive.kind == DirectiveKind::kSpatial ? 1 : 0;
      if (spatial > 1) {
        refuse(directive, "this engine takes one SpatialMap per level; put a Cluster before the second");
      }
      add_directive(directive, units, taps);
    }
  }

  void add_directive(const Directive& directive, std::int64_t units,
                     const std::array<std::int64_t, kDimensions>& taps) {
    const std::int64_t size = value(directive.size, directive);
    const std::int64_t offset = value(directive.offset, directive);
    Loop loop = sized(directive, size, taps);
    // A written offset along a strided dimension is ignored, as in MAESTRO: tiles follow without gaps.
    const bool strided = (loop.dimension == kY && directive.dimension == "Y" && nest_.vertical.stride > 1) ||
                         (loop.dimension == kX && directive.dimension == "X" && nest_.horizontal.stride > 1);
    if (loop.tile < tile_[loop.dimension] && !strided && offset != loop.tile) {
      refuse(directive,
             fmt::format("an offset of {} with tiles of {} indices (of the output, for Y and X) would {}; "
                         "the offset must be {}",
                         offset, loop.tile,
                         offset < loop.tile ? "compute products twice" : "leave products out", loop.tile));
    }
    loop.tile = std::min(loop.tile, tile_[loop.dimension]);
    if (directive.kind == DirectiveKind::kSpatial) {
      // Units that never get work are left out, so that no chunk exceeds twice its dimension.
      loop.units = std::min(units, base::ceil_divide(tile_[loop.dimension], loop.tile));
    }
    tile_[loop.dimension] = loop.tile;
    nest_.loops.push_back(loop);
  }

  /// The dimension and tile that a directive means; Y and X are written as extents of a dense input.
  Loop sized(const Directive& directive, std::int64_t size,
             const std::array<std::int64_t, kDimensions>& taps) const {
    const std::string& name = directive.dimension;
    if (name == "Y") {
      return {kY, outputs(directive, size, nest_.vertical, taps[kR]), 1};
    }
    if (name == "X") {
      return {kX, outputs(directive, size, nest_.horizontal, taps[kS]), 1};
    }
    return {dimension_of(name, &names_ == &dataflow::gemm_names()), size, 1};
  }

  static std::int64_t outputs(const Directive& directive, std::int64_t size, const Window& window,
                              std::int64_t taps) {
    if (size < taps) {
      refuse(directive, fmt::format("a tile of {} holds no window of {} taps", size, taps));
    }
    return (size - taps) / window.stride + 1;
  }

  LoopNest& nest_;
  const std::vector<Directive>& directives_;
  const std::vector<std::string>& names_;
  std::span<const std::int64_t> values_;
  std::array<std::int64_t, kDimensions> tile_;  // largest tile of a unit of the level above
};

/// `extent`: rows that exist, 0: all. Throws base::OverflowError if the last place is beyond 64 bits.
Window window_of(std::int64_t outputs, std::int64_t taps, std::int64_t stride, std::int64_t dilation,
                 std::int64_t padding, std::int64_t extent) {
  Window window{stride, dilation};
  if (extent > 0) {
    window.begin = padding;
    window.end = base::checked_add(padding, extent);
  }
  base::checked_add(base::checked_multiply(outputs - 1, stride), base::checked_multiply(taps - 1, dilation));
  if (taps > 1) {
    return window;
  }
  // A filter of one tap reads single rows; the ones that a stride skips are left out.
  return {1, 1, base::ceil_divide(window.begin, stride), base::ceil_divide(window.end, stride)};
}

std::int64_t dense_extent(std::int64_t outputs, std::int64_t taps, const Window& window) {
  return base::checked_add(base::checked_multiply(outputs - 1, window.stride), taps);
}

void map_convolution(LoopNest& nest, const dataflow::Dataflow& dataflow, std::int64_t pes) {
  const auto& extent = nest.extent;
  const std::array<std::int64_t, 8> values = {extent[kK],
                                              extent[kC],
                                              extent[kR],
                                              extent[kS],
                                              dense_extent(extent[kY], extent[kR], nest.vertical),
                                              dense_extent(extent[kX], extent[kS], nest.horizontal),
                                              nest.vertical.stride,
                                              nest.horizontal.stride};
  Mapper(nest, dataflow.convolution, dataflow::convolution_names(), values).map(pes);
}

}  // namespace

LoopNest map_layer(const workload::ConvolutionShape& shape, std::int64_t mini_batch,
                   const dataflow::Dataflow& dataflow, std::int64_t pes) {
  LoopNest nest;
  nest.vertical = window_of(shape.out_height, shape.kernel_height, shape.stride_y, shape.dilation_y,
                            shape.padding_y, shape.in_height);
  nest.horizontal = window_of(shape.out_width, shape.kernel_width, shape.stride_x, shape.dilation_x,
                              shape.padding_x, shape.in_width);
  const std::int64_t in_channels = shape.in_channels / shape.groups;
  nest.channelwise = in_channels == 1 && shape.groups > 1;
  // As in MAESTRO's DSCONV, what maps C maps the channels of a depthwise layer.
  nest.extent = {mini_batch,
                 nest.channelwise ? 1 : shape.groups,
                 shape.out_channels / shape.groups,
                 nest.channelwise ? shape.groups : in_channels,
                 shape.out_height,
                 shape.out_width,
                 shape.kernel_height,
                 shape.kernel_width};
  map_convolution(nest, dataflow, pes);
  return nest;
}

LoopNest map_layer(const workload::GemmShape& shape, std::int64_t mini_batch,
                   const dataflow::Dataflow& dataflow, std::int64_t pes) {
  LoopNest nest;
  const std::int64_t rows = shape.weights ? base::checked_multiply(shape.m, mini_batch) : shape.m;
  const std::int64_t repeats =
      shape.weights ? shape.repeats : base::checked_multiply(shape.repeats, mini_batch);
  nest.extent = {1, repeats, shape.n, shape.k, rows, 1, 1, 1};
  if (!dataflow.gemm.empty()) {
    const std::array<std::int64_t, 3> values = {rows, shape.n, shape.k};
    Mapper(nest, dataflow.gemm, dataflow::gemm_names(), values).map(pes);
    return nest;
  }
  if (dataflow.token_layout == dataflow::TokenLayout::kFolded) {
    nest.extent[kY] = maestro::folded_height(rows);
    nest.extent[kX] = rows / nest.extent[kY];
  }
  map_convolution(nest, dataflow, pes);
  return nest;
}

std::int64_t products(const LoopNest& nest) {
  std::int64_t count = 1;
  for (const std::int64_t extent : nest.extent) {
    count = base::checked_multiply(count, extent);
  }
  if (count > std::int64_t{1} << 60) {
    throw base::OverflowError("the layer has more than 2^60 products");
  }
  return count;
}

std::int64_t window_size(std::int64_t outputs, std::int64_t taps, const Window& window) {
  // Places that two pairs (output, tap) share form chains along (+d, -s), s and d without their common
  // divisor; all pairs but a chain's first have a predecessor.
  const std::int64_t divisor = std::gcd(window.stride, window.dilation);
  const std::int64_t repeated = std::max<std::int64_t>(0, outputs - window.dilation / divisor) *
                                std::max<std::int64_t>(0, taps - window.stride / divisor);
  return outputs * taps - repeated;
}

}  // namespace inlay::cost::data_centric
