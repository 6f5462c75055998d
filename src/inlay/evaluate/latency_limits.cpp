#include "inlay/evaluate/latency_limits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/quantity.hpp"

namespace inlay::evaluate {

std::vector<double> model_latencies(const schedule::Problem& problem, const schedule::Schedule& schedule,
                                    const ScheduleCost& cost) {
  std::vector<double> done(problem.scenario.models.size(), 0.0);
  double begin = 0.0;
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    const WindowCost& window = cost.windows[w];
    for (std::size_t p = 0; p < window.pipelines.size(); ++p) {
      // Later windows overwrite: the last one counts.
      done[static_cast<std::size_t>(schedule.windows[w].pipelines[p].model)] =
          begin + window.pipelines[p].end;
    }
    begin += window.latency;
  }
  return done;
}

std::vector<std::string> broken_latency_limits(const schedule::Problem& problem,
                                               const schedule::Schedule& schedule, const ScheduleCost& cost) {
  std::vector<std::string> broken;
  if (problem.constraints.latency_limits.empty()) {
    return broken;
  }
  const std::vector<double> done = model_latencies(problem, schedule, cost);
  for (const schedule::LatencyLimit& limit : problem.constraints.latency_limits) {
    const double at = done[static_cast<std::size_t>(limit.model)];
    if (at > limit.seconds * (1.0 + schedule::kLatencyTolerance)) {
      broken.push_back(fmt::format("{} is broken: it is done after {}", schedule::to_string(problem, limit),
                                   base::format_time(at)));
    }
  }
  return broken;
}

}  // namespace inlay::evaluate
