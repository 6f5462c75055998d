#include "inlay/cost/data_centric/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

#include "inlay/base/checked.hpp"
#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/engine_parts.hpp"
#include "inlay/hardware/energy_table.hpp"

namespace inlay::cost {
namespace {

using data_centric::Accesses;
using data_centric::Analysis;
using hardware::ChipletType;

using Tile = std::array<std::int64_t, data_centric::kTensors>;

/// Bytes of a tile, each tensor's rounded up; `output_bits`: of its outputs, which may be partial sums.
Tile bytes_of(const Tile& elements, const workload::Precision& precision, std::int64_t output_bits) {
  const Tile bits = {precision.inputs, precision.weights, output_bits};
  Tile bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = base::ceil_divide(base::checked_multiply(elements[i], bits[i]), 8);
  }
  return bytes;
}

std::int64_t double_buffered(const Tile& tile) {
  std::int64_t bytes = 0;
  for (const std::int64_t part : tile) {
    bytes = base::checked_add(bytes, base::checked_multiply(2, part));
  }
  return bytes;
}

void check_capacity(const Tile& tile, const char* buffer, const char* whose, std::int64_t limit) {
  const std::int64_t bytes = double_buffered(tile);
  if (bytes > limit) {
    throw base::InfeasibleError(fmt::format(
        "the double-buffered tiles of {} need {} B of {} (inputs {}, weights {}, outputs {}, each "
        "twice), the limit is {} B",
        whose, bytes, buffer, tile[data_centric::kInput], tile[data_centric::kWeight],
        tile[data_centric::kOutput], limit));
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
  const std::int64_t written = analysis.accesses[data_centric::kOutput].l2_write;
  traffic.l2 += bytes(analysis.partial_sums, precision.accumulator) +
                bytes(written - analysis.partial_sums, precision.outputs);
  return traffic;
}

BoundBy bound_of(const Analysis& analysis) {
  constexpr std::array kBounds = {BoundBy::kCompute, BoundBy::kNocIn, BoundBy::kNocOut};
  const auto& times = analysis.cycles_for;
  return kBounds[static_cast<std::size_t>(std::max_element(times.begin(), times.end()) - times.begin())];
}

LayerCost cost_of(const Analysis& analysis, const workload::Precision& precision, const ChipletType& type) {
  const std::int64_t l2_output_bits =
      analysis.partial_sums > 0 ? std::max(precision.accumulator, precision.outputs) : precision.outputs;
  const Tile l2_tile = bytes_of(analysis.l2_tile, precision, l2_output_bits);
  check_capacity(bytes_of(analysis.l1_tile, precision, precision.accumulator), "L1", "a PE", type.l1_bytes);
  check_capacity(l2_tile, "L2", "the top level", type.l2_bytes);
  const Traffic traffic = traffic_of(analysis, precision);
  const auto products = static_cast<double>(analysis.products);
  LayerCost cost;
  cost.cycles = analysis.cycles;
  cost.energy.mac = products * hardware::mac_energy(type.energy, precision);
  cost.energy.l1 = traffic.l1 * type.energy.l1_access;
  cost.energy.l2 = traffic.l2 * type.energy.l2_access;
  // What L2 reads and writes crosses the network once: the bus brings a word to all PEs at once.
  cost.energy.noc = traffic.l2 * static_cast<double>(type.noc_hops) * type.energy.noc_hop;
  cost.tile_bytes = double_buffered(l2_tile);
  cost.bound_by = bound_of(analysis);
  cost.utilisation = products / static_cast<double>(analysis.cycles) / static_cast<double>(type.pes);
  return cost;
}

class DataCentricEngine : public CostEngine {
 public:
  std::string name() const override { return "data-centric"; }
  std::string version() const override { return "3"; }

  std::vector<std::string> assumptions() const override {
    return {
        "one multiplication per PE and cycle, whatever the bit widths; an L1 holds partial sums as wide as "
        "the "
        "accumulator, L2 holds complete outputs as wide as the output",
        "L2 and one L1 per PE, both double-buffered; an L1 holds its PE's innermost tile and no more",
        "one L2 read, and one passage of the NoC, serves all PEs that need an element in the same step; PEs "
        "that share an output sum up "
        "on its way to L2 for free",
        "padding is computed on like data, but no memory is read for it; a mini-batch of a convolution and "
        "its groups run one "
        "after the other; a dataflow's C maps the channels of a depthwise convolution; a transposed "
        "convolution runs as "
        "the plain ones that make it up, one after the other",
        "operators without MACs read and write L2 and use the vector lanes; activations and batch norm are "
        "fused into "
        "their producers"};
  }

  LayerCost evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                     const ChipletType& type) const override {
    return evaluate_layer(layer, mini_batch, type, [&](const workload::Shape& shape) {
      const data_centric::LoopNest nest = map(shape, mini_batch, type);
      const data_centric::Network network{type.noc_bytes_per_cycle, type.noc_hops, layer.precision};
      return cost_of(data_centric::analyse(nest, network), layer.precision, type);
    });
  }

 private:
  static data_centric::LoopNest map(const workload::Shape& shape, std::int64_t mini_batch,
                                    const ChipletType& type) {
    if (const auto* gemm = std::get_if<workload::GemmShape>(&shape)) {
      return data_centric::map_layer(*gemm, mini_batch, type.dataflow, type.pes);
    }
    return data_centric::map_layer(std::get<workload::ConvolutionShape>(shape), mini_batch, type.dataflow,
                                   type.pes);
  }
};

}  // namespace

std::unique_ptr<CostEngine> make_data_centric_engine() {
  return std::make_unique<DataCentricEngine>();
}

}  // namespace inlay::cost
