#include "inlay/cost/engine_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/hardware/energy_table.hpp"

namespace inlay::cost {

void check_request(std::int64_t mini_batch, const hardware::ChipletType& type) {
  if (std::min({mini_batch, type.pes, type.noc_bytes_per_cycle, type.vector_lanes}) < 1) {
    throw base::DefectError(
        "an engine was asked for a mini-batch, PEs, a NoC bandwidth or vector lanes below 1");
  }
}

LayerCost vector_cost(const workload::VectorShape& shape, const workload::Precision& precision,
                      std::int64_t mini_batch, const hardware::ChipletType& type) {
  const std::int64_t operations = base::checked_multiply(shape.operations, mini_batch);
  LayerCost cost;
  cost.cycles = base::ceil_divide(operations, type.vector_lanes);
  cost.energy.vector =
      static_cast<double>(operations) * hardware::vector_energy(type.energy, precision.outputs);
  cost.bound_by = BoundBy::kVector;
  return cost;
}

base::InfeasibleError infeasible(const workload::Layer& layer, std::int64_t mini_batch,
                                 const hardware::ChipletType& type, const std::exception& reason) {
  return base::InfeasibleError(
      fmt::format("layer '{}' (mini-batch {}) on chiplet type '{}' with dataflow '{}': {}", layer.name,
                  mini_batch, type.name, type.dataflow.name, reason.what()));
}

}  // namespace inlay::cost
