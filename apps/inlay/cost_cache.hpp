#pragma once

#include "inlay/cost/cost_cache.hpp"

namespace inlay::app {

inline constexpr const char* kNoCacheHelp = "neither read nor keep layer costs of other runs";

/// The user's cache of layer costs, one for the whole run; none if it is not wanted. Its one warning goes to
/// standard error.
cost::CostCache* cost_cache(bool unwanted);

}  // namespace inlay::app
