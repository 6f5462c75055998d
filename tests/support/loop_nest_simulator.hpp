#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include "inlay/cost/data_centric/analysis.hpp"

namespace inlay::cost::data_centric {

/// Walks a loop nest step by step, with every PE and every element, as docs/engine-data-centric.md defines
/// it. It knows no formula: buffers are sets, and counts are sizes of sets. For small sizes only.
class LoopNestSimulator {
 public:
  LoopNestSimulator(const LoopNest& nest, const Network& network) : nest_(nest), network_(network) {}

  /// Throws std::logic_error if a product is computed twice or never.
  Analysis run() {
    std::array<Interval, kDimensions> whole;
    for (std::size_t d = 0; d < kDimensions; ++d) {
      whole[d] = {0, nest_.extent[d]};
    }
    std::int64_t pes = 1;
    for (const Loop& loop : nest_.loops) {
      pes *= loop.units;
    }
    held_.resize(static_cast<std::size_t>(pes));
    walk(0, std::vector<Tile>(1, whole));
    const std::int64_t late_drain = drain_;
    leave({});
    cycles_for_[kComputing] += compute_;
    cycles_for_[kLeaving] += drain_ + latency();
    if (network_.array) {
      cycles_for_[kComputing] += network_.array->overlap > 1 ? network_.array->skew : 0;
      cycles_for_[network_.array->stationary == kOutput ? kLeaving : kArriving] +=
          network_.array->exchange_cycles;
    }
    late_cycles_ += std::max(compute_, late_drain) + drain_;
    return result();
  }

  /// After run(): bits read from L2 and written to it.
  std::int64_t l2_bits() const { return l2_bits_; }
  /// After run(): cycles if outputs left while the next step computes instead of while their own does.
  std::int64_t late_cycles() const { return late_cycles_; }

 private:
  struct Interval {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t length() const { return std::max<std::int64_t>(0, end - begin); }
    Interval part(std::int64_t offset, std::int64_t size) const {
      const std::int64_t start = std::min(end, begin + offset);
      return {start, std::min(end, start + size)};
    }
  };
  using Tile = std::array<Interval, kDimensions>;
  using Element = std::array<std::int64_t, 5>;
  using Elements = std::set<Element>;
  struct Held {
    Elements inputs;
    Elements weights;
    Elements outputs;
  };

  /// `tiles`: of every unit that the loops outside have made.
  void walk(std::size_t depth, const std::vector<Tile>& tiles) {
    if (depth == nest_.top_loops) {
      top_step_ = {};
    }
    if (depth == nest_.loops.size()) {
      step(tiles);
      return;
    }
    const Loop& loop = nest_.loops[depth];
    const auto left = [&](std::int64_t offset) {
      return std::any_of(tiles.begin(), tiles.end(), [&](const Tile& tile) {
        return tile[loop.dimension].begin + offset < tile[loop.dimension].end;
      });
    };
    for (std::int64_t offset = 0; left(offset); offset += loop.tile * loop.units) {
      std::vector<Tile> next;
      for (const Tile& tile : tiles) {
        for (std::int64_t unit = 0; unit < loop.units; ++unit) {
          next.push_back(tile);
          next.back()[loop.dimension] = tile[loop.dimension].part(offset + unit * loop.tile, loop.tile);
        }
      }
      walk(depth + 1, next);
    }
  }

  template <typename Visit>
  static void for_each_product(const Tile& tile, Visit visit) {
    std::array<std::int64_t, kDimensions> at{};
    for (at[kN] = tile[kN].begin; at[kN] < tile[kN].end; ++at[kN])
      for (at[kG] = tile[kG].begin; at[kG] < tile[kG].end; ++at[kG])
        for (at[kK] = tile[kK].begin; at[kK] < tile[kK].end; ++at[kK])
          for (at[kC] = tile[kC].begin; at[kC] < tile[kC].end; ++at[kC])
            for (at[kY] = tile[kY].begin; at[kY] < tile[kY].end; ++at[kY])
              for (at[kX] = tile[kX].begin; at[kX] < tile[kX].end; ++at[kX])
                for (at[kR] = tile[kR].begin; at[kR] < tile[kR].end; ++at[kR])
                  for (at[kS] = tile[kS].begin; at[kS] < tile[kS].end; ++at[kS]) visit(at);
  }

  /// One step: every PE loads what it does not hold, computes its tile, and keeps it until the next step.
  void step(const std::vector<Tile>& tiles) {
    Elements read_inputs;  // from L2 in this step; all PEs that need an element get the same read
    Elements read_weights;
    Elements outputs;
    std::int64_t busiest = 0;
    for (std::size_t pe = 0; pe < tiles.size(); ++pe) {
      Held tile;
      std::int64_t products = 0;
      for_each_product(tiles[pe], [&](const std::array<std::int64_t, kDimensions>& at) {
        const std::int64_t row = at[kY] * nest_.vertical.stride + at[kR] * nest_.vertical.dilation;
        const std::int64_t column = at[kX] * nest_.horizontal.stride + at[kS] * nest_.horizontal.dilation;
        tile.inputs.insert({at[kN], at[kG], at[kC], row, column});
        tile.weights.insert({at[kG], at[kK], at[kC], at[kR], at[kS]});
        tile.outputs.insert(output_at(at));
        if (!done_.insert(at).second) {
          throw std::logic_error("a product is computed twice");
        }
        ++done_of_[output_at(at)];
        ++products;
      });
      const auto exists = [this](const Element& input) {
        return input[3] >= nest_.vertical.begin && input[3] < nest_.vertical.end &&
               input[4] >= nest_.horizontal.begin && input[4] < nest_.horizontal.end;
      };
      load(tile.inputs, held_[pe].inputs, exists, read_inputs, input_copies_);
      load(
          tile.weights, held_[pe].weights, [](const Element&) { return true; }, read_weights, weight_copies_);
      outputs.insert(tile.outputs.begin(), tile.outputs.end());
      top_step_.inputs.insert(tile.inputs.begin(), tile.inputs.end());
      top_step_.weights.insert(tile.weights.begin(), tile.weights.end());
      grow(l1_tile_, tile);
      held_[pe] = std::move(tile);
      const std::int64_t output_cycles = network_.array ? network_.array->output_cycles : 0;
      busiest =
          std::max(busiest, products + output_cycles * static_cast<std::int64_t>(held_[pe].outputs.size()));
    }
    top_step_.outputs.insert(outputs.begin(), outputs.end());
    grow(l2_tile_, top_step_);
    const std::int64_t late_drain = drain_;
    const std::int64_t returning = leave(outputs);
    const workload::Precision& width = network_.precision;
    const std::int64_t ingress = static_cast<std::int64_t>(read_inputs.size()) * width.inputs +
                                 static_cast<std::int64_t>(read_weights.size()) * width.weights +
                                 returning * width.accumulator;
    l2_bits_ += ingress;
    input_reads_ += static_cast<std::int64_t>(read_inputs.size());
    weight_reads_ += static_cast<std::int64_t>(read_weights.size());
    // Double buffering: while the step before computes, its outputs leave and this step's data arrive.
    const std::int64_t arriving = cycles(ingress);
    if (compute_ > 0) {
      exchange({static_cast<std::int64_t>(read_inputs.size()) * width.inputs,
                static_cast<std::int64_t>(read_weights.size()) * width.weights, left_bits_});
    }
    if (compute_ >= arriving && compute_ >= drain_) {
      cycles_for_[kComputing] += compute_;
    } else {
      cycles_for_[arriving >= drain_ ? kArriving : kLeaving] += std::max(arriving, drain_);
    }
    if (compute_ == 0) {
      cycles_for_[kArriving] += latency();
      late_cycles_ += 2 * latency();
    }
    late_cycles_ += std::max({compute_, arriving, late_drain});
    compute_ = passing(busiest);
  }

  /// Cycles until the array takes the next step.
  std::int64_t passing(std::int64_t busy) const {
    if (!network_.array) {
      return busy;
    }
    const Pipeline& array = *network_.array;
    const std::int64_t free = array.overlap == 1
                                  ? busy + array.skew
                                  : std::max(busy, (array.skew + array.overlap - 1) / array.overlap);
    return std::max(free, array.step_cycles);
  }

  /// Shifts the stationary tile if any PE's changes.
  void exchange(const std::array<std::int64_t, kTensors>& moved_bits) {
    if (!network_.array || moved_bits[network_.array->stationary] == 0) {
      return;
    }
    const Pipeline& array = *network_.array;
    if (array.exchange_hidden) {
      compute_ = std::max(compute_, array.exchange_cycles);
    } else {
      cycles_for_[array.stationary == kOutput ? kLeaving : kArriving] +=
          std::max(array.exchange_cycles, cycles(moved_bits[array.stationary]));
    }
  }

  static void grow(std::array<std::int64_t, kTensors>& largest, const Held& tile) {
    largest = {std::max(largest[kInput], static_cast<std::int64_t>(tile.inputs.size())),
               std::max(largest[kWeight], static_cast<std::int64_t>(tile.weights.size())),
               std::max(largest[kOutput], static_cast<std::int64_t>(tile.outputs.size()))};
  }

  /// Padding is made on the spot.
  template <typename Exists>
  static void load(const Elements& tile, const Elements& held, Exists exists, Elements& read,
                   std::int64_t& copies) {
    for (const Element& element : tile) {
      if (held.count(element) == 0 && exists(element)) {
        read.insert(element);
        ++copies;
      }
    }
  }

  /// Outputs that nobody works on any more go to L2. Of the new ones, those that were there come back:
  /// returns how many.
  std::int64_t leave(const Elements& next) {
    std::int64_t leaving = 0;
    std::int64_t leaving_bits = 0;
    for (const Element& output : working_) {
      if (next.count(output) == 0) {
        ++leaving;
        leaving_bits += is_complete(output) ? network_.precision.outputs : network_.precision.accumulator;
      }
    }
    std::int64_t returning = 0;
    for (const Element& output : next) {
      if (working_.count(output) == 0 && !visited_.insert(output).second) {
        ++returning;
      }
    }
    writes_ += leaving;
    returned_ += returning;
    l2_bits_ += leaving_bits;
    drain_ = cycles(leaving_bits);
    left_bits_ = leaving_bits;
    working_ = next;
    return returning;
  }

  Element output_at(const std::array<std::int64_t, kDimensions>& at) const {
    return {at[kN], at[kG], nest_.channelwise ? at[kK] * nest_.extent[kC] + at[kC] : at[kK], at[kY], at[kX]};
  }

  /// All products of an output have been computed.
  bool is_complete(const Element& output) const {
    return done_of_.at(output) ==
           nest_.extent[kR] * nest_.extent[kS] * (nest_.channelwise ? 1 : nest_.extent[kC]);
  }

  std::int64_t latency() const { return std::max<std::int64_t>(0, network_.hops - 1); }

  std::int64_t cycles(std::int64_t bits) const {
    return (bits + 8 * network_.bytes_per_cycle - 1) / (8 * network_.bytes_per_cycle);
  }

  Analysis result() const {
    std::int64_t products = 1;
    for (const std::int64_t extent : nest_.extent) {
      products *= extent;
    }
    if (static_cast<std::int64_t>(done_.size()) != products) {
      throw std::logic_error("a product is never computed");
    }
    Analysis analysis;
    analysis.products = products;
    analysis.accesses[kInput] = {products, input_copies_, input_reads_, 0};
    analysis.accesses[kWeight] = {products, weight_copies_, weight_reads_, 0};
    analysis.accesses[kOutput] = {products + writes_, products + returned_, returned_, writes_};
    analysis.partial_sums = writes_ - static_cast<std::int64_t>(visited_.size());
    analysis.cycles_for = cycles_for_;
    analysis.cycles = cycles_for_[kComputing] + cycles_for_[kArriving] + cycles_for_[kLeaving];
    analysis.l1_tile = l1_tile_;
    analysis.l2_tile = l2_tile_;
    return analysis;
  }

  const LoopNest& nest_;
  Network network_;
  std::vector<Held> held_;
  std::set<std::array<std::int64_t, kDimensions>> done_;
  std::map<Element, std::int64_t> done_of_;  // products of each output
  Held top_step_;                            // all that the PEs work on in the current step of the top level
  std::array<std::int64_t, kTensors> l1_tile_{};
  std::array<std::int64_t, kTensors> l2_tile_{};
  Elements working_;  // outputs of the step before
  Elements visited_;  // outputs ever worked on
  std::int64_t compute_ = 0;
  std::int64_t drain_ = 0;
  std::int64_t left_bits_ = 0;
  std::array<std::int64_t, kCauses> cycles_for_{};
  std::int64_t l2_bits_ = 0;
  std::int64_t late_cycles_ = 0;
  std::int64_t input_reads_ = 0;
  std::int64_t weight_reads_ = 0;
  std::int64_t input_copies_ = 0;
  std::int64_t weight_copies_ = 0;
  std::int64_t writes_ = 0;
  std::int64_t returned_ = 0;
};

}  // namespace inlay::cost::data_centric
