#include "inlay/cost/systolic/tile_classes.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "inlay/base/checked.hpp"

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

/// Tiles of one dimension: their length and how many there are.
struct Pieces {
  std::int64_t length = 0;
  std::int64_t count = 0;
};

std::vector<Pieces> pieces_of(std::int64_t extent, std::int64_t tile) {
  std::vector<Pieces> pieces;
  if (extent / tile > 0) {
    pieces.push_back({tile, extent / tile});
  }
  if (extent % tile > 0) {
    pieces.push_back({extent % tile, 1});
  }
  return pieces;
}

/// Tiles of outputs and taps along one axis of the image.
struct AxisTiles {
  std::int64_t outputs = 0;
  std::int64_t taps = 0;
  std::int64_t places = 0;  // of the input that exist, from the first to the last one that is met
  std::int64_t count = 0;
};

std::vector<AxisTiles> axis_tiles(const TiledLayer& layer, Dimension output, Dimension tap,
                                  const data_centric::Window& window) {
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, std::int64_t> counts;
  for (std::int64_t o = 0; o < layer.extent[output]; o += layer.tile[output]) {
    const std::int64_t outputs = std::min(layer.tile[output], layer.extent[output] - o);
    for (std::int64_t t = 0; t < layer.extent[tap]; t += layer.tile[tap]) {
      const std::int64_t taps = std::min(layer.tile[tap], layer.extent[tap] - t);
      // The DMA engine fetches outputs x stride + taps - 1 neighbouring rows, whatever the stride skips.
      const std::int64_t begin = o * window.stride + t * window.dilation;
      const std::int64_t end = begin + outputs * window.stride + (taps - 1) * window.dilation;
      const std::int64_t places =
          std::max<std::int64_t>(0, std::min(end, window.end) - std::max(begin, window.begin));
      ++counts[{outputs, taps, places}];
    }
  }
  std::vector<AxisTiles> tiles;
  for (const auto& [key, count] : counts) {
    tiles.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), count});
  }
  return tiles;
}

}  // namespace

std::int64_t tile_count(const TiledLayer& layer) {
  std::int64_t count = 1;
  for (const TileLoop& loop : layer.loops) {
    count = base::checked_multiply(count, loop.count);
  }
  return count;
}

std::int64_t reduction_count(const TiledLayer& layer) {
  std::int64_t count = 1;
  for (const TileLoop& loop : layer.loops) {
    if (loop.dimension == kC || loop.dimension == kR || loop.dimension == kS) {
      count = base::checked_multiply(count, loop.count);
    }
  }
  return count;
}

std::vector<TileClass> tile_classes(const TiledLayer& layer) {
  std::vector<TileClass> classes(1);
  classes.front().count = 1;
  for (const Dimension dimension : {kN, kG, kK, kC}) {
    std::vector<TileClass> next;
    for (const TileClass& known : classes) {
      for (const Pieces& pieces : pieces_of(layer.extent[dimension], layer.tile[dimension])) {
        next.push_back(known);
        next.back().tile[dimension] = pieces.length;
        next.back().count = base::checked_multiply(known.count, pieces.count);
      }
    }
    classes = std::move(next);
  }
  std::vector<TileClass> all;
  const std::vector<AxisTiles> columns = axis_tiles(layer, kX, kS, layer.horizontal);
  for (const AxisTiles& row : axis_tiles(layer, kY, kR, layer.vertical)) {
    for (const AxisTiles& column : columns) {
      for (TileClass tile : classes) {
        tile.count = base::checked_product(tile.count, row.count, column.count);
        tile.tile[kY] = row.outputs;
        tile.tile[kR] = row.taps;
        tile.tile[kX] = column.outputs;
        tile.tile[kS] = column.taps;
        tile.in_rows = row.places;
        tile.in_columns = column.places;
        all.push_back(tile);
      }
    }
  }
  return all;
}

}  // namespace inlay::cost::systolic
