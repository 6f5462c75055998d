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

/// What a buffer must hold of each tensor: `copies` of its tile, or nothing of tensors that are elsewhere.
struct Need {
  Tile tile{};
  std::int64_t copies = 2;
  std::int64_t bytes() const {
    std::int64_t sum = 0;
    for (const std::int64_t part : tile) {
      sum = base::checked_add(sum, base::checked_multiply(copies, part));
    }
    return sum;
  }
};

/// The tensor that a dataflow keeps in the PEs; a row-stationary one its rows of the filter.
Tensor stationary_of(const std::string& word) {
  return word == "output" ? kOutput : word == "input" ? kInput : kWeight;
}

/// Of a systolic array a PE holds the stationary tile alone; the others stream through.
Need l1_tile_need(const Tile& elements, const workload::Precision& precision,
                  const hardware::ChipletType& type) {
  Need need{bytes_of(elements, precision, precision.accumulator)};
  if (type.array) {
    need.copies = type.array->exchange_hidden ? 2 : 1;
    if (type.array->streamed) {
      const Tensor kept = stationary_of(type.dataflow.stationary);
      Tile only{};
      only[kept] = need.tile[kept];
      need.tile = only;
    }
  }
  return need;
}

bool has_accumulator(const hardware::ChipletType& type) {
  return type.array && type.array->accumulator_bytes > 0;
}

Need l2_tile_need(const Tile& elements, const workload::Precision& precision, bool partial_sums,
                  const hardware::ChipletType& type) {
  Need need{l2_bytes_of(elements, precision, partial_sums)};
  if (has_accumulator(type)) {
    need.tile[kOutput] = 0;
  }
  return need;
}

Need accumulator_need(const Tile& elements, const workload::Precision& precision) {
  return {{0, 0, bytes_of(elements, precision, precision.accumulator)[kOutput]}};
}

void check_tile(const Need& need, const char* buffer, const char* whose, std::int64_t limit) {
  const std::int64_t bytes = need.bytes();
  if (bytes > limit) {
    throw base::InfeasibleError(fmt::format(
        "the {} tiles of {} need {} B of {} (inputs {}, weights {}, outputs {}{}), the limit is {} B",
        need.copies == 2 ? "double-buffered" : "single-buffered", whose, bytes, buffer, need.tile[kInput],
        need.tile[kWeight], need.tile[kOutput], need.copies == 2 ? ", each twice" : "", limit));
  }
}

/// Bytes that are read from and written to all L1s, and the L2.
struct Traffic {
  double l1 = 0.0;
  double operands = 0.0;  // of L2
  double outputs = 0.0;   // of L2, or of the accumulator memory
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
    (i == kOutput ? traffic.outputs : traffic.operands) += bytes(accesses.l2_read, bits[i]);
  }
  const std::int64_t written = analysis.accesses[kOutput].l2_write;
  traffic.outputs += bytes(analysis.partial_sums, precision.accumulator) +
                     bytes(written - analysis.partial_sums, precision.outputs);
  return traffic;
}

BoundBy bound_of(const Analysis& analysis) {
  constexpr std::array kBounds = {BoundBy::kCompute, BoundBy::kNocIn, BoundBy::kNocOut};
  const auto& times = analysis.cycles_for;
  return kBounds[static_cast<std::size_t>(std::max_element(times.begin(), times.end()) - times.begin())];
}

}  // namespace

Network network_of(const hardware::ChipletType& type, const workload::Precision& precision) {
  Network network{type.noc_bytes_per_cycle, type.noc_hops, precision};
  if (type.array) {
    const hardware::Array& array = *type.array;
    network.array = {array.skew,
                     array.overlap,
                     array.step_cycles,
                     array.exchange_cycles,
                     array.exchange_hidden,
                     array.output_cycles,
                     stationary_of(type.dataflow.stationary)};
  }
  return network;
}

std::int64_t l2_need(const Tile& elements, const workload::Precision& precision, bool partial_sums,
                     const hardware::ChipletType& type) {
  return l2_tile_need(elements, precision, partial_sums, type).bytes();
}

bool fits(const Tile& l1_elements, const Tile& l2_elements, const workload::Precision& precision,
          bool partial_sums, const hardware::ChipletType& type) {
  return l1_tile_need(l1_elements, precision, type).bytes() <= type.l1_bytes &&
         l2_need(l2_elements, precision, partial_sums, type) <= type.l2_bytes &&
         (!has_accumulator(type) ||
          accumulator_need(l2_elements, precision).bytes() <= type.array->accumulator_bytes);
}

void check_capacity(const Analysis& analysis, const workload::Precision& precision,
                    const hardware::ChipletType& type) {
  check_tile(l1_tile_need(analysis.l1_tile, precision, type), "L1", "a PE", type.l1_bytes);
  check_tile(l2_tile_need(analysis.l2_tile, precision, analysis.partial_sums > 0, type), "L2",
             "the top level", type.l2_bytes);
  if (has_accumulator(type)) {
    check_tile(accumulator_need(analysis.l2_tile, precision), "the accumulator", "the top level",
               type.array->accumulator_bytes);
  }
}

LayerCost cost_of(const Analysis& analysis, const workload::Precision& precision,
                  const hardware::ChipletType& type) {
  const Traffic traffic = traffic_of(analysis, precision);
  const auto products = static_cast<double>(analysis.products);
  LayerCost cost;
  cost.cycles = analysis.cycles;
  cost.energy.mac = products * hardware::mac_energy(type.energy, precision);
  cost.energy.l1 = traffic.l1 * type.energy.l1_access;
  cost.energy.l2 =
      traffic.operands * type.energy.l2_access +
      traffic.outputs * (has_accumulator(type) ? type.array->accumulator_access : type.energy.l2_access);
  // What L2 reads and writes crosses the network once: the bus brings a word to all PEs at once.
  cost.energy.noc =
      (traffic.operands + traffic.outputs) * static_cast<double>(type.noc_hops) * type.energy.noc_hop;
  cost.tile_bytes = l2_need(analysis.l2_tile, precision, analysis.partial_sums > 0, type);
  cost.bound_by = bound_of(analysis);
  cost.utilisation = products / static_cast<double>(analysis.cycles) / static_cast<double>(type.pes);
  return cost;
}

}  // namespace inlay::cost::data_centric
