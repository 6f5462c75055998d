#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "inlay/cost/data_centric/loop_nest.hpp"

namespace inlay::cost::data_centric {

/// What `count` neighbouring units hold along one dimension in a step and in the step before: the first unit
/// [begin, begin + length) and the next ones `pitch` indices further each. A length of 0: no work.
struct UnitTiles {
  std::int64_t count = 1;
  std::int64_t pitch = 0;
  std::int64_t begin = 0;
  std::int64_t length = 0;
  std::int64_t before_begin = 0;
  std::int64_t before_length = 0;
  bool stays() const { return begin == before_begin && length == before_length; }
};

/// `occurrences` steps in which the units' tiles along one dimension are alike, up to a common shift.
struct TilePattern {
  std::int64_t occurrences = 1;
  bool first_visit = true;        // all the dimension's loops stand at their first index
  bool last_visit_before = true;  // in the step before, all of them stood at their last
  std::vector<UnitTiles> units;
};

/// Which of a dimension's own loops move from one step to the next: those before `outer` stand still;
/// loop `outer` moves on by one if `advances`; the rest fall back from their last index to their first.
struct Transition {
  std::size_t outer = 0;
  bool advances = false;
};

/// Which steps are not alike although their tiles are.
struct Distinction {
  // Whether TilePattern::first_visit and ::last_visit_before matter; otherwise they are true everywhere.
  bool first_visit = false;
  bool last_visit = false;
  // Tiles inside [begin, end) meet no padding, so that it does not matter where they lie.
  std::int64_t begin = 0;
  std::int64_t end = std::numeric_limits<std::int64_t>::max();
};

/// All patterns of a dimension in the transitions of one kind.
std::vector<TilePattern> tile_patterns(std::span<const Loop> loops, std::int64_t extent,
                                       const Transition& transition, const Distinction& distinction);

}  // namespace inlay::cost::data_centric
