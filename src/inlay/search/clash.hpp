#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "inlay/schedule/problem.hpp"

namespace inlay::search {

/// Constraints that no schedule fulfils together, and why.
struct Clash {
  std::vector<schedule::Constraint> constraints;
  std::string why;
  /// Any of them can be left out and the others still clash, as far as is known.
  bool perhaps_fewer = false;
};

/// A clash that holds for every schedule whatsoever, without any search: a layer without a chiplet, no
/// mini-batch size, models that wait for each other in a circle, a limit below what a model and those before
/// it take at least. None of the constraints could be left out.
std::optional<Clash> obvious_clash(const schedule::Problem& problem);

/// What a search of a problem says.
enum class Feasible { kYes, kNo, kUnknown };

/// Which of a problem's constraints clash, given that a search has found them to: one after the other is left
/// out for good if the others clash without it. What a search does not know counts as no clash.
Clash searched_clash(const schedule::Problem& problem,
                     const std::function<Feasible(const schedule::Problem&)>& search);

/// "no schedule keeps all of these constraints: A; B; why", in one line.
std::string to_string(const schedule::Problem& problem, const Clash& clash);

}  // namespace inlay::search
