#pragma once

#include <optional>

#include "inlay/studies/journal.hpp"
#include "inlay/studies/monolith/outcome.hpp"

namespace inlay::studies::monolith {

/// The result of a condition that a former run has finished.
std::optional<ConditionResult> recall(const Journal& journal, const Condition& condition);
void keep(Journal& journal, const ConditionResult& result);

}  // namespace inlay::studies::monolith
