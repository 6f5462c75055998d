#pragma once

// How every strategy makes its certificate: the schedule is costed again by the reference evaluator, and the
// bound is held against that value.
#include <string>

#include "inlay/search/answer.hpp"

namespace inlay::search {

/// The objective of `schedule` as the reference evaluator costs it. Throws base::InputError if that is
/// negative, which no formula may be, and base::DefectError if the search's own `value` differs from it by
/// more than rounding.
double checked_value(const schedule::Problem& problem, const Objective& objective,
                     const schedule::Schedule& schedule, double value);

/// Sets value, lower bound, gap, proven and stopped_by. `otherwise` is why the search stopped if neither a
/// proof nor the gap that the user accepts ended it. Throws base::DefectError if `bound` is above `value` by
/// more than rounding.
void set_bound(Certificate& certificate, double value, double bound, double accepted_gap,
               const std::string& otherwise);

/// What a bound that holds whatever the schedule speaks of: "all schedules", with what their stages run on
/// where that leaves out rectangles of the package.
std::string all_schedules(const schedule::Problem& problem);

}  // namespace inlay::search
