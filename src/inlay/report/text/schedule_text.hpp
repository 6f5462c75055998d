#pragma once

#include <string>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/schedule_json.hpp"

namespace inlay::report::text {

/// A whole schedule for the terminal: figures, what it is worth, stage by stage, how busy the chiplets and
/// the memory interfaces are, assumptions. `cost` is that of the document's schedule.
std::string schedule_text(const schedule::ScheduleDocument& document, const evaluate::ScheduleCost& cost);

/// stages.csv: one line per stage, SI units.
std::string stages_csv(const schedule::ScheduleDocument& document, const evaluate::ScheduleCost& cost);

}  // namespace inlay::report::text
