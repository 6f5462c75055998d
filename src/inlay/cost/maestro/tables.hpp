#pragma once

#include "inlay/cost/maestro/levels.hpp"

namespace inlay::cost::maestro {

/// Section 3: tile sizes and new data per step of a level whose directives are complete, from its static
/// extents, not from those of the tile at hand (B6). `convolution`: Y and X also have output extents.
void fill_tables(Level& level, bool convolution);

}  // namespace inlay::cost::maestro
