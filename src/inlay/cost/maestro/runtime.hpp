#pragma once

#include "inlay/cost/maestro/volumes.hpp"

namespace inlay::cost::maestro {

/// What a level needs to know of the level below it that works on its tiles.
struct LevelCost {
  std::int64_t runtime;  // cycles
  double average_pes;    // at work, averaged over the cases
};

/// sum += occurrences * amount, checked.
void accumulate(std::int64_t& sum, std::int64_t occurrences, std::int64_t amount);

/// Time of the levels of one mapped layer (section 6). Results of a lower level depend on the kind of tile
/// alone and are remembered.
class Runtime {
 public:
  Runtime(const MappedLayer& layer, const Hardware& hardware, Occurrences occurrences);

  const Hierarchy& hierarchy() const { return hierarchy_; }
  /// Cycles that `elements` take through the network of a level.
  std::int64_t delay(std::int64_t elements) const;
  /// Step 3: the slowest of the tiles below, and the PEs at work in all of them.
  LevelCost compute(std::size_t level, const Case& step, const Volumes& volume);
  /// Steps 4 and 5: double buffering hides the shorter of computing and moving, but for the fill in the first
  /// case.
  std::int64_t step_time(const Case& step, const Volumes& volume, std::int64_t compute) const;

 private:
  /// A tile of the level below is known by which of its dimensions are cut short at an edge.
  struct Tile {
    DimensionSet edges;
    std::int64_t units;  // that work on such a tile
  };
  struct Memo {
    DimensionSet edges;
    LevelCost cost;
  };

  FixedList<Tile, 2> tiles_below(const Level& level, const Case& step, const State& primary) const;
  DimensionSet tile_edges(const Level& level, const Case& step, bool partial) const;
  LevelCost evaluate(std::size_t index, DimensionSet edges);
  LevelCost evaluate_tile(std::size_t index, DimensionSet edges);

  const MappedLayer& layer_;
  const Hardware& hardware_;
  Occurrences occurrences_;
  Hierarchy hierarchy_;
  std::array<FixedList<Memo, 64>, kMaxLevels> memos_;
};

}  // namespace inlay::cost::maestro
