#include "inlay/cost/systolic/cache_reuse.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "inlay/base/checked.hpp"
#include "inlay/cost/systolic/dma_requests.hpp"

namespace inlay::cost::systolic {
namespace {

using data_centric::kC;
using data_centric::kG;
using data_centric::kK;
using data_centric::kN;
using data_centric::kR;
using data_centric::kS;
using data_centric::kX;
using data_centric::kY;

enum TensorIndex : std::uint8_t { kInputs, kWeights, kOutputs };

bool moves(TensorIndex tensor, Dimension dimension) {
  switch (tensor) {
    case kInputs:
      return dimension == kN || dimension == kG || dimension == kC || dimension == kY || dimension == kX;
    case kWeights:
      return dimension == kG || dimension == kK || dimension == kC || dimension == kR || dimension == kS;
    default:
      return dimension == kN || dimension == kG || dimension == kK || dimension == kY || dimension == kX;
  }
}

std::int64_t bytes_of(std::int64_t elements, std::int64_t bits) {
  return base::ceil_divide(base::checked_multiply(elements, bits), 8);
}

class Reuse {
 public:
  Reuse(const TiledLayer& layer, const hardware::Offchip& offchip) : layer_(layer), offchip_(offchip) {
    input_row_ = bytes_of(layer.all_in_channels, layer.precision.inputs);
    weight_row_ = bytes_of(layer.all_out_channels, layer.precision.weights);
    output_row_ = bytes_of(layer.all_out_channels, layer.precision.outputs);
  }

  /// Share of the lines of a tensor's tiles that the cache does not have. A loop that does not move the
  /// tensor comes back to its lines; a loop over channels comes back to the lines that neighbouring tiles
  /// share.
  double share(TensorIndex tensor, Dimension channels, std::int64_t bits) const {
    double missing = 1.0;
    for (std::size_t i = 0; i < layer_.loops.size(); ++i) {
      const TileLoop& loop = layer_.loops[i];
      const auto count = static_cast<double>(loop.count);
      const double hit = hit_share(footprint(i + 1) / static_cast<double>(offchip_.cache_bytes));
      if (loop.dimension == channels) {
        const double fresh = fresh_lines(i, channels, bits);
        missing *= fresh + (1.0 - fresh) * (1.0 - hit);
      } else if (!moves(tensor, loop.dimension) && tensor != kOutputs) {
        missing *= (1.0 + (count - 1.0) * (1.0 - hit)) / count;
      }
    }
    return missing;
  }

  /// Bytes of the cache that the tiles of the loops from `loop` on touch.
  double footprint(std::size_t loop) const {
    const Extents reach = extents_from(loop);
    const auto input = [](const data_centric::Window& window, std::int64_t outputs, std::int64_t taps) {
      const std::int64_t reached = (outputs - 1) * window.stride + taps;
      const std::int64_t there = window.end - window.begin;
      return there > 0 ? std::min(reached, there) : reached;
    };
    const double pixels = static_cast<double>(reach[kN]) *
                          static_cast<double>(input(layer_.vertical, reach[kY], reach[kR])) *
                          static_cast<double>(input(layer_.horizontal, reach[kX], reach[kS]));
    const std::int64_t taps = base::checked_product(reach[kR], reach[kS], reach[kC]);
    const double places =
        static_cast<double>(reach[kN]) * static_cast<double>(reach[kY]) * static_cast<double>(reach[kX]);
    return static_cast<double>(offchip_.line_bytes) *
           (lines(pixels, bytes_of(reach[kC], layer_.precision.inputs), input_row_) +
            lines(static_cast<double>(taps), bytes_of(reach[kK], layer_.precision.weights), weight_row_) +
            lines(places, bytes_of(reach[kK], layer_.precision.outputs), output_row_));
  }

 private:
  /// Extents that the loops from `loop` on cover.
  Extents extents_from(std::size_t loop) const {
    Extents reach = layer_.tile;
    for (std::size_t i = loop; i < layer_.loops.size(); ++i) {
      const TileLoop& inner = layer_.loops[i];
      reach[inner.dimension] = base::checked_multiply(reach[inner.dimension], inner.count);
    }
    for (std::size_t d = 0; d < kDimensions; ++d) {
      reach[d] = std::min(reach[d], layer_.extent[d]);
    }
    return reach;
  }

  /// Lines that `rows` runs of `bytes` occupy that are `stride` bytes apart. If the stride is a multiple of a
  /// power of two lines, only as many sets are used as if every row took that many lines.
  double lines(double rows, std::int64_t bytes, std::int64_t stride) const {
    const std::int64_t line = offchip_.line_bytes;
    if (stride < line) {
      return std::max(1.0, rows * static_cast<double>(stride) / static_cast<double>(line));
    }
    const double own = dma_run(bytes, bytes, std::gcd(stride, bytes), offchip_).lines;
    const std::int64_t apart = stride % line == 0 ? stride / line : 1;
    const std::int64_t spacing = apart & -apart;
    return rows * std::max(own, static_cast<double>(spacing));
  }

  /// Of the lines that the tiles of a loop over channels ask for, the share that no earlier iteration
  /// touched.
  double fresh_lines(std::size_t loop, Dimension channels, std::int64_t bits) const {
    const std::int64_t inner = extents_from(loop + 1)[channels];
    const std::int64_t outer = extents_from(loop)[channels];
    const std::int64_t all =
        bytes_of(channels == kC ? layer_.all_in_channels : layer_.all_out_channels, bits);
    const auto touched = [&](std::int64_t elements) {
      const std::int64_t bytes = bytes_of(elements, bits);
      return dma_run(bytes, bytes, std::gcd(all, bytes), offchip_).lines;
    };
    return std::min(1.0, touched(outer) / (touched(inner) * static_cast<double>(layer_.loops[loop].count)));
  }

  const TiledLayer& layer_;
  const hardware::Offchip& offchip_;
  std::int64_t input_row_ = 1;
  std::int64_t weight_row_ = 1;
  std::int64_t output_row_ = 1;
};

}  // namespace

double hit_share(double ratio) {
  if (ratio <= 1.0) {
    return 1.0;
  }
  double hit = 0.0;
  for (int i = 0; i < 60; ++i) {
    hit = std::exp(-ratio * (1.0 - hit));
  }
  return hit;
}

MissShares miss_shares(const TiledLayer& layer, const hardware::Offchip& offchip) {
  if (offchip.cache_bytes == 0) {
    return {0.0, 0.0, 0.0};
  }
  const Reuse reuse(layer, offchip);
  // What a layer of which everything fits writes stays there from the layer before on.
  const double kept = hit_share(reuse.footprint(0) / static_cast<double>(offchip.cache_bytes));
  return {reuse.share(kInputs, kC, layer.precision.inputs),
          reuse.share(kWeights, kK, layer.precision.weights),
          reuse.share(kOutputs, kK, layer.precision.outputs) * (1.0 - kept)};
}

}  // namespace inlay::cost::systolic
