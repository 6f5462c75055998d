#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace inlay::cost {

/// Joules by component, without off-package traffic and without L2 fills from and drains to the outside.
struct EnergySplit {
  double mac = 0.0;
  double l1 = 0.0;
  double l2 = 0.0;
  double noc = 0.0;
  double vector = 0.0;
  double total() const { return mac + l1 + l2 + noc + vector; }
  bool operator==(const EnergySplit&) const = default;
};

/// What takes most of a layer's time; unknown where an engine or a file does not say.
enum class BoundBy : std::uint8_t { kUnknown, kCompute, kNocIn, kNocOut, kVector };

/// What one mini-batch of a layer costs on a chiplet type.
struct LayerCost {
  std::int64_t cycles = 0;
  EnergySplit energy;
  std::int64_t tile_bytes = 0;  // L2 that its (double-buffered) tiles need
  double utilisation = 0.0;     // average share of the PEs at work
  bool substituted = false;     // the engine cannot map the layer; an equivalent was costed (stated in docs)
  bool mappable = true;         // false: this type cannot run the layer, and the figures mean nothing
  BoundBy bound_by = BoundBy::kUnknown;
  bool operator==(const LayerCost&) const = default;
};

/// The words for BoundBy in its order: "-", "compute", "NoC in", "NoC out", "vector".
const std::vector<std::string>& bound_words();
const std::string& to_string(BoundBy bound);

}  // namespace inlay::cost
