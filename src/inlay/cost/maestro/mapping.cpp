#include "inlay/cost/maestro/mapping.hpp"

#include <fmt/format.h>

#include <span>

#include "inlay/base/checked.hpp"
#include "inlay/dataflow/expression.hpp"

namespace inlay::cost::maestro {
namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 30;

std::int32_t narrow(std::int64_t value, const char* what) {
  if (value < 1 || value > kLargest) {
    throw base::InfeasibleError(fmt::format("{} is {}; MAESTRO's rules take 1 to 2^30", what, value));
  }
  return static_cast<std::int32_t>(value);
}

Dimension dimension_of(const std::string& name) {
  const bool output_extent = name.size() == 2;  // X' or Y'
  switch (name[0]) {
    case 'C':
      return kC;
    case 'K':
      return kK;
    case 'M':
      return kM;
    case 'N':
      return kN;
    case 'R':
      return kR;
    case 'S':
      return kS;
    case 'X':
      return output_extent ? kOutX : kX;
    case 'Y':
      return output_extent ? kOutY : kY;
    default:
      throw base::DefectError("a dataflow maps the unknown dimension " + name);
  }
}

/// Sizes of directives for one layer.
class Resolver {
 public:
  Resolver(const std::vector<std::string>& names, std::span<const std::int64_t> values)
      : names_(names), values_(values) {}

  void resolve(const std::vector<dataflow::Directive>& directives, MappedLayer& layer) const {
    layer.levels = 1;
    for (const dataflow::Directive& directive : directives) {
      const std::int32_t size = value(dataflow::untuned_size(directive), directive);
      if (directive.kind == dataflow::DirectiveKind::kCluster) {
        if (layer.levels == kMaxLevels) {
          throw base::InfeasibleError(fmt::format("the dataflow has more than {} levels", kMaxLevels));
        }
        layer.cluster_sizes[layer.levels++] = size;
        continue;
      }
      layer.directives[layer.levels - 1].push_back({directive.kind == dataflow::DirectiveKind::kSpatial,
                                                    dimension_of(directive.dimension), size,
                                                    value(directive.offset, directive)});
    }
  }

 private:
  std::int32_t value(const std::string& expression, const dataflow::Directive& directive) const {
    std::int64_t result = 0;
    try {
      result = dataflow::evaluate_expression(expression, names_, values_);
    } catch (const dataflow::ExpressionError& error) {
      throw base::InfeasibleError(fmt::format("{}: {}", dataflow::to_string(directive), error.what()));
    }
    if (result < 1 || result > kLargest) {
      throw base::InfeasibleError(fmt::format("{}: '{}' is {} for this layer; allowed: 1 to 2^30",
                                              dataflow::to_string(directive), expression, result));
    }
    return static_cast<std::int32_t>(result);
  }

  const std::vector<std::string>& names_;
  std::span<const std::int64_t> values_;
};

std::int64_t extent(std::int64_t out, std::int64_t stride, std::int64_t kernel) {
  return base::checked_add(base::checked_multiply(out - 1, stride), kernel);
}

}  // namespace

ConvolutionExtents group_of(const workload::ConvolutionShape& shape) {
  // A 1-wide filter with a stride reads single rows: they are fed alone, since MAESTRO counts a strided tile
  // with gaps wrongly (B5). The holes of a dilated filter hold no work, so it is fed as a dense one.
  const std::int64_t stride_y = shape.kernel_height == 1 ? 1 : shape.stride_y;
  const std::int64_t stride_x = shape.kernel_width == 1 ? 1 : shape.stride_x;
  return {shape.out_channels / shape.groups,
          shape.in_channels / shape.groups,
          shape.kernel_height,
          shape.kernel_width,
          extent(shape.out_height, stride_y, shape.kernel_height),
          extent(shape.out_width, stride_x, shape.kernel_width),
          stride_y,
          stride_x};
}

MappedLayer map_convolution(const ConvolutionExtents& extents, const dataflow::Dataflow& dataflow) {
  MappedLayer layer;
  layer.kind = LayerKind::kConvolution;
  layer.sizes.fill(1);
  layer.sizes[kK] = narrow(extents.out_channels, "K");
  layer.sizes[kC] = narrow(extents.in_channels, "C");
  layer.sizes[kR] = narrow(extents.kernel_height, "R");
  layer.sizes[kS] = narrow(extents.kernel_width, "S");
  layer.sizes[kY] = narrow(extents.in_height, "Y");
  layer.sizes[kX] = narrow(extents.in_width, "X");
  layer.stride_y = narrow(extents.stride_y, "the stride along Y");
  layer.stride_x = narrow(extents.stride_x, "the stride along X");
  const std::array<std::int64_t, 8> values = {
      extents.out_channels, extents.in_channels, extents.kernel_height, extents.kernel_width,
      extents.in_height,    extents.in_width,    extents.stride_y,      extents.stride_x};
  Resolver(dataflow::convolution_names(), values).resolve(untuned(dataflow).convolution, layer);
  return layer;
}

MappedLayer map_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const dataflow::Dataflow& tunable) {
  const dataflow::Dataflow& dataflow = untuned(tunable);
  if (dataflow.gemm.empty()) {
    const std::int64_t height =
        dataflow.token_layout == dataflow::TokenLayout::kFolded ? folded_height(m) : m;
    ConvolutionExtents extents;
    extents.out_channels = n;
    extents.in_channels = k;
    extents.in_height = height;
    extents.in_width = m / height;
    return map_convolution(extents, dataflow);
  }
  MappedLayer layer;
  layer.kind = LayerKind::kGemm;
  layer.sizes.fill(1);
  layer.sizes[kM] = narrow(m, "M");
  layer.sizes[kN] = narrow(n, "N");
  layer.sizes[kK] = narrow(k, "K");
  const std::array<std::int64_t, 3> values = {m, n, k};
  Resolver(dataflow::gemm_names(), values).resolve(dataflow.gemm, layer);
  return layer;
}

std::int64_t folded_height(std::int64_t m) {
  std::int64_t width = 1;  // the largest divisor of m with width * width <= m
  for (std::int64_t candidate = 1; candidate <= m / candidate; ++candidate) {
    width = m % candidate == 0 ? candidate : width;
  }
  return m / width;
}

}  // namespace inlay::cost::maestro
