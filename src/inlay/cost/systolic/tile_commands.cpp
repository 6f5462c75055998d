#include "inlay/cost/systolic/tile_commands.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/systolic/dma_requests.hpp"

namespace inlay::cost::systolic {
namespace {

using data_centric::kC;
using data_centric::kG;
using data_centric::kK;
using data_centric::kN;
using data_centric::kR;
using data_centric::kS;
using data_centric::kX;
using data_centric::kY;

/// A tile command's use of the DMA engine.
struct Transfer {
  double cycles = 0.0;
  double requests = 0.0;
  double missed_lines = 0.0;
  std::int64_t bytes = 0;
};

class Commands {
 public:
  Commands(const TiledLayer& layer, const hardware::Array& array, const hardware::Offchip& offchip)
      : layer_(layer), array_(array), offchip_(offchip), misses_(miss_shares(layer, offchip)) {}

  CommandCosts run() {
    const auto reductions = static_cast<double>(reduction_count(layer_));
    const double command =
        static_cast<double>(layer_.is_product ? offchip_.product_cycles : offchip_.convolution_cycles);
    double cycles = 0.0;
    double exposed = 0.0;  // of the first tile's loads and the last one's stores, that nothing hides
    for (const TileClass& tile : tile_classes(layer_)) {
      const auto count = static_cast<double>(tile.count);
      const ArrayWork work = array_work(tile.tile, array_);
      const Transfer load = loads(tile);
      const Transfer store = stores(tile);
      const double stored = store.cycles / reductions;
      double period = std::max({command, load.cycles + stored, work.cycles});
      if (!layer_.is_product) {
        // Two commands are in flight, and a convolution computes only after all its loads were issued.
        period = std::max(period, (command + load.cycles + work.cycles + stored) / 2.0);
      }
      cycles += count * period;
      exposed = std::max(exposed, load.cycles + work.cycles + stored - period);
      add(tile, work, load, store, count, reductions);
      costs_.command_cycles += count * command;
    }
    costs_.cycles = base::checked_add(whole(std::ceil(cycles + exposed + command)), array_.skew);
    costs_.written_bytes /= reduction_count(layer_);
    return costs_;
  }

 private:
  static std::int64_t whole(double cycles) {
    if (cycles >= 9e18) {
      throw base::OverflowError("a layer takes more cycles than 64 bits hold");
    }
    return static_cast<std::int64_t>(cycles);
  }

  Transfer loads(const TileClass& tile) const {
    const std::int64_t pixels =
        base::checked_product(tile.tile[kN], tile.tile[kG], tile.in_rows, tile.in_columns);
    const std::int64_t taps =
        base::checked_product(tile.tile[kG], tile.tile[kR], tile.tile[kS], tile.tile[kC]);
    const workload::Precision& bits = layer_.precision;
    const Transfer inputs =
        rows(pixels, tile.tile[kC], layer_.tile[kC], layer_.all_in_channels, bits.inputs,
             largest_piece(array_.rows, bits.inputs), misses_.inputs, offchip_.read_miss_cycles);
    const Transfer weights =
        rows(taps, tile.tile[kK], layer_.tile[kK], layer_.all_out_channels, bits.weights,
             largest_piece(array_.columns, bits.weights), misses_.weights, offchip_.read_miss_cycles);
    return {inputs.cycles + weights.cycles, inputs.requests + weights.requests,
            inputs.missed_lines + weights.missed_lines, base::checked_add(inputs.bytes, weights.bytes)};
  }

  Transfer stores(const TileClass& tile) const {
    const std::int64_t pixels =
        base::checked_product(tile.tile[kN], tile.tile[kG], tile.tile[kY], tile.tile[kX]);
    const std::int64_t bits = layer_.precision.outputs;
    return rows(pixels, tile.tile[kK], layer_.tile[kK], layer_.all_out_channels, bits,
                base::ceil_divide(array_.columns * bits, 8), misses_.outputs, offchip_.write_miss_cycles);
  }

  /// Loads move whole blocks of the array's width, as many as fit a request.
  std::int64_t largest_piece(std::int64_t width, std::int64_t bits) const {
    const std::int64_t block = base::ceil_divide(width * bits, 8);
    return block * std::max<std::int64_t>(1, offchip_.request_bytes / block);
  }

  /// `count` rows of `channels` out of `all` channels; tiles begin at multiples of `tile_channels`.
  Transfer rows(std::int64_t count, std::int64_t channels, std::int64_t tile_channels, std::int64_t all,
                std::int64_t bits, std::int64_t piece, double missing, std::int64_t miss_cycles) const {
    const std::int64_t bytes = base::ceil_divide(channels * bits, 8);
    const std::int64_t alignment =
        std::gcd(base::ceil_divide(all * bits, 8), std::max<std::int64_t>(1, tile_channels * bits / 8));
    const DmaRun run = dma_run(bytes, piece, alignment, offchip_);
    const auto number = static_cast<double>(count);
    Transfer transfer;
    transfer.requests = number * run.requests;
    // Neighbouring runs that are closer than a line share it.
    const double apart =
        static_cast<double>(base::ceil_divide(all * bits, 8)) / static_cast<double>(offchip_.line_bytes);
    transfer.missed_lines = number * std::min(run.lines, apart) * missing;
    transfer.cycles = transfer.requests * static_cast<double>(offchip_.request_cycles) + number * run.beats +
                      transfer.missed_lines * static_cast<double>(miss_cycles);
    transfer.bytes = base::checked_multiply(count, bytes);
    return transfer;
  }

  void add(const TileClass& tile, const ArrayWork& work, const Transfer& load, const Transfer& store,
           double count, double reductions) {
    costs_.operand_rows =
        base::checked_add(costs_.operand_rows, base::checked_multiply(tile.count, work.operand_rows));
    costs_.compute_commands =
        base::checked_add(costs_.compute_commands, base::checked_multiply(tile.count, work.compute_commands));
    costs_.tile_commands = base::checked_add(costs_.tile_commands, tile.count);
    costs_.read_bytes = base::checked_add(costs_.read_bytes, base::checked_multiply(tile.count, load.bytes));
    costs_.written_bytes =
        base::checked_add(costs_.written_bytes, base::checked_multiply(tile.count, store.bytes));
    costs_.array_cycles += count * work.cycles;
    costs_.load_cycles += count * load.cycles;
    costs_.store_cycles += count * store.cycles / reductions;
    costs_.requests += count * (load.requests + store.requests / reductions);
    costs_.missed_lines += count * (load.missed_lines + store.missed_lines / reductions);
  }

  const TiledLayer& layer_;
  const hardware::Array& array_;
  const hardware::Offchip& offchip_;
  MissShares misses_;
  CommandCosts costs_;
};

}  // namespace

CommandCosts command_costs(const TiledLayer& layer, const hardware::Array& array,
                           const hardware::Offchip& offchip) {
  return Commands(layer, array, offchip).run();
}

}  // namespace inlay::cost::systolic
