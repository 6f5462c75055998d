#include "inlay/search/clash.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace inlay::search {

Clash searched_clash(const schedule::Problem& problem,
                     const std::function<Feasible(const schedule::Problem&)>& search) {
  Clash clash;
  clash.constraints = problem.constraints.each();
  schedule::Problem fewer = problem;
  for (std::size_t at = clash.constraints.size(); at-- > 0 && clash.constraints.size() > 1;) {
    fewer.constraints = {};
    for (std::size_t i = 0; i < clash.constraints.size(); ++i) {
      if (i != at) {
        fewer.constraints.add(clash.constraints[i]);
      }
    }
    const Feasible without = search(fewer);
    if (without == Feasible::kNo) {
      clash.constraints.erase(clash.constraints.begin() + static_cast<std::ptrdiff_t>(at));
    }
    clash.perhaps_fewer = clash.perhaps_fewer || without == Feasible::kUnknown;
  }
  return clash;
}

std::string to_string(const schedule::Problem& problem, const Clash& clash) {
  std::vector<std::string> words;
  for (const schedule::Constraint& constraint : clash.constraints) {
    words.push_back(schedule::to_string(problem, constraint));
  }
  return fmt::format(
      "no schedule keeps {}: {}; {}{}", words.size() == 1 ? "this constraint" : "all of these constraints",
      fmt::join(words, "; "), clash.why,
      clash.perhaps_fewer ? "; perhaps some of them can stay: the search for the least that clash "
                            "was cut short"
                          : "");
}

}  // namespace inlay::search
