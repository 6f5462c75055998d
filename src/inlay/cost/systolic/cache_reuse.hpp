#pragma once

#include "inlay/cost/systolic/tiled_layer.hpp"
#include "inlay/hardware/array.hpp"

namespace inlay::cost::systolic {

/// Shares of the lines that tile commands ask for and that the cache does not have.
struct MissShares {
  double inputs = 1.0;
  double weights = 1.0;
  double outputs = 1.0;  // of the lines that are written
};

/// A cache of random replacement between the DMA engine and the memory. For each tile loop, what the tiles
/// inside it touch is compared with the cache's size; images lie pixel by pixel, weights tap by tap and input
/// channel by input channel, channels innermost. Lines at a stride of a power of two share few sets, so that
/// each counts for several. Throws base::OverflowError.
MissShares miss_shares(const TiledLayer& layer, const hardware::Offchip& offchip);

/// Probability that a line is still there when a sweep over `ratio` times the cache's lines comes back to it:
/// the least h with h = exp(-ratio (1 - h)), since every miss evicts one line at random; 1 if they all fit.
double hit_share(double ratio);

}  // namespace inlay::cost::systolic
