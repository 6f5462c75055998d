#include "inlay/cost/data_centric/mapping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "inlay/base/checked.hpp"
#include "inlay/cost/maestro/mapping.hpp"
#include "inlay/dataflow/expression.hpp"

namespace inlay::cost::data_centric {
namespace {

using dataflow::Directive;

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

[[noreturn]] void refuse(const Directive& directive, const std::string& reason) {
  throw base::InfeasibleError(dataflow::to_string(directive) + ": " + reason);
}

/// What the sizes of one layer's directives may refer to.
struct Names {
  const std::vector<std::string>& names;
  std::span<const std::int64_t> values;

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

 private:
  std::int64_t evaluate(const std::string& expression, const Directive& directive) const {
    const auto name = std::find(names.begin(), names.end(), expression);
    if (name != names.end()) {
      return values[static_cast<std::size_t>(name - names.begin())];
    }
    try {
      return dataflow::evaluate_expression(expression, names, values);
    } catch (const dataflow::ExpressionError& error) {
      refuse(directive, error.what());
    }
  }
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

[[noreturn]] void raise(const Refusal& refusal) {
  const Directive& directive = *refusal.directive->written;
  switch (refusal.reason) {
    case Refusal::Reason::kFreeSize:
      dataflow::untuned_size(directive);
      break;
    case Refusal::Reason::kClusterTooLarge:
      throw base::InfeasibleError(
          fmt::format("a cluster needs {} PEs, the limit is {}", refusal.found, refusal.wanted));
    case Refusal::Reason::kSecondSpatial:
      refuse(directive, "this engine takes one SpatialMap per level; put a Cluster before the second");
    case Refusal::Reason::kNoWindow:
      refuse(directive,
             fmt::format("a tile of {} holds no window of {} taps", refusal.found, refusal.wanted));
    case Refusal::Reason::kOffset:
      refuse(directive,
             fmt::format("an offset of {} with tiles of {} indices (of the output, for Y and X) would {}; "
                         "the offset must be {}",
                         refusal.found, refusal.wanted,
                         refusal.found < refusal.wanted ? "compute products twice" : "leave products out",
                         refusal.wanted));
  }
  throw base::DefectError("a directive is refused without a reason");
}

}  // namespace

Mapping::Mapping(const workload::ConvolutionShape& shape, std::int64_t mini_batch,
                 const dataflow::Dataflow& dataflow, std::int64_t pes, bool tuned)
    : pes_(pes) {
  layer_.vertical = window_of(shape.out_height, shape.kernel_height, shape.stride_y, shape.dilation_y,
                              shape.padding_y, shape.in_height);
  layer_.horizontal = window_of(shape.out_width, shape.kernel_width, shape.stride_x, shape.dilation_x,
                                shape.padding_x, shape.in_width);
  const std::int64_t in_channels = shape.in_channels / shape.groups;
  layer_.channelwise = in_channels == 1 && shape.groups > 1;
  // As in MAESTRO's DSCONV, what maps C maps the channels of a depthwise layer.
  layer_.extent = {mini_batch,
                   layer_.channelwise ? 1 : shape.groups,
                   shape.out_channels / shape.groups,
                   layer_.channelwise ? shape.groups : in_channels,
                   shape.out_height,
                   shape.out_width,
                   shape.kernel_height,
                   shape.kernel_width};
  map_convolution(dataflow.convolution, tuned);
}

Mapping::Mapping(const workload::GemmShape& shape, std::int64_t mini_batch,
                 const dataflow::Dataflow& dataflow, std::int64_t pes, bool tuned)
    : pes_(pes) {
  const std::int64_t rows = shape.weights ? base::checked_multiply(shape.m, mini_batch) : shape.m;
  const std::int64_t repeats =
      shape.weights ? shape.repeats : base::checked_multiply(shape.repeats, mini_batch);
  layer_.extent = {1, repeats, shape.n, shape.k, rows, 1, 1, 1};
  if (!dataflow.gemm.empty()) {
    const std::array<std::int64_t, 3> values = {rows, shape.n, shape.k};
    resolve(dataflow.gemm, dataflow::gemm_names(), values, tuned);
    return;
  }
  if (dataflow.token_layout == dataflow::TokenLayout::kFolded) {
    layer_.extent[kY] = maestro::folded_height(rows);
    layer_.extent[kX] = rows / layer_.extent[kY];
  }
  map_convolution(dataflow.convolution, tuned);
}

void Mapping::map_convolution(const std::vector<Directive>& directives, bool tuned) {
  const auto& extent = layer_.extent;
  const std::array<std::int64_t, 8> values = {extent[kK],
                                              extent[kC],
                                              extent[kR],
                                              extent[kS],
                                              dense_extent(extent[kY], extent[kR], layer_.vertical),
                                              dense_extent(extent[kX], extent[kS], layer_.horizontal),
                                              layer_.vertical.stride,
                                              layer_.horizontal.stride};
  resolve(directives, dataflow::convolution_names(), values, tuned);
}

void Mapping::resolve(const std::vector<Directive>& directives, const std::vector<std::string>& names,
                      std::span<const std::int64_t> values, bool tuned) {
  const Names known{names, values};
  if (directives.size() > kMaxLoops) {
    throw base::InfeasibleError(fmt::format("the dataflow has more than {} directives", kMaxLoops));
  }
  directives_.reserve(directives.size());
  for (const Directive& directive : directives) {
    MappedDirective& mapped = directives_.emplace_back();
    mapped.written = &directive;
    if (!mapped.is_cluster()) {
      mapped.dimension = dimension_of(directive.dimension, &names == &dataflow::gemm_names());
      mapped.dense_extent = directive.dimension == "Y" || directive.dimension == "X";
      const Window& window = mapped.dimension == kY ? layer_.vertical : layer_.horizontal;
      mapped.ignores_offset = mapped.dense_extent && window.stride > 1;
    }
    const bool even = directive.sizing == dataflow::Sizing::kEven;
    if (directive.size.empty() || (tuned && even)) {
      continue;
    }
    try {
      mapped.size = known.value(directive.size, directive);
      mapped.offset = mapped.is_cluster() ? 0 : known.value(directive.offset, directive);
    } catch (const base::InfeasibleError&) {
      if (!tuned || directive.sizing == dataflow::Sizing::kWritten) {
        throw;
      }
      mapped.size = 0;  // what other engines would take is no choice for this layer
    }
  }
}

bool Mapping::has_free_sizes() const {
  return std::any_of(directives_.begin(), directives_.end(),
                     [](const MappedDirective& directive) { return directive.is_free(); });
}

std::int64_t Mapping::top_units(const Sizes& sizes) const {
  std::int64_t units = pes_;
  for (std::size_t i = 0; i < directives_.size(); ++i) {
    if (directives_[i].is_cluster()) {
      units /= std::max<std::int64_t>(1, size_of(i, sizes));
    }
  }
  return units;
}

std::optional<Refusal> Mapping::add_loops(const Sizes& sizes, DimensionSet dimensions, LoopNest& nest) const {
  for (const Dimension outside : {kN, kG}) {
    if ((dimensions >> outside & 1U) != 0) {
      nest.loops.push_back({outside, 1, 1});
    }
  }
  Extents tile = nest.extent;
  std::int64_t units = top_units(sizes);
  for (std::size_t level = 0, top = 1;; top = 0) {
    std::size_t end = level;
    while (end < directives_.size() && !directives_[end].is_cluster()) {
      ++end;
    }
    if (auto refusal = add_level(level, end, units, sizes, dimensions, nest, tile)) {
      return refusal;
    }
    nest.top_loops = top != 0 ? nest.loops.size() : nest.top_loops;
    if (end == directives_.size()) {
      return std::nullopt;
    }
    units = size_of(end, sizes);
    level = end + 1;
  }
}

std::optional<Refusal> Mapping::add_level(std::size_t begin, std::size_t end, std::int64_t units,
                                          const Sizes& sizes, DimensionSet dimensions, LoopNest& nest,
                                          Extents& tile) const {
  // Taps first: how many outputs a tile of input rows holds depends on the taps of the same level.
  Extents taps = tile;
  for (std::size_t i = begin; i < end; ++i) {
    const Dimension dimension = directives_[i].dimension;
    if (dimension == kR || dimension == kS) {
      taps[dimension] = std::min(std::max<std::int64_t>(1, size_of(i, sizes)), tile[dimension]);
    }
  }
  int spatial = 0;
  for (std::size_t i = begin; i < end; ++i) {
    spatial += directives_[i].is_spatial() ? 1 : 0;
    if (spatial > 1) {
      return Refusal{Refusal::Reason::kSecondSpatial, &directives_[i]};
    }
    if ((dimensions >> directives_[i].dimension & 1U) == 0) {
      continue;
    }
    if (auto refusal = add_directive(i, units, sizes, taps, nest, tile)) {
      return refusal;
    }
  }
  return std::nullopt;
}

std::optional<Refusal> Mapping::add_directive(std::size_t index, std::int64_t units, const Sizes& sizes,
                                              const Extents& taps, LoopNest& nest, Extents& tile) const {
  const MappedDirective& directive = directives_[index];
  const Dimension dimension = directive.dimension;
  std::int64_t& whole = tile[dimension];
  const bool chosen = sizes[index] > 0 || directive.is_even();
  Loop loop{dimension, directive.is_even() ? base::ceil_divide(whole, units) : size_of(index, sizes), 1};
  if (loop.tile == 0) {
    return Refusal{Refusal::Reason::kFreeSize, &directive};
  }
  if (!chosen && directive.dense_extent) {
    const std::int64_t filter = taps[dimension == kY ? kR : kS];
    if (loop.tile < filter) {
      return Refusal{Refusal::Reason::kNoWindow, &directive, loop.tile, filter};
    }
    loop.tile = (loop.tile - filter) / (dimension == kY ? layer_.vertical : layer_.horizontal).stride + 1;
  }
  if (!chosen && !directive.ignores_offset && loop.tile < whole && directive.offset != loop.tile) {
    return Refusal{Refusal::Reason::kOffset, &directive, directive.offset, loop.tile};
  }
  loop.tile = std::min(loop.tile, whole);
  if (directive.is_spatial()) {
    // Units that never get work are left out, so that no chunk exceeds twice its dimension.
    loop.units = std::min(units, base::ceil_divide(whole, loop.tile));
  }
  whole = loop.tile;
  nest.loops.push_back(loop);
  return std::nullopt;
}

LoopNest Mapping::nest(const Sizes& sizes) const {
  std::int64_t cluster = 1;
  for (std::size_t i = 0; i < directives_.size(); ++i) {
    if (directives_[i].is_cluster()) {
      if (size_of(i, sizes) == 0) {
        raise({Refusal::Reason::kFreeSize, &directives_[i]});
      }
      cluster = base::checked_multiply(cluster, size_of(i, sizes));
    }
    if (cluster > pes_) {
      raise({Refusal::Reason::kClusterTooLarge, &directives_[i], cluster, pes_});
    }
  }
  LoopNest nest = layer_;
  if (const auto refusal = add_loops(sizes, kAllDimensions, nest)) {
    raise(*refusal);
  }
  return nest;
}

}  // namespace inlay::cost::data_centric
