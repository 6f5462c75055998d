#include "inlay/search/constraints/iis.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace inlay::search::constraints {

IrreducibleConflict searched_iis(const schedule::Problem& problem,
                                 const std::function<Feasible(const schedule::Problem&)>& search) {
  IrreducibleConflict conflict;
  conflict.constraints = problem.constraints.each();
  schedule::Problem fewer = problem;
  for (std::size_t at = conflict.constraints.size(); at-- > 0 && conflict.constraints.size() > 1;) {
    fewer.constraints = {};
    for (std::size_t i = 0; i < conflict.constraints.size(); ++i) {
      if (i != at) {
        fewer.constraints.add(conflict.constraints[i]);
      }
    }
    const Feasible without = search(fewer);
    if (without == Feasible::kNo) {
      conflict.constraints.erase(conflict.constraints.begin() + static_cast<std::ptrdiff_t>(at));
    }
    conflict.perhaps_fewer = conflict.perhaps_fewer || without == Feasible::kUnknown;
  }
  return conflict;
}

std::string to_string(const schedule::Problem& problem, const IrreducibleConflict& conflict) {
  std::vector<std::string> words;
  for (const schedule::Constraint& constraint : conflict.constraints) {
    words.push_back(schedule::to_string(problem, constraint));
  }
  return fmt::format(
      "no schedule keeps {}: {}; {}{}", words.size() == 1 ? "this constraint" : "all of these constraints",
      fmt::join(words, "; "), conflict.why,
      conflict.perhaps_fewer ? "; perhaps some of them can stay: the search for the least that clash "
                               "was cut short"
                             : "");
}

}  // namespace inlay::search::constraints
