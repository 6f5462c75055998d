#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "inlay/cost/data_centric/loop_nest.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/model.hpp"

/// Layers with a tiling that somebody else has chosen: loops and factors per level of the memory hierarchy
/// (docs/formats-mappings.md). Readers make a FixedMapping, mapped_cost.hpp costs it.
namespace inlay::cost::mapped {

using data_centric::Dimension;
using data_centric::kDimensions;

/// From outside to inside. Loops written at a level run over the tiles that the next level inside holds;
/// those at L1 are inside a PE.
enum class Storage : std::uint8_t { kMemory, kL2, kAccumulator, kL1 };
inline constexpr std::size_t kStorages = 4;

/// "memory", "l2", "accumulator", "l1".
const std::vector<std::string>& storage_words();
/// "N", "G", "K", "C", "Y", "X", "R", "S": Y and X are rows and columns of the output. In a product, Y is its
/// rows.
const std::vector<std::string>& dimension_words();

struct MappedLoop {
  Dimension dimension = data_centric::kN;
  std::int64_t factor = 1;
  bool spatial = false;  // dealt to PEs
};

/// All loops of one level, outermost first; spatial ones are the innermost.
struct MappedLevel {
  Storage storage = Storage::kMemory;
  std::vector<MappedLoop> loops;
};

struct FixedMapping {
  std::string name;
  std::string layer;      // of a model, or what the file calls it
  workload::Shape shape;  // with as many groups, rows and columns as the loops have
  std::int64_t mini_batch = 1;
  workload::Precision precision = {};
  std::vector<MappedLevel> levels;  // from the memory to L1, each storage once
  std::vector<std::string> notes;   // what was assumed in reading it
};

/// As dimension_words, but of a product M (rows), N (columns), K (summed over) and G (repeats).
const std::string& dimension_name(const FixedMapping& mapping, Dimension dimension);
/// "K 4, spatial C 16"; "-" without loops.
std::string loops_text(const FixedMapping& mapping, const MappedLevel& level);
/// The names that loops of this layer may use, and the dimension of each.
std::vector<std::string> loop_names(const workload::Shape& shape);
Dimension dimension_named(const workload::Shape& shape, const std::string& name);

/// Extents of the dimensions of a layer. A depthwise layer's channels are C.
std::array<std::int64_t, kDimensions> extents_of(const workload::Shape& shape, std::int64_t mini_batch);

/// Throws base::InfeasibleError naming level, dimension, factor and limit where the factors do not multiply
/// up to the layer, more PEs are asked for than there are, or a level is used that the chiplet does not have.
void check_mapping(const FixedMapping& mapping, const hardware::ChipletType& type);

/// The loops outside L1, for the analysis of the engine data-centric; what is inside is the tile of a PE.
data_centric::LoopNest loop_nest(const FixedMapping& mapping);
/// The loops of the memory level alone: what the chip as a whole is given, tile by tile.
data_centric::LoopNest memory_nest(const FixedMapping& mapping);

}  // namespace inlay::cost::mapped
