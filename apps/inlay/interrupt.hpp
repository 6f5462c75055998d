#pragma once

#include <atomic>

namespace inlay::app {

/// From now on Ctrl-C sets the flag that is returned, so that a search ends with the best it has; a second
/// Ctrl-C ends the program at once.
const std::atomic<bool>& catch_interrupt();

}  // namespace inlay::app
