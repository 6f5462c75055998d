#include "inlay/cost/maestro/engine.hpp"

#include <fmt/format.h>

#include <numeric>
#include <variant>

#include "inlay/base/checked.hpp"
#include "inlay/cost/engine_parts.hpp"
#include "inlay/cost/maestro/energy.hpp"
#include "inlay/cost/maestro/mapping.hpp"

namespace inlay::cost::maestro {
namespace {

using hardware::ChipletType;

/// An analysis of a part of the layer, and how often that part is done, one after the other.
struct Part {
  maestro::Analysis analysis;
  std::int64_t repeats = 1;
  bool substituted = false;
};

/// The package model owns memory: nothing but the chiplet bounds the time of a layer, unless a file asks for
/// the charge of rule B3.
maestro::Hardware hardware_of(const ChipletType& type) {
  const std::int64_t offchip = type.offchip_bytes_per_cycle > 0 ? type.offchip_bytes_per_cycle
                                                                : std::numeric_limits<std::int64_t>::max();
  return {type.pes, type.noc_bytes_per_cycle, type.noc_hops, offchip, 1};
}

/// Throws base::InfeasibleError for what MAESTRO drops as a whole (B5), as for what it refuses.
maestro::Analysis analyse(const maestro::MappedLayer& layer, const ChipletType& type) {
  const maestro::Analysis analysis =
      maestro::analyse(layer, hardware_of(type), maestro::Occurrences::kExact64);
  if (!analysis.valid || analysis.runtime <= 0 || analysis.macs <= 0) {
    throw base::InfeasibleError(
        "MAESTRO's rules leave no step of the mapping (B5), so it would take no time");
  }
  return analysis;
}

Part evaluate_convolution(const workload::ConvolutionShape& shape, std::int64_t mini_batch,
                          const ChipletType& type) {
  maestro::ConvolutionExtents extents = maestro::group_of(shape);
  const std::int64_t repeats = base::checked_multiply(shape.groups, mini_batch);
  const bool depthwise = shape.groups > 1 && shape.groups == shape.in_channels;
  try {
    return {analyse(maestro::map_convolution(extents, type.dataflow), type), repeats, depthwise};
  } catch (const base::InfeasibleError&) {
    // The stated substitution: every pair of channels is a convolution of its own.
    const std::int64_t pairs = base::checked_multiply(extents.out_channels, extents.in_channels);
    if (pairs == 1) {
      throw;
    }
    extents.out_channels = 1;
    extents.in_channels = 1;
    return {analyse(maestro::map_convolution(extents, type.dataflow), type),
            base::checked_multiply(repeats, pairs), true};
  }
}

Part evaluate_gemm(const workload::GemmShape& shape, std::int64_t mini_batch, const ChipletType& type) {
  const std::int64_t rows = shape.weights ? base::checked_multiply(shape.m, mini_batch) : shape.m;
  const std::int64_t repeats =
      shape.weights ? shape.repeats : base::checked_multiply(shape.repeats, mini_batch);
  return {analyse(maestro::map_gemm(rows, shape.n, shape.k, type.dataflow), type), repeats, false};
}

LayerCost cost_of(const Part& part, const ChipletType& type) {
  const maestro::Analysis& analysis = part.analysis;
  const maestro::AccessSums sums = maestro::sum_accesses(analysis);
  const auto repeats = static_cast<double>(part.repeats);
  LayerCost cost;
  cost.cycles = base::checked_multiply(analysis.runtime, part.repeats);
  cost.energy.mac = repeats * static_cast<double>(analysis.macs) * type.energy.mac;
  cost.energy.l1 = repeats * static_cast<double>(sums.l1) * type.energy.l1_access;
  cost.energy.l2 = repeats * static_cast<double>(sums.l2 - sums.l2_outside) * type.energy.l2_access;
  cost.tile_bytes = std::accumulate(analysis.l2_request.begin(), analysis.l2_request.end(), std::int64_t{0});
  cost.utilisation = analysis.average_pes / static_cast<double>(type.pes);
  cost.substituted = part.substituted;
  if (cost.tile_bytes > type.l2_bytes) {
    throw base::InfeasibleError(fmt::format("its double-buffered tiles need {} B of L2, the limit is {} B",
                                            cost.tile_bytes, type.l2_bytes));
  }
  return cost;
}

class MaestroEngine : public CostEngine {
 public:
  std::string name() const override { return "maestro"; }
  std::string version() const override { return "4eb08d1-2"; }

  std::vector<std::string> assumptions() const override {
    return {
        "MAESTRO rules (commit 4eb08d1), output stationarity not modelled (B1)",
        "MAESTRO rules: L1 capacity limits nothing (B12); occurrences are counted in 64 bits, so that none "
        "wraps (B8)",
        "an element is one byte inside a chiplet, whatever its bits; what a package moves has its own bytes",
        "padding is computed on; grouped convolutions run group by group; a mini-batch repeats a convolution",
        "layers that MAESTRO cannot map are costed as convolutions of single channels and marked "
        "substituted",
        "operators without MACs read and write L2 and use the vector lanes; activations and batch norm are "
        "fused into "
        "their producers; a transposed convolution is costed as the plain ones that make it up"};
  }

  LayerCost evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                     const ChipletType& type) const override {
    return evaluate_layer(layer, mini_batch, type, [&](const workload::Shape& shape, std::int64_t samples) {
      if (const auto* gemm = std::get_if<workload::GemmShape>(&shape)) {
        return cost_of(evaluate_gemm(*gemm, samples, type), type);
      }
      return cost_of(evaluate_convolution(std::get<workload::ConvolutionShape>(shape), samples, type), type);
    });
  }
};

}  // namespace

std::unique_ptr<CostEngine> make_engine() {
  return std::make_unique<MaestroEngine>();
}

}  // namespace inlay::cost::maestro
