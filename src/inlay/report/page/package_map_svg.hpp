#pragma once

#include <string>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/report/page/svg_parts.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"

namespace inlay::report::page {

/// The package as a map: chiplets in their places coloured by type, links, memory interfaces; in each chiplet
/// how busy it is and which model's stage stands there in which window. `cost` is that of the schedule. A
/// package whose places are too far apart, or coincide, is laid out in rows.
std::string package_map_svg(const schedule::Problem& problem, const schedule::Schedule& schedule,
                            const evaluate::ScheduleCost& cost, SvgUse use);

}  // namespace inlay::report::page
