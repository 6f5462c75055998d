#pragma once

#include <memory>

#include "inlay/cost/engine.hpp"

namespace inlay::cost {

/// The same engine, which works out each cost once: for callers that build many cost tables in which the same
/// layers meet the same chiplet types. Only what is worth it is remembered (CostEngine::worth_caching); a
/// layer that cannot be mapped is asked again, since its reason names it. Safe to call from several threads;
/// two that ask for the same cost at once may both work it out.
std::unique_ptr<CostEngine> memoizing(std::unique_ptr<CostEngine> engine);

}  // namespace inlay::cost
