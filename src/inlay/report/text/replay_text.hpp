#pragma once

#include <string>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/simulate/replay.hpp"

namespace inlay::report::text {

/// What the evaluator reports beside the replay, and how busy every chiplet, link and memory interface was.
std::string replay_text(const schedule::Problem& problem, const evaluate::ScheduleCost& cost,
                        const simulate::Replay& replay);

}  // namespace inlay::report::text
