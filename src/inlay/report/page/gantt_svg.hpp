#pragma once

#include <string>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/report/page/svg_parts.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::report::page {

/// The schedule over time, a row per chiplet (gantt_timeline.hpp says how the times come about): windows with
/// their barriers, what each stage does in its mini-batches, and where a window waits for the memory's
/// bandwidth. `cost` is that of the schedule.
std::string gantt_svg(const schedule::Problem& problem, const schedule::Schedule& schedule,
                      const evaluate::ScheduleCost& cost, SvgUse use);

}  // namespace inlay::report::page
