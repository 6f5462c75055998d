#include "inlay/search/pipelines/pruning.hpp"

#include <algorithm>

namespace inlay::search::pipelines {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// More points of the other windows than these cost more than they prune.
constexpr std::size_t kMostRest = 48;

/// An energy from which on a schedule of this latency is not below the incumbent; infinite if there is none.
double energy_below(const Objective& objective, double incumbent, double latency) {
  const auto below = [&](double energy) { return objective.bound(latency, energy) < incumbent; };
  if (!below(0.0)) {
    return -kInfinite;
  }
  double low = 0.0;
  double high = 1e-12;
  while (below(high)) {
    if (high > 1e30) {
      return kInfinite;
    }
    low = high;
    high *= 2.0;
  }
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (below(middle) ? low : high) = middle;
  }
  return high;
}

}  // namespace

double FrontTarget::energy_below(double latency) const {
  return latency > latest ? -kInfinite : known.energy_within(slack * std::max(latency, earliest)) / slack;
}

PruningThreshold::PruningThreshold(const PruningContext& context)
    : PruningThreshold(context, context.window) {}

PruningThreshold::PruningThreshold(const PruningContext& context, const ParetoFront& window)
    : objective_(context.objective),
      incumbent_(context.incumbent),
      static_power_(context.static_power),
      seconds_per_byte_(context.seconds_per_byte),
      window_bytes_(context.window_bytes),
      latency_limit_(context.latency_limit),
      own_limit_(context.own_limit),
      front_(context.front),
      rest_(context.rest.thinned(kMostRest).points()) {
  for (const CostPoint& point : window.points()) {
    steps_.push_back({point.latency, point.energy});
  }
  double later = -kInfinite;
  for (std::size_t at = steps_.size(); at-- > 0;) {
    later = std::max(later, of_window(steps_[at].latency) - steps_[at].energy);
    steps_[at].later = later;
  }
}

double PruningThreshold::of_schedule(double latency) const {
  if (front_ != nullptr) {
    return front_->energy_below(latency);
  }
  switch (objective_) {
    case Objective::kEnergy:
      return incumbent_;
    case Objective::kEdp:
      return latency > 0.0 ? incumbent_ / latency : kInfinite;
    case Objective::kFormula:
      return energy_below(objective_, incumbent_, latency);
    case Objective::kLatency:
    case Objective::kThroughput:
    case Objective::kPeriod:
      break;
  }
  return latency < incumbent_ ? kInfinite : -kInfinite;
}

double PruningThreshold::of_window(double latency) const {
  double most = -kInfinite;
  const double window = std::max(latency, window_bytes_ * seconds_per_byte_);
  for (const CostPoint& rest : rest_) {
    const double total = rest.latency + window;
    if (total > latency_limit_) {
      break;
    }
    most = std::max(most, of_schedule(total) - static_power_ * total - rest.energy);
  }
  return most;
}

double PruningThreshold::energy(double latency) const {
  return latency > own_limit_ ? -kInfinite : energy_of_window(latency);
}

double PruningThreshold::energy_of_window(double latency) const {
  const auto after = std::upper_bound(steps_.begin(), steps_.end(), latency,
                                      [](double bound, const Step& step) { return bound < step.latency; });
  const double later = after == steps_.end() ? -kInfinite : after->later;
  if (after == steps_.begin()) {
    return later;
  }
  return std::max(later, of_window(latency) - (after - 1)->energy);
}

bool PruningThreshold::can_prune(double latency, double joules, double bytes) const {
  // The bytes of the window bind the window, not when this pipeline ends.
  return latency > own_limit_ ||
         joules >= energy_of_window(std::max(latency, (bytes + window_bytes_) * seconds_per_byte_));
}

}  // namespace inlay::search::pipelines
