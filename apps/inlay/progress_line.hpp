#pragma once

// The line on standard error that is rewritten while something long goes on.
#include <string_view>

namespace inlay::app {

/// True on a terminal; elsewhere nothing is shown.
bool shows_progress();

/// Replaces the line. Does nothing where no progress is shown.
void show_progress(std::string_view text);

/// Wipes the line, if there is one. Everything that is printed afterwards, errors included, begins in the
/// first column.
void end_progress();

}  // namespace inlay::app
