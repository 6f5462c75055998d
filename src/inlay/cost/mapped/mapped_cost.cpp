#include "inlay/cost/mapped/mapped_cost.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/data_centric/layer_figures.hpp"

namespace inlay::cost::mapped {
namespace {

systolic::CommandCosts commands_of(const FixedMapping& mapping, const hardware::ChipletType& type) {
  auto tile = extents_of(mapping.shape, mapping.mini_batch);
  std::vector<Dimension> order;
  for (const MappedLevel& level : mapping.levels) {
    if (level.storage != Storage::kMemory) {
      continue;
    }
    for (const MappedLoop& loop : level.loops) {
      if (std::find(order.begin(), order.end(), loop.dimension) != order.end()) {
        throw base::InfeasibleError(fmt::format(
            "mapping '{}': level 'memory' has two loops over {}; tile commands run over each dimension once",
            mapping.name, dimension_name(mapping, loop.dimension)));
      }
      order.push_back(loop.dimension);
      tile[loop.dimension] /= loop.factor;
    }
  }
  return systolic::command_costs(
      systolic::tiled(mapping.shape, mapping.mini_batch, mapping.precision, tile, order), *type.array,
      *type.offchip);
}

/// "l2: K 4, spatial C 16; l1: Y 14": the loops that make a tile of L2 and those inside of it.
std::string tile_loops_text(const FixedMapping& mapping) {
  std::string text;
  for (const MappedLevel& level : mapping.levels) {
    if (level.storage != Storage::kMemory && !level.loops.empty()) {
      text +=
          fmt::format("{}{}: {}", text.empty() ? "" : "; ",
                      storage_words()[static_cast<std::size_t>(level.storage)], loops_text(mapping, level));
    }
  }
  return text;
}

void check_buffers(const FixedMapping& mapping, const data_centric::Analysis& analysis,
                   const hardware::ChipletType& type) {
  try {
    data_centric::check_capacity(analysis, mapping.precision, type);
  } catch (const base::InfeasibleError& error) {
    throw base::InfeasibleError(fmt::format("mapping '{}': {}; the tiles' loops are {}", mapping.name,
                                            error.what(), tile_loops_text(mapping)));
  }
}

MappedCost checked_cost(const FixedMapping& mapping, const hardware::ChipletType& type) {
  check_mapping(mapping, type);
  MappedCost result;
  result.analysis =
      data_centric::analyse(loop_nest(mapping), data_centric::network_of(type, mapping.precision));
  check_buffers(mapping, result.analysis, type);
  result.cost = data_centric::cost_of(result.analysis, mapping.precision, type);
  result.memory = data_centric::memory_traffic(memory_nest(mapping), mapping.precision);
  if (type.offchip && type.array) {
    result.commands = commands_of(mapping, type);
    result.cost.cycles = result.commands->cycles;
    result.cost.utilisation = static_cast<double>(result.analysis.products) /
                              static_cast<double>(result.cost.cycles) / static_cast<double>(type.pes);
    result.cost.bound_by = BoundBy::kUnknown;
  } else if (type.offchip) {
    const bool product = std::holds_alternative<workload::GemmShape>(mapping.shape);
    data_centric::charge_offchip(result.memory,
                                 product ? type.offchip->product_cycles : type.offchip->convolution_cycles,
                                 *type.offchip, result.cost);
  }
  return result;
}

}  // namespace

MappedCost mapped_cost(const FixedMapping& mapping, const hardware::ChipletType& type) {
  try {
    return checked_cost(mapping, type);
  } catch (const base::OverflowError&) {
    throw base::InfeasibleError(fmt::format(
        "mapping '{}': the layer's sizes or the factors multiply up to more than a 64-bit count holds",
        mapping.name));
  }
}

}  // namespace inlay::cost::mapped
