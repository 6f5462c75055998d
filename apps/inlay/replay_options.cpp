#include "replay_options.hpp"

#include <limits>

#include "shares.hpp"

namespace inlay::app {
namespace {

constexpr std::int64_t kMostRuns = 1000;

}  // namespace

void declare(Command& command, ReplayChoices& choices) {
  command.option(
      "--jitter", choices.jitter, "SHARE",
      "vary every computing time by up to this share of it, such as 2%; the latency is the mean of "
      "--runs");
  command.option("--runs", choices.runs, 1, kMostRuns, "replays with --jitter");
  command.option("--seed", choices.seed, 0, std::numeric_limits<std::int64_t>::max(),
                 "of the random numbers of --jitter");
}

simulate::ReplayOptions replay_options(const ReplayChoices& choices) {
  simulate::ReplayOptions options;
  options.jitter = choices.jitter.empty() ? 0.0 : read_share("--jitter", choices.jitter, "2%");
  options.runs = static_cast<int>(choices.runs);
  options.seed = static_cast<std::uint64_t>(choices.seed);
  return options;
}

}  // namespace inlay::app
