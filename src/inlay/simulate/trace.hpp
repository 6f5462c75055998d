// A replay as a trace in Chrome's event format, which Perfetto (ui.perfetto.dev) opens.
#pragma once

#include <string>

#include "inlay/simulate/replay.hpp"

namespace inlay::simulate {

/// One process per chiplet, one thread for each kind of activity; times in microseconds. Transfers stand at
/// every member of their stage. Needs a replay that has kept its timeline.
std::string trace_json(const schedule::Problem& problem, const schedule::Schedule& schedule,
                       const Replay& replay);

}  // namespace inlay::simulate
