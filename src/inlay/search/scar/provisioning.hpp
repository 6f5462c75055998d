#pragma once

#include <cstdint>
#include <vector>

namespace inlay::search::scar {

/// Chiplets that each model of a window is given; it uses at most that many.
using Provision = std::vector<int>;

/// SCAR's rule: in proportion to the models' weights, rounded, at least one each. Where rounding gives more
/// than there are, the model that got most beyond its share gives one back (ties: the first). `most`: no
/// model is given more than that. There must be a chiplet for each model.
Provision provision_by_rule(const std::vector<double>& weights, const std::vector<int>& most, int chiplets);

/// All ways to give every model from one chiplet to its most, such that no further chiplet could be given:
/// giving more never takes a schedule away. Nothing if there are more than `limit` ways.
std::vector<Provision> all_provisions(const std::vector<int>& most, int chiplets, std::size_t limit);

}  // namespace inlay::search::scar
