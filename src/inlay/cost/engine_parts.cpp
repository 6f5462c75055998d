#include "inlay/cost/engine_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/hardware/energy_table.hpp"

namespace inlay::cost {
namespace {

std::int64_t bytes_moved(std::int64_t elements, std::int64_t mini_batch, std::int64_t bits) {
  return base::ceil_divide(base::checked_product(elements, mini_batch, bits), 8);
}

}  // namespace

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
  const std::int64_t read = bytes_moved(shape.read_elements, mini_batch, precision.inputs);
  const std::int64_t written = bytes_moved(shape.written_elements, mini_batch, precision.outputs);
  const std::int64_t lanes = base::ceil_divide(operations, type.vector_lanes);
  const std::int64_t in = base::ceil_divide(read, type.noc_bytes_per_cycle);
  const std::int64_t out = base::ceil_divide(written, type.noc_bytes_per_cycle);
  cost.cycles = std::max({lanes, in, out});
  cost.bound_by = lanes == cost.cycles ? BoundBy::kVector
                  : in == cost.cycles  ? BoundBy::kNocIn
                                       : BoundBy::kNocOut;
  const double moved = static_cast<double>(read) + static_cast<double>(written);
  cost.energy.l2 = moved * type.energy.l2_access;
  cost.energy.noc = moved * static_cast<double>(type.noc_hops) * type.energy.noc_hop;
  cost.energy.vector =
      static_cast<double>(operations) * hardware::vector_energy(type.energy, precision.outputs);
  return cost;
}

void add_fused(const workload::Layer& layer, std::int64_t mini_batch, const hardware::ChipletType& type,
               LayerCost& cost) {
  const std::int64_t all = base::checked_multiply(layer.fused_operations, mini_batch);
  const std::int64_t cycles = base::ceil_divide(all, type.vector_lanes);
  if (cycles > cost.cycles) {
    cost.utilisation *= static_cast<double>(cost.cycles) / static_cast<double>(cycles);
    cost.cycles = cycles;
    cost.bound_by = BoundBy::kVector;
  }
  cost.energy.vector +=
      static_cast<double>(all) * hardware::vector_energy(type.energy, layer.precision.outputs);
}

LayerCost one_after_the_other(const LayerCost& first, const LayerCost& second) {
  LayerCost both;
  both.cycles = base::checked_add(first.cycles, second.cycles);
  both.energy = {first.energy.mac + second.energy.mac, first.energy.l1 + second.energy.l1,
                 first.energy.l2 + second.energy.l2, first.energy.noc + second.energy.noc,
                 first.energy.vector + second.energy.vector};
  both.tile_bytes = std::max(first.tile_bytes, second.tile_bytes);
  const double busy = first.utilisation * static_cast<double>(first.cycles) +
                      second.utilisation * static_cast<double>(second.cycles);
  both.utilisation = both.cycles > 0 ? busy / static_cast<double>(both.cycles) : 0.0;
  both.bound_by = first.cycles > second.cycles ? first.bound_by : second.bound_by;
  both.substituted = first.substituted || second.substituted;
  return both;
}

base::InfeasibleError infeasible(const workload::Layer& layer, std::int64_t mini_batch,
                                 const hardware::ChipletType& type, const std::exception& reason) {
  return base::InfeasibleError(
      fmt::format("layer '{}' (mini-batch {}) on chiplet type '{}' with dataflow '{}': {}", layer.name,
                  mini_batch, type.name, type.dataflow.name, reason.what()));
}

}  // namespace inlay::cost
