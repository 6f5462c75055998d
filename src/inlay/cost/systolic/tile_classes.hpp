#pragma once

#include <cstdint>
#include <vector>

#include "inlay/cost/systolic/tiled_layer.hpp"

namespace inlay::cost::systolic {

/// Tiles that are alike: `count` tile commands.
struct TileClass {
  std::int64_t count = 0;
  Extents tile{};            // indices of each dimension
  std::int64_t in_rows = 0;  // rows and columns of the input that exist, padding left out
  std::int64_t in_columns = 0;
};

/// All tiles of a layer by kind. Throws base::OverflowError.
std::vector<TileClass> tile_classes(const TiledLayer& layer);

/// Tile commands in all.
std::int64_t tile_count(const TiledLayer& layer);

/// Tile commands that add up to one output tile.
std::int64_t reduction_count(const TiledLayer& layer);

}  // namespace inlay::cost::systolic
