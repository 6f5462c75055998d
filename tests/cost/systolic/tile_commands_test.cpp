// Tile commands on a systolic array: counts against a walk through the loops that the hardware runs, and the
// rules of the timing worked out by hand.
#include "inlay/cost/systolic/tile_commands.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "inlay/base/error.hpp"
#include "inlay/base/random.hpp"
#include "inlay/cost/systolic/dma_requests.hpp"

namespace inlay::cost::systolic {
namespace {

using data_centric::kC;
using data_centric::kK;
using data_centric::kN;
using data_centric::kR;
using data_centric::kS;
using data_centric::kX;
using data_centric::kY;

hardware::Array array_of(std::int64_t rows, std::int64_t columns) {
  hardware::Array array;
  array.rows = rows;
  array.columns = columns;
  array.skew = 2 * rows + 6;
  array.overlap = 5;
  array.exchange_cycles = rows;
  return array;
}

/// Walks tiles and, in each, blocks, taps, lines and chunks one by one.
struct Walk {
  std::int64_t tiles = 0;
  std::int64_t commands = 0;
  std::int64_t rows = 0;
  std::int64_t read_elements = 0;
  std::int64_t written_elements = 0;
};

Walk walk(const TiledLayer& layer, const hardware::Array& array) {
  Walk result;
  const auto pieces = [&](Dimension d) {
    std::vector<std::pair<std::int64_t, std::int64_t>> list;  // begin, length
    for (std::int64_t at = 0; at < layer.extent[d]; at += layer.tile[d]) {
      list.emplace_back(at, std::min(layer.tile[d], layer.extent[d] - at));
    }
    return list;
  };
  const auto exists = [](const data_centric::Window& window, std::int64_t place) {
    return place >= window.begin && place < window.end;
  };
  for (const auto& [k0, k] : pieces(kK))
    for (const auto& [c0, c] : pieces(kC))
      for (const auto& [r0, r] : pieces(kR))
        for (const auto& [s0, s] : pieces(kS))
          for (const auto& [n0, n] : pieces(kN))
            for (const auto& [y0, y] : pieces(kY))
              for (const auto& [x0, x] : pieces(kX)) {
                ++result.tiles;
                std::int64_t lines = 0;
                std::int64_t columns = 0;
                for (std::int64_t i = 0; i < y * layer.vertical.stride + r - 1; ++i) {
                  lines += exists(layer.vertical, y0 * layer.vertical.stride + r0 + i) ? 1 : 0;
                }
                for (std::int64_t i = 0; i < x * layer.horizontal.stride + s - 1; ++i) {
                  columns += exists(layer.horizontal, x0 * layer.horizontal.stride + s0 + i) ? 1 : 0;
                }
                result.read_elements += n * lines * columns * c + r * s * c * k;
                const bool last =
                    c0 + c == layer.extent[kC] && r0 + r == layer.extent[kR] && s0 + s == layer.extent[kS];
                result.written_elements += last ? n * y * x * k : 0;
                for (std::int64_t kb = 0; kb < k; kb += array.columns)
                  for (std::int64_t tap = 0; tap < r * s; ++tap)
                    for (std::int64_t cb = 0; cb < c; cb += array.rows)
                      for (std::int64_t line = 0; line < n * y; ++line)
                        for (std::int64_t chunk = 0; chunk < x; chunk += array.rows) {
                          ++result.commands;
                          result.rows += std::min(array.rows, x - chunk);
                        }
              }
  return result;
}

TEST(TileCommands, CountsAreThoseOfTheWalk) {
  base::Random random(60);
  for (int i = 0; i < 400; ++i) {
    workload::ConvolutionShape shape;
    shape.out_channels = random.between(1, 12);
    shape.in_channels = random.between(1, 12);
    shape.out_height = random.between(1, 6);
    shape.out_width = random.between(1, 9);
    shape.kernel_height = random.between(1, 3);
    shape.kernel_width = random.between(1, 3);
    shape.stride_y = random.between(1, 2);
    shape.stride_x = random.between(1, 2);
    if (random.between(0, 1) == 0) {
      shape.padding_y = shape.kernel_height / 2;
      shape.padding_x = shape.kernel_width / 2;
      shape.in_height = std::max<std::int64_t>(1, shape.out_height * shape.stride_y);
      shape.in_width = std::max<std::int64_t>(1, shape.out_width * shape.stride_x);
    }
    Extents tile{1,
                 1,
                 random.between(1, shape.out_channels),
                 random.between(1, shape.in_channels),
                 random.between(1, shape.out_height),
                 random.between(1, shape.out_width),
                 random.between(1, shape.kernel_height),
                 random.between(1, shape.kernel_width)};
    const TiledLayer layer = tiled(shape, 1, {}, tile, {kK, kC, kY});
    const hardware::Array array = array_of(random.between(1, 5), random.between(1, 5));
    hardware::Offchip offchip;
    offchip.bytes_per_cycle = random.between(1, 16);
    const CommandCosts costs = command_costs(layer, array, offchip);
    const Walk expected = walk(layer, array);
    ASSERT_EQ(costs.tile_commands, expected.tiles);
    ASSERT_EQ(costs.compute_commands, expected.commands);
    ASSERT_EQ(costs.operand_rows, expected.rows);
    ASSERT_EQ(costs.read_bytes, expected.read_elements);
    ASSERT_EQ(costs.written_bytes, expected.written_elements);
    ASSERT_GE(costs.cycles, costs.operand_rows) << "no array is faster than a row of operands a cycle";
  }
}

TEST(TileCommands, AComputeCommandTakesItsPixelsButNoLessThanItsShareOfTheSkew) {
  // 16 x 16: (2 x 16 + 6) / 5 = 7.6 cycles for a chunk of up to 7 pixels.
  const hardware::Array array = array_of(16, 16);
  EXPECT_DOUBLE_EQ(array_work({1, 1, 16, 16, 10, 4, 1, 1}, array).cycles, 10 * 7.6);
  EXPECT_DOUBLE_EQ(array_work({1, 1, 16, 16, 10, 28, 1, 1}, array).cycles, 10 * (16 + 12));
  EXPECT_DOUBLE_EQ(array_work({1, 1, 16, 16, 10, 20, 1, 1}, array).cycles, 10 * 20)
      << "16 + 4: 10 on average";
  hardware::Array issued = array;
  issued.step_cycles = 9;
  EXPECT_DOUBLE_EQ(array_work({1, 1, 16, 16, 10, 20, 1, 1}, issued).cycles, 10 * (16 + 9));
  EXPECT_DOUBLE_EQ(array_work({1, 1, 16, 16, 1, 1, 1, 1}, array).cycles, 16) << "the next weights go in";
  hardware::Array exposed = array;
  exposed.exchange_hidden = false;
  EXPECT_DOUBLE_EQ(array_work({1, 1, 32, 16, 1, 20, 3, 1}, exposed).cycles, 6 * (20 + 16));
}

TEST(TileCommands, RunsOfBytesAreCountedOverAllPlacesWhereTheyMayBegin) {
  hardware::Offchip offchip;
  offchip.bytes_per_cycle = 16;
  for (const std::int64_t alignment : {1, 2, 8, 24, 64, 1000}) {
    for (const std::int64_t bytes : {1, 3, 16, 63, 64, 65}) {
      double requests = 0;
      const int places = 192;
      for (int i = 0; i < places; ++i) {
        std::set<std::int64_t> blocks;
        for (std::int64_t b = 0; b < bytes; ++b) {
          blocks.insert((i * alignment + b) / 64);
        }
        requests += static_cast<double>(blocks.size());
      }
      const DmaRun run = dma_run(bytes, bytes, alignment, offchip);
      EXPECT_NEAR(run.lines, requests / places, 1e-9) << alignment << " " << bytes;
      EXPECT_DOUBLE_EQ(run.beats, std::ceil(static_cast<double>(bytes) / 16));
    }
  }
  // 100 bytes in pieces of 64: 64 + 36, both aligned.
  EXPECT_DOUBLE_EQ(dma_run(100, 64, 64, offchip).requests, 2);
  EXPECT_DOUBLE_EQ(dma_run(100, 64, 64, offchip).beats, 4 + 3);
}

TEST(TileCommands, ALineSurvivesRandomReplacementAsTheFixedPointSays) {
  EXPECT_EQ(hit_share(0.5), 1.0);
  EXPECT_EQ(hit_share(1.0), 1.0);
  EXPECT_NEAR(hit_share(2.0), 0.2032, 1e-3);  // h = exp(-2 (1 - h))
  EXPECT_LT(hit_share(10.0), 1e-4);
  // Simulated: 64 lines, cyclic sweeps over 96, a miss evicts any.
  base::Random random(3);
  std::vector<int> cache(64, -1);
  int hits = 0;
  int asked = 0;
  for (int sweep = 0; sweep < 2000; ++sweep) {
    for (int line = 0; line < 96; ++line) {
      const bool hit = std::find(cache.begin(), cache.end(), line) != cache.end();
      if (!hit) {
        cache[static_cast<std::size_t>(random.between(0, 63))] = line;
      }
      hits += sweep > 10 && hit ? 1 : 0;
      asked += sweep > 10 ? 1 : 0;
    }
  }
  EXPECT_NEAR(static_cast<double>(hits) / asked, hit_share(96.0 / 64.0), 0.03);
}

TEST(TileCommands, WhatIsSlowestDecides) {
  const workload::ConvolutionShape shape{1, 64, 64, 8, 16, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1};
  const Extents tile{1, 1, 16, 64, 8, 16, 1, 1};
  const TiledLayer layer = tiled(shape, 1, {}, tile, {kK});
  const hardware::Array array = array_of(16, 16);
  hardware::Offchip offchip;
  offchip.bytes_per_cycle = 1024;
  offchip.request_cycles = 0;
  const CommandCosts free = command_costs(layer, array, offchip);
  // 4 tiles of 4 blocks of 8 lines of 16 pixels; the last tile's stores and the skew follow.
  EXPECT_NEAR(static_cast<double>(free.cycles), 4.0 * 4 * 8 * 16, 600);
  EXPECT_GE(free.cycles, 4 * 4 * 8 * 16);
  hardware::Offchip slow = offchip;
  slow.convolution_cycles = 5000;
  EXPECT_GE(command_costs(layer, array, slow).cycles, 4 * 5000);
  hardware::Offchip narrow = offchip;
  narrow.bytes_per_cycle = 1;
  EXPECT_GE(command_costs(layer, array, narrow).cycles, 64 * 16 * 4 * 8 + 64 * 64 + 64 * 8 * 16);
  hardware::Offchip cached = narrow;
  cached.cache_bytes = 4096;
  cached.read_miss_cycles = 10;
  cached.write_miss_cycles = 10;
  EXPECT_GT(command_costs(layer, array, cached).cycles, command_costs(layer, array, narrow).cycles);
  EXPECT_GT(command_costs(layer, array, cached).missed_lines, 0.0);
}

TEST(TileCommands, DepthwiseLayersAreRefused) {
  const workload::ConvolutionShape shape{8, 8, 8, 4, 4, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1};
  EXPECT_THROW(tiled(shape, 1, {}, {1, 1, 1, 8, 4, 4, 3, 3}, {}), base::InfeasibleError);
}

}  // namespace
}  // namespace inlay::cost::systolic
