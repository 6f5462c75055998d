#include "inlay/cost/data_centric/offchip.hpp"

#include <algorithm>

#include "inlay/base/checked.hpp"

namespace inlay::cost::data_centric {
namespace {

std::int64_t bytes_of(std::int64_t elements, std::int64_t bits) {
  return base::ceil_divide(base::checked_multiply(elements, bits), 8);
}

}  // namespace

std::int64_t MemoryTraffic::total() const {
  std::int64_t bytes = written;
  for (const std::int64_t part : read) {
    bytes = base::checked_add(bytes, part);
  }
  return bytes;
}

MemoryTraffic memory_traffic(const LoopNest& outside, const workload::Precision& precision) {
  const Analysis analysis = analyse(outside, {1, 1, precision});
  MemoryTraffic traffic;
  traffic.read = {bytes_of(analysis.accesses[kInput].l2_read, precision.inputs),
                  bytes_of(analysis.accesses[kWeight].l2_read, precision.weights),
                  bytes_of(analysis.partial_sums, precision.accumulator)};
  traffic.written = base::checked_add(
      traffic.read[kOutput],
      bytes_of(analysis.accesses[kOutput].l2_write - analysis.partial_sums, precision.outputs));
  auto tile = outside.extent;
  for (const Loop& loop : outside.loops) {
    traffic.tiles =
        base::checked_multiply(traffic.tiles, base::ceil_divide(tile[loop.dimension], loop.chunk()));
    tile[loop.dimension] = std::min(tile[loop.dimension], loop.chunk());
  }
  return traffic;
}

LoopNest without_loops(const LoopNest& nest) {
  LoopNest whole = nest;
  whole.loops.clear();
  whole.top_loops = 0;
  return whole;
}

void charge_offchip(const MemoryTraffic& traffic, std::int64_t command_cycles,
                    const hardware::Offchip& offchip, LayerCost& cost) {
  const std::int64_t moving = base::ceil_divide(traffic.total(), offchip.bytes_per_cycle);
  const std::int64_t cycles = std::max(moving, base::checked_multiply(traffic.tiles, command_cycles));
  if (cycles > cost.cycles) {
    cost.utilisation *= static_cast<double>(cost.cycles) / static_cast<double>(cycles);
    cost.cycles = cycles;
    cost.bound_by = BoundBy::kUnknown;
  }
}

}  // namespace inlay::cost::data_centric
