#pragma once

#include "inlay/search/exact/space_search.hpp"

namespace inlay::search::exact {

/// The front of a space: every schedule that no other of the space beats in latency and energy, or as much of
/// it as the stop rule allows; the certificate says how near to the whole front that is. Throws
/// base::InfeasibleError naming the limit if the space has no schedule.
FrontAnswer search_front(const schedule::Problem& problem, const Space& space, const Options& options);

}  // namespace inlay::search::exact
