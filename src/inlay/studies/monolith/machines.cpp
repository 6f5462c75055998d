#include "inlay/studies/monolith/machines.hpp"

#include <fmt/format.h>

#include "inlay/hardware/monolith.hpp"

namespace inlay::studies::monolith {
namespace {

/// The dataflows that chiplets of this type may have.
std::vector<dataflow::Dataflow> choices(const ComparisonPlan& plan, const hardware::Package& package,
                                        const hardware::ChipletType& type) {
  if (package.types.size() > 1) {
    return type.dataflow.stationary == "weight" ? plan.dataflows.weight : plan.dataflows.output;
  }
  std::vector<dataflow::Dataflow> alike;
  for (const dataflow::Dataflow& dataflow : plan.dataflows.monolith) {
    if (dataflow.stationary == type.dataflow.stationary) {
      alike.push_back(dataflow);
    }
  }
  return alike;
}

/// The package with every combination of dataflows for its types.
std::vector<hardware::Package> combinations(const ComparisonPlan& plan, const hardware::Package& package) {
  std::vector<hardware::Package> all = {package};
  for (std::size_t type = 0; type < package.types.size(); ++type) {
    std::vector<hardware::Package> longer;
    for (const hardware::Package& chosen : all) {
      for (const dataflow::Dataflow& dataflow : choices(plan, package, package.types[type])) {
        longer.push_back(hardware::with_dataflow(chosen, static_cast<int>(type), dataflow));
      }
    }
    all = std::move(longer);
  }
  return all;
}

Machine monolith(const ComparisonPlan& plan, const hardware::Package& package) {
  const hardware::Package whole = hardware::monolith_of(package, hardware::majority_type(package));
  Machine machine{"monolith", Organisation::kMonolith, {}};
  for (const dataflow::Dataflow& dataflow : plan.dataflows.monolith) {
    machine.variants.push_back(hardware::with_dataflow(whole, 0, dataflow));
  }
  return machine;
}

}  // namespace

std::vector<Machine> machines(const ComparisonPlan& plan, std::int64_t noc_bytes_per_cycle) {
  std::vector<Machine> machines;
  machines.push_back(
      monolith(plan, hardware::with_noc_bandwidth(plan.packages.front(), noc_bytes_per_cycle)));
  for (const hardware::Package& planned : plan.packages) {
    const bool alike = planned.types.size() == 1;
    machines.push_back({planned.name, alike ? Organisation::kHomogeneous : Organisation::kHeterogeneous,
                        combinations(plan, hardware::with_noc_bandwidth(planned, noc_bytes_per_cycle))});
  }
  return machines;
}

std::string cost_key(const hardware::ChipletType& type) {
  return fmt::format("{} {} {}", type.dataflow.name, type.pes, type.noc_bytes_per_cycle);
}

}  // namespace inlay::studies::monolith
