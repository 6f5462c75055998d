#include "inlay/evaluate/prefetch.hpp"

#include <algorithm>

namespace inlay::evaluate {
namespace {

/// One mini-batch. `ahead`: seconds of loads that are done before their layer begins.
double pass(std::span<const LayerWork> layers, double seconds_per_byte, double room, double& ahead) {
  double seconds = 0.0;
  for (const LayerWork& layer : layers) {
    const double load = static_cast<double>(layer.weights) * seconds_per_byte;
    const double taken = std::max(layer.seconds, load - ahead);
    ahead = std::min(room, ahead + taken - load);
    seconds += taken;
  }
  return seconds;
}

}  // namespace

Passes passes(std::span<const LayerWork> layers, double seconds_per_byte, std::int64_t room) {
  const double seconds_ahead = room == kRoomForAll ? std::numeric_limits<double>::infinity()
                                                   : static_cast<double>(room) * seconds_per_byte;
  double ahead = 0.0;
  Passes both;
  both.first = pass(layers, seconds_per_byte, seconds_ahead, ahead);
  both.second = pass(layers, seconds_per_byte, seconds_ahead, ahead);
  return both;
}

}  // namespace inlay::evaluate
