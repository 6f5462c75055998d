#include "inlay/cost/data_centric/analysis.hpp"

#include <algorithm>
#include <vector>

#include "inlay/base/checked.hpp"
#include "inlay/cost/data_centric/step_kinds.hpp"

namespace inlay::cost::data_centric {
namespace {

/// Sums over all transitions from one step to the next.
class Sums {
 public:
  explicit Sums(const Network& network)
      : network_(network), bits_per_cycle_(base::checked_multiply(8, network.bytes_per_cycle)) {}

  /// `kind` is the wrap-around from the very last step to the very first: before the first step the PEs hold
  /// nothing, after the last one they keep nothing.
  void add_ends(const StepKind& kind) {
    const std::int64_t ingress = arriving(kind[kInputTouched], kind[kWeightTouched], 0);
    const std::int64_t egress = base::checked_multiply(kind[kOutputBefore], network_.precision.outputs);
    input_reads_ += kind[kInputTouched];
    weight_reads_ += kind[kWeightTouched];
    input_copies_ += kind[kInputCopies];
    weight_copies_ += kind[kWeightCopies];
    entries_ += kind[kOutputTouched];
    // Fill, the last step's products, drain; the first hop's cycle is that of the transfer itself.
    const std::int64_t latency = std::max<std::int64_t>(0, network_.hops - 1);
    cycles_[kArriving] += latency + transfer(ingress);
    cycles_[kComputing] += computing(kind);
    cycles_[kLeaving] += latency + transfer(egress);
    if (network_.array) {
      // The first stationary tile goes in, or the last one comes out, and the last operands pass the array.
      cycles_[network_.array->stationary == kOutput ? kLeaving : kArriving] +=
          network_.array->exchange_cycles;
      cycles_[kComputing] += network_.array->overlap > 1 ? network_.array->skew : 0;
    }
  }

  void add(const StepKind& kind) {
    const std::int64_t inputs = kind[kInputTouched] - kind[kInputKept];
    const std::int64_t weights = kind[kWeightTouched] - kind[kWeightKept];
    const std::int64_t entering = kind[kOutputTouched] - kind[kOutputKept];
    const std::int64_t leaving = kind[kOutputBefore] - kind[kOutputKept];
    const std::int64_t partial = kind[kFirstVisit] != 0 ? 0 : entering;
    const workload::Precision& bits = network_.precision;
    const std::int64_t width = kind[kLastVisitBefore] != 0 ? bits.outputs : bits.accumulator;
    const Moves moves = {base::checked_multiply(inputs, bits.inputs),
                         base::checked_multiply(weights, bits.weights),
                         base::checked_multiply(leaving, width)};
    std::array<std::int64_t, kCauses> times = {
        computing(kind),
        transfer(base::checked_add(base::checked_add(moves[kInput], moves[kWeight]),
                                   base::checked_multiply(partial, bits.accumulator))),
        transfer(moves[kOutput])};
    exchange(moves, kind, times);
    const auto longest = std::max_element(times.begin(), times.end());
    accumulate(input_reads_, kind, inputs);
    accumulate(weight_reads_, kind, weights);
    accumulate(entries_, kind, entering);
    accumulate(partial_, kind, partial);
    accumulate(input_copies_, kind, kind[kInputCopies] - kind[kInputCopiesKept]);
    accumulate(weight_copies_, kind, kind[kWeightCopies] - kind[kWeightCopiesKept]);
    accumulate(cycles_[static_cast<std::size_t>(longest - times.begin())], kind, *longest);
  }

  void finish(Analysis& analysis) const {
    const std::int64_t macs = analysis.products;
    analysis.accesses[kInput] = {macs, input_copies_, input_reads_, 0};
    analysis.accesses[kWeight] = {macs, weight_copies_, weight_reads_, 0};
    analysis.accesses[kOutput] = {macs + entries_, macs + partial_, partial_, entries_};
    analysis.partial_sums = partial_;
    analysis.cycles_for = cycles_;
    for (const std::int64_t cycles : cycles_) {
      analysis.cycles = base::checked_add(analysis.cycles, cycles);
    }
  }

 private:
  /// Bits of each tensor that move between two steps, without returning partial sums.
  using Moves = std::array<std::int64_t, kTensors>;

  /// Cycles in which the PEs are busy with the step before.
  std::int64_t computing(const StepKind& kind) const {
    const std::int64_t products = kind[kProductsBefore];
    if (!network_.array) {
      return products;
    }
    const Pipeline& array = *network_.array;
    const std::int64_t busy =
        base::checked_add(products, base::checked_multiply(array.output_cycles, kind[kBusiestOutputs]));
    return std::max(array.step_cycles, array.overlap > 1
                                           ? std::max(busy, base::ceil_divide(array.skew, array.overlap))
                                           : base::checked_add(busy, array.skew));
  }

  /// The stationary tile is exchanged where it moves: beside the step before, or after it.
  void exchange(const Moves& moves, const StepKind& kind, std::array<std::int64_t, kCauses>& times) {
    if (!network_.array || moves[network_.array->stationary] == 0) {
      return;
    }
    const Pipeline& array = *network_.array;
    if (array.exchange_hidden) {
      times[kComputing] = std::max(times[kComputing], array.exchange_cycles);
      return;
    }
    const Cause cause = array.stationary == kOutput ? kLeaving : kArriving;
    accumulate(cycles_[cause], kind, std::max(array.exchange_cycles, transfer(moves[array.stationary])));
  }

  std::int64_t arriving(std::int64_t inputs, std::int64_t weights, std::int64_t partial_sums) const {
    const workload::Precision& bits = network_.precision;
    return base::checked_add(base::checked_multiply(inputs, bits.inputs),
                             base::checked_add(base::checked_multiply(weights, bits.weights),
                                               base::checked_multiply(partial_sums, bits.accumulator)));
  }

  std::int64_t transfer(std::int64_t bits) const { return base::ceil_divide(bits, bits_per_cycle_); }

  static void accumulate(std::int64_t& sum, const StepKind& kind, std::int64_t value) {
    sum = base::checked_add(sum, base::checked_multiply(kind[kOccurrences], value));
  }

  Network network_;
  std::int64_t bits_per_cycle_;
  std::int64_t input_reads_ = 0;
  std::int64_t weight_reads_ = 0;
  std::int64_t input_copies_ = 0;
  std::int64_t weight_copies_ = 0;
  std::int64_t entries_ = 0;
  std::int64_t partial_ = 0;
  std::array<std::int64_t, kCauses> cycles_{};
};

/// Visits the product of the lists: every kind of step of one kind of transition.
template <typename Visit>
void for_each_kind(const std::array<const std::vector<StepKind>*, kAxes>& lists, std::size_t axis,
                   const StepKind& product, const Visit& visit) {
  if (axis == kAxes) {
    visit(product);
    return;
  }
  for (const StepKind& factor : *lists[axis]) {
    StepKind next;
    for (std::size_t i = 0; i < kFactors; ++i) {
      next[i] = product[i] * factor[i];
    }
    for_each_kind(lists, axis + 1, next, visit);
  }
}

}  // namespace

std::array<std::int64_t, kTensors> tile_elements(const LoopNest& layer,
                                                 const std::array<std::int64_t, kDimensions>& extent) {
  const std::int64_t rows = window_size(extent[kY], extent[kR], layer.vertical);
  const std::int64_t columns = window_size(extent[kX], extent[kS], layer.horizontal);
  const std::int64_t images = extent[kN] * extent[kG];
  return {
      base::checked_product(images, extent[kC], rows, columns),
      base::checked_product(extent[kG], extent[kK], extent[kC], extent[kR], extent[kS]),
      base::checked_product(images, extent[kK], layer.channelwise ? extent[kC] : 1, extent[kY], extent[kX])};
}

TileExtents tile_extents(const LoopNest& nest) {
  TileExtents extents{nest.extent, nest.extent};
  for (std::size_t i = 0; i < nest.loops.size(); ++i) {
    const Loop& loop = nest.loops[i];
    std::int64_t& tile = extents.pe[loop.dimension];
    if (i < nest.top_loops) {
      extents.top_step[loop.dimension] = std::min(tile, loop.chunk());
    }
    tile = std::min(tile, loop.tile);
  }
  return extents;
}

Analysis analyse(const LoopNest& nest, const Network& network) {
  Analysis analysis;
  // No step's counts and no count of steps exceed the products, so that no product of factors wraps.
  analysis.products = products(nest);
  const TileExtents extents = tile_extents(nest);
  analysis.l1_tile = tile_elements(nest, extents.pe);
  analysis.l2_tile = tile_elements(nest, extents.top_step);
  Sums sums(network);
  StepKinds kinds(nest, network.precision.accumulator != network.precision.outputs);
  StepKind one;
  one.fill(1);
  for_each_kind(kinds.wrap_around(), 0, one, [&sums](const StepKind& kind) { sums.add_ends(kind); });
  for (std::size_t loop = 0; loop < kinds.loops(); ++loop) {
    for_each_kind(kinds.advance(loop), 0, one, [&sums](const StepKind& kind) { sums.add(kind); });
  }
  sums.finish(analysis);
  return analysis;
}

}  // namespace inlay::cost::data_centric
