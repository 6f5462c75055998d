#pragma once

#include "inlay/cost/maestro/model.hpp"

namespace inlay::cost::maestro {

/// Which dimensions a tensor depends on, in the order of the table in section 1.
struct TensorDimensions {
  std::array<DimensionSet, kTensors> sets;
  std::array<FixedList<Dimension, 6>, kTensors> ordered;
  DimensionSet operands() const { return sets[kInput] | sets[kWeight]; }
};

TensorDimensions tensor_dimensions(LayerKind kind, bool batched);

/// A dimension of the output, with the index of its output extent and the class of its first directive.
struct OutputFactor {
  Dimension dimension;
  Dimension extent;
  bool spatial;
};

/// A level of the cluster tree: its completed directives (section 2) and its tables (section 3).
struct Level {
  std::int32_t units;   // n
  std::int32_t active;  // e: units at work in an edge step
  Sizes sizes;          // D: static extents
  DirectiveList directives;
  std::size_t primary;                         // index of the first spatial directive
  std::array<std::int8_t, kDimensions> first;  // index of the first directive on a dimension, -1: none
  std::array<std::int8_t, kDimensions> last;   // index of the last directive on a dimension
  // Tables by dimension, and by output extent for kOutX and kOutY.
  std::array<std::int32_t, kIndices> full_tile;   // M
  std::array<std::int32_t, kIndices> edge_tile;   // E
  std::array<std::int32_t, kIndices> full_fresh;  // U: new elements per step
  std::array<std::int32_t, kIndices> edge_fresh;  // UE
  // What the products of section 5 run over.
  std::array<FixedList<std::uint8_t, kMaxDirectives>, 2>
      operand_directives;  // [kInput, kWeight] -> directives
  FixedList<OutputFactor, 6> output_factors;
  FixedList<std::uint8_t, kMaxDirectives> reduction_directives;      // on dimensions not in the output
  std::array<FixedList<Dimension, 2>, kTensors> spatial_dimensions;  // of each tensor, in its order
  FixedList<Dimension, 2> all_spatial;                               // of the spatial directives
};

struct Hierarchy {
  TensorDimensions tensors;
  DimensionSet operands;
  std::size_t levels;
  std::array<Level, kMaxLevels> level;
};

/// A rule of section 1 or 2 that a mapping breaks on any hardware, and where.
class MappingError : public base::InfeasibleError {
 public:
  MappingError(const std::string& message, std::size_t level, std::size_t directive)
      : base::InfeasibleError(message), level(level), directive(directive) {}
  std::size_t level;
  std::size_t directive;  // index in its level; the number of directives there if no single one is wrong
};

/// Whether the directives as written follow the rules. Throws MappingError for the first one that does not,
/// and base::InfeasibleError for a size out of range.
void check_mapping(const MappedLayer& layer);

/// Fills `hierarchy`. Throws MappingError, or base::InfeasibleError naming the rule that the mapping breaks.
void build_levels(const MappedLayer& layer, std::int64_t pes, Hierarchy& hierarchy);

}  // namespace inlay::cost::maestro
