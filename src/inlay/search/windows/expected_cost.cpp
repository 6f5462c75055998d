#include "inlay/search/windows/expected_cost.hpp"

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"

namespace inlay::search::windows {

ExpectedCost& ExpectedCost::operator+=(const ExpectedCost& other) {
  latency += other.latency;
  energy += other.energy;
  return *this;
}

ExpectedCost expected_cost(const schedule::Problem& problem, std::size_t model, int layer) {
  const cost::ModelCosts& costs = problem.costs.models[model];
  const std::int64_t batch = problem.scenario.models[model].batch;
  for (int size = static_cast<int>(costs.mini_batches.size()) - 1; size >= 0; --size) {
    ExpectedCost sum;
    int chiplets = 0;
    for (const hardware::Chiplet& chiplet : problem.package.chiplets) {
      const cost::LayerCost& cost = costs.at(layer, size, chiplet.type);
      if (cost.mappable) {
        sum.latency += static_cast<double>(cost.cycles) /
                       problem.package.types[static_cast<std::size_t>(chiplet.type)].clock;
        sum.energy += cost.energy.total();
        ++chiplets;
      }
    }
    if (chiplets > 0) {
      const std::int64_t mini_batch = costs.mini_batches[static_cast<std::size_t>(size)];
      const auto times = static_cast<double>(base::ceil_divide(batch, mini_batch));
      return {sum.latency / chiplets * times, sum.energy / chiplets * times};
    }
  }
  throw base::DefectError("a layer that no chiplet can run has passed the cost table");
}

}  // namespace inlay::search::windows
