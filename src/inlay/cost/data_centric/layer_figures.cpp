#include "inlay/cost/data_centric/layer_figures.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/hardware/energy_table.hpp"

namespace inlay::cost::data_centric {
namespace {

/// Bytes of a tile, each tensor's rounded up; `output_bits`: of its outputs, which may be partial sums.
Tile bytes_of(const Tile& elements, const workload::Precision& precision, std::int64_t output_bits) {
  const Tile bits = {precision.inputs, precision.weights, output_bits};
  Tile bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = base::ceil_divide(base::checked_multiply(elements[i], bits[i]), 8);
  }
  return bytes;
}

/// L2 gets outputs as partial sums until they are complete.
Tile l2_bytes_of(const Tile& elements, const workload::Precision& precision, bool partial_sums) {
  return bytes_of(elements, precision,
                  partial_sums ? std::max(precision.accumulator, precision.outputs) : precision.outputs);
}

std::int64_t double_buffered(const Tile& tile) {
  std::int64_t bytes = 0;
  for (const std::int64_t part : tile) {
    bytes = base::checked_add(bytes, base::checked_multiply(2, part));
  }
  return bytes;
}

void check_tile(const Tile& tile, const char* buffer, const char* whose, std::int64_t limit) {
  const std::int64_t bytes = double_buffered(tile);
  if (bytes > limit) {
    throw base::InfeasibleError(fmt::format(
        "the double-buffered tiles of {} need {} B of {} (inputs {}, weights {}, outputs {}, each "
        "twice), the limit is {} B",
        whose, bytes, buffer, tile[kInput], tile[kWeight], tile[kOutput], limit));
  }
}

/// Bytes that are read from and written to all L1s, and the L2.
struct Traffic {
  double l1 = 0.0;
  double l2 = 0.0;
};

/// An L1 holds outputs as partial sums; L2 gets them as such until they are complete.
Traffic traffic_of(const Analysis& analysis, const workload::Precision& precision) {
  const auto bytes = [](std::int64_t elements, std::int64_t bits) {
    return static_cast<double>(elements) * (static_cast<double>(bits) / 8.0);
  };
  const Tile bits = {precision.inputs, precision.weights, precision.accumulator};
  Traffic traffic;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    const Accesses& accesses = analysis.accesses[i];
    traffic.l1 += bytes(accesses.l1_read, bits[i]) + bytes(accesses.l1_write, bits[i]);
    traffic.l2 += bytes(accesses.l2_read, bits[i]);
  }
  const std::int64_t written = analysis.accesses[kOutput].l2_write;
  traffic.l2 += bytes(analysis.partial_sums, precision.accumulator) +
                bytes(written - analysis.partial_sums, precision.outputs);
  return traffic;
}

BoundBy bound_of(const Analysis& analysis) {
  constexpr std::array kBounds = {BoundBy::kCompute, BoundBy::kNocIn, BoundBy::kNocOut};
  const auto& times = analysis.cycles_for;
  return kBounds[static_cast<std::size_t>(std::max_element(times.begin(), times.end()) - times.begin())];
}

}  // namespace

std::int64_t l1_need(const Tile& elements, const workload::Precision& precision) {
  return double_buffered(bytes_of(elements, precision, precision.accumulator));
}

std::int64_t l2_need(const Tile& elements, const workload::Precision& precision, bool partial_sums) {
  return double_buffered(l2_bytes_of(elements, precision, partial_sums));
}

void check_capacity(const Analysis& analysis, const workload::Precision& precision,
                    const hardware::ChipletType& type) {
  check_tile(bytes_of(analysis.l1_tile, precision, precision.accumulator), "L1", "a PE", type.l1_bytes);
  check_tile(l2_bytes_of(analysis.l2_tile, precision, analysis.partial_sums > 0), "L2", "the top level",
             type.l2_bytes);
}

LayerCost cost_of(const Analysis& analysis, const workload::Precision& precision,
                  const hardware::ChipletType& type) {
  const Traffic traffic = traffic_of(analysis, precision);
  const auto products = static_cast<double>(analysis.products);
  LayerCost cost;
  cost.cycles = analysis.cycles;
  cost.energy.mac = products * hardware::mac_energy(type.energy, precision);
  cost.energy.l1 = traffic.l1 * type.energy.l1_access;
  cost.energy.l2 = traffic.l2 * type.energy.l2_access;
  // What L2 reads and writes crosses the network once: the bus brings a word to all PEs at once.
  cost.energy.noc = traffic.l2 * static_cast<double>(type.noc_hops) * type.energy.noc_hop;
  cost.tile_bytes = l2_need(analysis.l2_tile, precision, analysis.partial_sums > 0);
  cost.bound_by = bound_of(analysis);
  cost.utilisation = products / static_cast<double>(analysis.cycles) / static_cast<double>(type.pes);
  return cost;
}

}  // namespace inlay::cost::data_centric
