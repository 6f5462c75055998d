// The way into this room: solve() and solve_front(). The strategies behind them are registered in search.cpp.
#pragma once

#include <string>
#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/search/answer.hpp"

namespace inlay::search {

std::vector<std::string> strategy_names();
/// Those that can find fronts.
std::vector<std::string> front_strategy_names();
/// Those that may run a stage on several chiplets.
std::vector<std::string> submesh_strategy_names();
/// One sentence. Throws base::InputError for an unknown strategy.
std::string strategy_description(const std::string& strategy);
/// Finds a schedule within the problem's constraints. Throws base::InputError for an unknown strategy,
/// base::InfeasibleError naming the limit, or the constraints that conflict, if there is no schedule at all
/// in the strategy's space.
Answer solve(const schedule::Problem& problem, const Objective& objective, const std::string& strategy,
             const Options& options);

/// Finds the front of latency and energy: every schedule that no other beats in both. Throws as solve(), and
/// base::InputError for a strategy without fronts.
FrontAnswer solve_front(const schedule::Problem& problem, const std::string& strategy,
                        const Options& options);

}  // namespace inlay::search
