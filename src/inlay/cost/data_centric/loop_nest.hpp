#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "inlay/cost/fixed_list.hpp"
#include "inlay/dataflow/dataflow.hpp"
#include "inlay/workload/model.hpp"

/// The analysis that the engine data-centric stands on. docs/engine-data-centric.md defines every word of it.
namespace inlay::cost::data_centric {

/// Y and X are rows and columns of the *output*; the input's follow from them and from the taps R and S.
enum Dimension : std::uint8_t { kN, kG, kK, kC, kY, kX, kR, kS };
inline constexpr std::size_t kDimensions = 8;

/// Output o meets tap t at place o * stride + t * dilation of the padded input, of which the places
/// [begin, end) exist and the others are padding.
struct Window {
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t begin = 0;
  std::int64_t end = std::numeric_limits<std::int64_t>::max();
  bool operator==(const Window&) const = default;
};

/// Cuts every tile of `dimension` that stands above into tiles of `tile` indices, dealt to `units` units at a
/// time; units = 1 is a temporal loop.
struct Loop {
  Dimension dimension = kN;
  std::int64_t tile = 1;
  std::int64_t units = 1;
  std::int64_t chunk() const { return tile * units; }
};

inline constexpr std::size_t kMaxLoops = 32;

/// A layer (with its mini-batch) and how it is walked on the PEs: loops from the outermost to the innermost.
struct LoopNest {
  std::array<std::int64_t, kDimensions> extent{};
  Window vertical;
  Window horizontal;
  bool channelwise = false;  // depthwise: an output depends on its own channel of C alone
  FixedList<Loop, kMaxLoops> loops;
  std::size_t top_loops = 0;  // how many of them stand above the first Cluster
};

/// With the sizes of engines that do not tune. Throws base::InfeasibleError naming the directive that cannot
/// be followed (docs/engine-data-centric.md,
/// "What is refused") and base::OverflowError.
LoopNest map_layer(const workload::ConvolutionShape& shape, std::int64_t mini_batch,
                   const dataflow::Dataflow& dataflow, std::int64_t pes);
LoopNest map_layer(const workload::GemmShape& shape, std::int64_t mini_batch,
                   const dataflow::Dataflow& dataflow, std::int64_t pes);

/// Multiply-accumulates of the nest. Throws base::OverflowError beyond 2^60, the analysis' own limit.
std::int64_t products(const LoopNest& nest);

/// Different places, padding included, that `outputs` neighbouring outputs meet with `taps` neighbouring
/// taps.
std::int64_t window_size(std::int64_t outputs, std::int64_t taps, const Window& window);

}  // namespace inlay::cost::data_centric
