#pragma once

#include <cstdint>
#include <span>

#include "inlay/cost/data_centric/tile_patterns.hpp"

namespace inlay::cost::data_centric {

/// Places of one extent of the input, without padding, that the units read in a step.
struct Coverage {
  std::int64_t touched = 0;      // different places
  std::int64_t kept = 0;         // of them, those that every unit that reads them held in the step before
  std::int64_t copies = 0;       // places, counted once per unit
  std::int64_t copies_kept = 0;  // of them, those that the unit held in the step before
};

/// What units with these output tiles and these taps read: a unit for each pair of an output tile and taps.
Coverage cover(std::span<const UnitTiles> outputs, std::span<const UnitTiles> taps, const Window& window);

}  // namespace inlay::cost::data_centric
