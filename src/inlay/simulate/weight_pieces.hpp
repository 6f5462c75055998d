// In which pieces a stage reads its weights while it computes (docs/model.md "Prefetch").
#pragma once

#include <cstdint>
#include <vector>

namespace inlay::simulate {

/// Part of the weights of a layer.
struct WeightPiece {
  int layer = 0;          // of the stage
  double fraction = 1.0;  // of the layer's weights
  /// It may be read once this layer begins ...
  int gate = 0;
  /// ... in the mini-batch before its own.
  bool mini_batch_before = false;
};

/// `weights`: [layer of the stage] bytes. Weights that are not yet in use, those of layers that have not
/// begun, take at most `room` bytes; a layer that computes needs no room for its own.
std::vector<WeightPiece> weight_pieces(const std::vector<std::int64_t>& weights, std::int64_t room);

}  // namespace inlay::simulate
