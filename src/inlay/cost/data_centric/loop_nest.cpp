#include "inlay/cost/data_centric/loop_nest.hpp"

#include <algorithm>
#include <numeric>

#include "inlay/base/checked.hpp"
#include "inlay/cost/data_centric/mapping.hpp"

namespace inlay::cost::data_centric {

LoopNest map_layer(const workload::ConvolutionShape& shape, std::int64_t mini_batch,
                   const dataflow::Dataflow& dataflow, std::int64_t pes) {
  return Mapping(shape, mini_batch, untuned(dataflow), pes, false).nest({});
}

LoopNest map_layer(const workload::GemmShape& shape, std::int64_t mini_batch,
                   const dataflow::Dataflow& dataflow, std::int64_t pes) {
  return Mapping(shape, mini_batch, untuned(dataflow), pes, false).nest({});
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
  const std::int64_t divisor = window.dilation == 1 ? 1 : std::gcd(window.stride, window.dilation);
  const std::int64_t repeated = std::max<std::int64_t>(0, outputs - window.dilation / divisor) *
                                std::max<std::int64_t>(0, taps - window.stride / divisor);
  return outputs * taps - repeated;
}

}  // namespace inlay::cost::data_centric
