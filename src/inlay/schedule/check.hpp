#pragma once

#include <string>
#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::schedule {

/// What is structurally wrong with a schedule, in words; empty if nothing is: every layer of every model in
/// exactly one stage and in order over the windows, mini-batch sizes within the batch, chiplets that exist
/// with at most one stage per window, neighbouring stages where the schedule promises them; and, where all of
/// this is right, what it breaks of the problem's constraints. Capacity and latency limits are the
/// evaluators' matter.
std::vector<std::string> check(const Problem& problem, const Schedule& schedule);

}  // namespace inlay::schedule
