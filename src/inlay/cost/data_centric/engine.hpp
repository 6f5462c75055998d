#pragma once

#include <memory>

#include "inlay/cost/engine.hpp"
#include "inlay/cost/tuning.hpp"

namespace inlay::cost {

/// The directive language analysed as docs/engine-data-centric.md defines it: every count equals that of a
/// walk through the mapped loop nest. Free sizes are tuned per layer and mini-batch.
std::unique_ptr<CostEngine> make_data_centric_engine(Tuning tuning);

}  // namespace inlay::cost
