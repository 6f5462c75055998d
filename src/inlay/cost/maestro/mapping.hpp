#pragma once

#include "inlay/cost/maestro/model.hpp"
#include "inlay/dataflow/dataflow.hpp"
#include "inlay/workload/model.hpp"

namespace inlay::cost::maestro {

/// Extents of a convolution of one group as MAESTRO is fed with them: Y and X of the input that is read.
struct ConvolutionExtents {
  std::int64_t out_channels = 1;
  std::int64_t in_channels = 1;
  std::int64_t kernel_height = 1;
  std::int64_t kernel_width = 1;
  std::int64_t in_height = 1;
  std::int64_t in_width = 1;
  std::int64_t stride_y = 1;
  std::int64_t stride_x = 1;
};

/// One group of a convolution, without padding and dilation: as many rows as its outputs need
/// (docs/engines.md).
ConvolutionExtents group_of(const workload::ConvolutionShape& shape);

/// The convolution under the dataflow's section for convolutions. Throws base::InfeasibleError naming the
/// directive whose size is no positive number below 2^30.
MappedLayer map_convolution(const ConvolutionExtents& extents, const dataflow::Dataflow& dataflow);

/// An m x k by k x n product under the dataflow's section for GEMMs, or as a 1x1 convolution with the
/// dataflow's layout of tokens. Throws as map_convolution.
MappedLayer map_gemm(std::int64_t m, std::int64_t n, std::int64_t k, const dataflow::Dataflow& dataflow);

/// Rows Y and columns X = m / Y of folded tokens: Y is the smallest divisor of m with Y * Y >= m.
std::int64_t folded_height(std::int64_t m);

}  // namespace inlay::cost::maestro
