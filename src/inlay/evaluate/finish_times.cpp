#include "inlay/evaluate/finish_times.hpp"

namespace inlay::evaluate {

std::vector<double> finish_times(std::size_t models, const schedule::Schedule& schedule,
                                 const ScheduleCost& cost) {
  std::vector<double> finish(models, 0.0);
  double begin = 0.0;
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    const std::vector<schedule::Pipeline>& pipelines = schedule.windows[w].pipelines;
    const WindowCost& window = cost.windows[w];
    for (std::size_t p = 0; p < pipelines.size(); ++p) {
      const double lasts = window.memory_bound ? window.latency : window.pipelines[p].latency;
      finish[static_cast<std::size_t>(pipelines[p].model)] = begin + lasts;
    }
    begin += window.latency;
  }
  return finish;
}

}  // namespace inlay::evaluate
