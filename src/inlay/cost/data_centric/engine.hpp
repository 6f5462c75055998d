#pragma once

#include <memory>

#include "inlay/cost/engine.hpp"
#include "inlay/cost/tuning.hpp"

namespace inlay::cost::data_centric {

/// The directive language analysed as docs/engine-data-centric.md defines it: every count equals that of a
/// walk through the mapped loop nest. Free sizes are tuned per layer and mini-batch.
std::unique_ptr<CostEngine> make_engine(Tuning tuning);

}  // namespace inlay::cost::data_centric
