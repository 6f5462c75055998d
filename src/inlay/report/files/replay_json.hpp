#pragma once

#include <string>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/simulate/replay.hpp"

namespace inlay::report::files {

/// What 'simulate --json' prints (schemas/replay.schema.json).
std::string replay_json(const schedule::Problem& problem, const evaluate::ScheduleCost& cost,
                        const simulate::Replay& replay);

}  // namespace inlay::report::files
