#include "inlay/cost/data_centric/engine.hpp"

#include <fmt/format.h>

#include <variant>

#include "inlay/base/checked.hpp"
#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/engine_parts.hpp"

namespace inlay::cost {
namespace {

using data_centric::Accesses;
using data_centric::Analysis;
using hardware::ChipletType;

/// Bytes of a double-buffered tile; an element is a byte.
std::int64_t double_buffered(const std::array<std::int64_t, data_centric::kTensors>& elements) {
  std::int64_t bytes = 0;
  for (const std::int64_t count : elements) {
    bytes = base::checked_add(bytes, base::checked_multiply(2, count));
  }
  return bytes;
}

void check_capacity(const std::array<std::int64_t, data_centric::kTensors>& tile, const char* buffer,
                    const char* whose, std::int64_t limit) {
  const std::int64_t bytes = double_buffered(tile);
  if (bytes > limit) {
    throw base::InfeasibleError(fmt::format(
        "the double-buffered tiles of {} need {} B of {} (inputs {}, weights {}, outputs {}, each "
        "twice), the limit is {} B",
        whose, bytes, buffer, tile[data_centric::kInput], tile[data_centric::kWeight],
        tile[data_centric::kOutput], limit));
  }
}

LayerCost cost_of(const Analysis& analysis, const ChipletType& type) {
  check_capacity(analysis.l1_tile, "L1", "a PE", type.l1_bytes);
  check_capacity(analysis.l2_tile, "L2", "the top level", type.l2_bytes);
  double l1 = 0.0;
  double l2 = 0.0;
  for (const Accesses& accesses : analysis.accesses) {
    l1 += static_cast<double>(accesses.l1_read) + static_cast<double>(accesses.l1_write);
    l2 += static_cast<double>(accesses.l2_read) + static_cast<double>(accesses.l2_write);
  }
  const auto products = static_cast<double>(analysis.products);
  LayerCost cost;
  cost.cycles = analysis.cycles;
  cost.energy.mac = products * type.energy.mac;
  cost.energy.l1 = l1 * type.energy.l1_access;
  cost.energy.l2 = l2 * type.energy.l2_access;
  cost.tile_bytes = double_buffered(analysis.l2_tile);
  cost.utilisation = products / static_cast<double>(analysis.cycles) / static_cast<double>(type.pes);
  return cost;
}

class DataCentricEngine : public CostEngine {
 public:
  std::string name() const override { return "data-centric"; }
  std::string version() const override { return "1"; }

  std::vector<std::string> assumptions() const override {
    return {
        "one byte per element, partial sums included; one multiplication per PE and cycle",
        "L2 and one L1 per PE, both double-buffered; an L1 holds its PE's innermost tile and no more",
        "one L2 read serves all PEs that need an element in the same step; PEs that share an output sum up "
        "on its way to L2 for free",
        "padding is computed on like data, but no memory is read for it; a mini-batch of a convolution and "
        "its groups run one "
        "after the other; a dataflow's C maps the channels of a depthwise convolution"};
  }

  LayerCost evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                     const ChipletType& type) const override {
    return evaluate_layer(layer, mini_batch, type, [&] {
      const data_centric::LoopNest nest = map(layer.shape, mini_batch, type);
      return cost_of(data_centric::analyse(nest, {type.noc_bytes_per_cycle, type.noc_hops}), type);
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
