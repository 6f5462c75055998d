#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inlay/cost/data_centric/loop_nest.hpp"

namespace inlay::cost::data_centric {

/// A directive with its sizes worked out for one layer.
struct MappedDirective {
  const dataflow::Directive* written = nullptr;
  Dimension dimension = kN;     // not of a Cluster
  bool dense_extent = false;    // Y or X: sizes are those of a dense input, not of the output
  bool ignores_offset = false;  // along a stride, as in MAESTRO: tiles follow without gaps
  std::int64_t size = 0;        // 0: free or even, and nothing is said for engines that do not tune
  std::int64_t offset = 0;
  bool is_cluster() const { return written->kind == dataflow::DirectiveKind::kCluster; }
  bool is_spatial() const { return written->kind == dataflow::DirectiveKind::kSpatial; }
  bool is_free() const { return written->sizing == dataflow::Sizing::kTuned; }
  bool is_even() const { return written->sizing == dataflow::Sizing::kEven && size == 0; }
};

/// Why a directive cannot be followed (docs/engine-data-centric.md, "What is refused").
struct Refusal {
  enum class Reason { kFreeSize, kClusterTooLarge, kSecondSpatial, kNoWindow, kOffset };
  Reason reason;
  const MappedDirective* directive = nullptr;
  std::int64_t found = 0;
  std::int64_t wanted = 0;
};

/// For each directive 0, or the size that is chosen for it: units of a Cluster, indices of a tile (of the
/// output, for Y and X). 0 stands for the size as it is written.
using Sizes = std::array<std::int64_t, kMaxLoops>;

/// The dimensions of which loops are wanted, a bit for each.
using DimensionSet = unsigned;
inline constexpr DimensionSet kAllDimensions = (1U << kDimensions) - 1;

/// Indices per dimension.
using Extents = std::array<std::int64_t, kDimensions>;

/// One layer and the directives for it. Refers to the dataflow, which must outlive it.
class Mapping {
 public:
  /// Throws base::InfeasibleError for a size that has no value of 1 or more for this layer (of a free size:
  /// if not `tuned`), and base::OverflowError.
  Mapping(const workload::ConvolutionShape& shape, std::int64_t mini_batch,
          const dataflow::Dataflow& dataflow, std::int64_t pes, bool tuned);
  Mapping(const workload::GemmShape& shape, std::int64_t mini_batch, const dataflow::Dataflow& dataflow,
          std::int64_t pes, bool tuned);

  /// The layer without its loops.
  const LoopNest& layer() const { return layer_; }
  std::span<const MappedDirective> directives() const { return directives_; }
  std::int64_t pes() const { return pes_; }
  bool has_free_sizes() const;

  /// Units of the top level. Throws nothing: 0 if a cluster is larger than the chiplet.
  std::int64_t top_units(const Sizes& sizes) const;
  /// The loops of `dimensions`; `nest` is the layer before and has them afterwards, unless they are refused.
  std::optional<Refusal> add_loops(const Sizes& sizes, DimensionSet dimensions, LoopNest& nest) const;
  /// The layer with all its loops. Throws base::InfeasibleError naming the directive that is refused.
  LoopNest nest(const Sizes& sizes) const;

 private:
  void map_convolution(const std::vector<dataflow::Directive>& directives, bool tuned);
  void resolve(const std::vector<dataflow::Directive>& directives, const std::vector<std::string>& names,
               std::span<const std::int64_t> values, bool tuned);
  std::int64_t size_of(std::size_t directive, const Sizes& sizes) const {
    return sizes[directive] > 0 ? sizes[directive] : directives_[directive].size;
  }
  std::optional<Refusal> add_level(std::size_t begin, std::size_t end, std::int64_t units, const Sizes& sizes,
                                   DimensionSet dimensions, LoopNest& nest, Extents& tile) const;
  std::optional<Refusal> add_directive(std::size_t directive, std::int64_t units, const Sizes& sizes,
                                       const Extents& taps, LoopNest& nest, Extents& tile) const;

  LoopNest layer_;
  std::vector<MappedDirective> directives_;
  std::int64_t pes_ = 1;
};

}  // namespace inlay::cost::data_centric
