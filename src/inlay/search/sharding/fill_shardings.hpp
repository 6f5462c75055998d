#pragma once

#include "inlay/schedule/schedule.hpp"
#include "inlay/search/sharding/plan_table.hpp"

namespace inlay::search::sharding {

/// Gives every stage on several chiplets that has no shardings those of its plan.
void fill_shardings(const schedule::Problem& problem, const PlanGoal& goal, PlanTables& plans,
                    schedule::Schedule& schedule);

}  // namespace inlay::search::sharding
