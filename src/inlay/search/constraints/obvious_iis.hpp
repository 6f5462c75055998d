#pragma once

#include <optional>

#include "inlay/search/constraints/iis.hpp"

namespace inlay::search::constraints {

/// A conflict that holds for every schedule whatsoever, without any search: a layer without a chiplet, no
/// mini-batch size, models that wait for each other in a circle, a limit below what a model and those before
/// it take at least. None of the constraints could be left out.
std::optional<IrreducibleConflict> obvious_iis(const schedule::Problem& problem);

}  // namespace inlay::search::constraints
