#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "inlay/cost/data_centric/loop_nest.hpp"
#include "inlay/workload/model.hpp"

/// Layers that a host runs as tile commands on a systolic array with a DMA engine of its own
/// (docs/engine-tile-commands.md defines the model). Start reading at tile_commands.hpp.
namespace inlay::cost::systolic {

using data_centric::Dimension;
using data_centric::kDimensions;
using Extents = std::array<std::int64_t, kDimensions>;

/// A loop over tiles: `count` tile commands along a dimension.
struct TileLoop {
  Dimension dimension = data_centric::kN;
  std::int64_t count = 1;
};

/// A layer cut into tiles. Extents are those of the layer (Y and X of the output; C and K of one group); the
/// last tile of a dimension has what is left.
struct TiledLayer {
  Extents extent{};
  Extents tile{};
  std::vector<TileLoop> loops;  // outermost first; together ceil(extent / tile) of every dimension
  data_centric::Window vertical;
  data_centric::Window horizontal;
  bool is_product = false;
  std::int64_t all_in_channels = 1;   // bytes from one pixel's first channel to the next pixel's, all groups
  std::int64_t all_out_channels = 1;  // likewise of outputs, and of the weights of one input channel
  workload::Precision precision = {};
};

/// A layer and the tile sizes for it; `order` names the dimensions of the tile loops, outermost first. What
/// is not named and needs loops stands innermost. Throws base::InfeasibleError for a tile larger than its
/// dimension or a depthwise layer, and base::OverflowError.
TiledLayer tiled(const workload::Shape& shape, std::int64_t mini_batch, const workload::Precision& precision,
                 const Extents& tile, const std::vector<Dimension>& order);

}  // namespace inlay::cost::systolic
