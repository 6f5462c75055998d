#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "inlay/schedule/problem.hpp"

namespace inlay::schedule {

/// Says what is wrong and where; does not return.
using Complain = std::function<void(const std::string& message)>;

// Indices of what a problem's parts are called; an unknown name is complained of with the nearest spelling.

int model_named(const Problem& problem, const std::string& name, const Complain& complain);
int chiplet_named(const Problem& problem, const std::string& name, const Complain& complain);
/// A layer's name, or its number counted from 0.
int layer_named(const Problem& problem, int model, const std::string& name, const Complain& complain);
/// Layers by the names of the first and the last, as [first, last); complains if they are the wrong way
/// round.
std::pair<int, int> layers_named(const Problem& problem, int model, const std::string& first,
                                 const std::string& last, const Complain& complain);
/// Ways to divide layers ("K", "C>M/*"); complains of a text that means nothing.
std::vector<ShardingChoice> choices_named(const std::vector<std::string>& texts, const Complain& complain);
/// Ascending; complains of none at all and of one that is named twice.
std::vector<int> chiplets_named(const Problem& problem, const std::vector<std::string>& names,
                                const Complain& complain);

}  // namespace inlay::schedule
