#pragma once

#include "inlay/search/answer.hpp"
#include "inlay/search/stop_clock.hpp"

namespace inlay::search::layerwise {

/// The plainest schedule of several models: window k runs the k-th layer of every model that has one, each
/// whole on a chiplet of its own, and all of them finish before the next begins; every tensor passes through
/// the memory. The layers of a window choose in the order of their expected latency, longest first, the free
/// chiplet and mini-batch size with the best objective. Where there are more models than chiplets, the first
/// so many run to their end before the next ones begin. Once the clock has expired, a layer takes the largest
/// size that fits. Models that wait for others begin after them; layers that pins leave fewer chiplets choose
/// first, and one whose chiplets are all taken waits for the next window. Throws base::InfeasibleError naming
/// a layer that fits no chiplet, or a latency limit that is exceeded.
schedule::Schedule layerwise_schedule(const schedule::Problem& problem, const Objective& objective,
                                      const StopClock& clock);

/// The strategy: `layerwise_schedule` with the root bound as its certificate.
Answer solve(const schedule::Problem& problem, const Objective& objective, const Options& options);

}  // namespace inlay::search::layerwise
