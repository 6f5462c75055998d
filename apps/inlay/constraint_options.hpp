#pragma once

#include "command.hpp"
#include "inlay/schedule/constraint_request.hpp"

namespace inlay::app {

/// The options that state constraints (docs/constraints.md), of every command that searches.
void declare(Command& command, schedule::ConstraintRequest& constraints);

}  // namespace inlay::app
