#pragma once

#include <array>
#include <cstdint>

#include "inlay/cost/fixed_list.hpp"

/// The analysis of MAESTRO (Kwon et al., MICRO 2019) as its public commit 4eb08d1 computes it, bugs included.
/// Section numbers and B-numbers in comments are those of docs/maestro.md.
namespace inlay::cost::maestro {

/// In alphabetical order: a level's list is completed in it (section 2c). The last two are output extents.
enum Dimension : std::uint8_t { kC, kG, kK, kM, kN, kR, kS, kX, kY, kOutX, kOutY };
inline constexpr std::size_t kDimensions = 9;
inline constexpr std::size_t kIndices = 11;
inline constexpr std::array<const char*, kIndices> kDimensionNames = {"C", "G", "K", "M",  "N", "R",
                                                                      "S", "X", "Y", "X'", "Y'"};

/// A bit per dimension.
using DimensionSet = std::uint16_t;
constexpr DimensionSet bit(Dimension dimension) {
  return static_cast<DimensionSet>(1U << dimension);
}
constexpr bool contains(DimensionSet set, Dimension dimension) {
  return (set & bit(dimension)) != 0;
}

/// Elements along each dimension; 1 where the layer has no such dimension.
using Sizes = std::array<std::int32_t, kDimensions>;

enum class LayerKind { kConvolution, kDepthwise, kGrouped, kGemm };

/// TemporalMap or SpatialMap with its sizes as numbers.
struct MappedDirective {
  bool spatial;
  Dimension dimension;  // kOutX and kOutY stand for X' and Y'
  std::int32_t size;
  std::int32_t offset;
};

inline constexpr std::size_t kMaxLevels = 4;
inline constexpr std::size_t kMaxDirectives = 16;
using DirectiveList = FixedList<MappedDirective, kMaxDirectives>;

/// A layer and the directives that map it, level by level, outermost first.
struct MappedLayer {
  LayerKind kind = LayerKind::kConvolution;
  Sizes sizes{};  // Y and X are extents of the input
  std::int32_t stride_y = 1;
  std::int32_t stride_x = 1;
  bool batched = false;  // whether input and output depend on N (convolutions)
  std::size_t levels = 0;
  std::array<std::int32_t, kMaxLevels> cluster_sizes{};  // [level]: units of the level, from level 1 on
  std::array<DirectiveList, kMaxLevels> directives;
};

inline constexpr std::int64_t kUnlimitedBandwidth = 2147483647;

struct Hardware {
  std::int64_t pes = 1;
  std::int64_t noc_bandwidth = kUnlimitedBandwidth;  // elements per cycle
  std::int64_t noc_hops = 1;
  std::int64_t offchip_bandwidth = kUnlimitedBandwidth;  // elements per cycle
  std::int64_t simd_lanes = 1;
};

/// How often a case occurs is kept in 32 bits by MAESTRO and wraps around silently (B8).
enum class Occurrences { kWrapping32, kExact64 };

enum Tensor : std::uint8_t { kInput, kWeight, kOutput };
inline constexpr std::size_t kTensors = 3;

/// Elements moved, as counted at the top level (section 7).
struct Accesses {
  std::int64_t l1_read = 0;
  std::int64_t l1_write = 0;
  std::int64_t l2_read = 0;
  std::int64_t l2_write = 0;
  bool operator==(const Accesses&) const = default;
};

/// Cycles over the cases of the top level.
struct Delay {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  std::int64_t average = 0;  // weighted by occurrence, truncated
  bool operator==(const Delay&) const = default;
};

/// All that MAESTRO reports of a layer, before energy, area and power are derived from it.
struct Analysis {
  bool valid = false;  // some case was not dropped; otherwise averages are undefined and the runtime is 0
  bool clustered = false;
  std::int64_t runtime = 0;  // cycles
  std::int64_t macs = 0;
  std::array<Accesses, kTensors> accesses;
  std::array<std::int64_t, kTensors> l2_request{};  // bytes, double-buffered tiles
  std::array<std::int64_t, kTensors> l1_request{};  // bytes
  std::array<std::int64_t, kTensors> pixels{};  // elements of the whole tensor; output: without the stride
  std::int64_t peak_bandwidth = 0;              // elements per cycle
  double average_bandwidth = 0.0;
  std::int64_t offchip_bandwidth = 0;
  Delay ingress;
  Delay egress;
  Delay compute;
  double average_pes = 0.0;
  double arithmetic_intensity = 0.0;  // of the last case
};

/// Analyses a mapped layer. Throws base::InfeasibleError with the rule it breaks where MAESTRO refuses or
/// crashes.
Analysis analyse(const MappedLayer& layer, const Hardware& hardware,
                 Occurrences occurrences = Occurrences::kWrapping32);

}  // namespace inlay::cost::maestro
