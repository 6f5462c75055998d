#pragma once

#include <cstdint>
#include <string>

#include "command.hpp"
#include "inlay/simulate/replay.hpp"

namespace inlay::app {

/// How a schedule is replayed, as it is given on the command line.
struct ReplayChoices {
  std::string jitter;
  std::int64_t runs = 5;
  std::int64_t seed = 1;
};

void declare(Command& command, ReplayChoices& choices);

/// Throws base::InputError for a jitter that is no share.
simulate::ReplayOptions replay_options(const ReplayChoices& choices);

}  // namespace inlay::app
