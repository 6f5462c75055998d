#pragma once

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/statement.hpp"

namespace inlay::evaluate {

/// What a schedule's document says of it: all figures of `cost`, this program's version, and the assumptions
/// of the cost table and of the evaluation. Who made the schedule adds input hashes and certificate.
schedule::Statement statement_of(const schedule::Problem& problem, const ScheduleCost& cost);

/// One line each: what the evaluation takes for granted, for the list that every output carries.
std::vector<std::string> evaluation_assumptions(const schedule::Problem& problem);

}  // namespace inlay::evaluate
