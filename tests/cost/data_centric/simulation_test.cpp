// The analysis of the engine data-centric against a walk through the loop nest: all counts, and cycles.
#include <gtest/gtest.h>

#include "inlay/cost/data_centric/analysis.hpp"
#include "support/loop_nest_simulator.hpp"
#include "support/random_mappings.hpp"

namespace inlay::cost::data_centric {
namespace {

LoopNest nest_of(const RandomMapping& mapping) {
  if (const auto* product = std::get_if<workload::GemmShape>(&mapping.shape)) {
    return map_layer(*product, mapping.mini_batch, mapping.dataflow, mapping.pes);
  }
  return map_layer(std::get<workload::ConvolutionShape>(mapping.shape), mapping.mini_batch, mapping.dataflow,
                   mapping.pes);
}

/// Outputs are partial sums in L2 but for the last time that they are written there.
std::int64_t l2_bits(const Analysis& analysis, const workload::Precision& width) {
  const Accesses& output = analysis.accesses[kOutput];
  return analysis.accesses[kInput].l2_read * width.inputs +
         analysis.accesses[kWeight].l2_read * width.weights +
         (output.l2_read + analysis.partial_sums) * width.accumulator +
         (output.l2_write - analysis.partial_sums) * width.outputs;
}

/// What the random mappings must have met, lest the comparison be empty.
struct Seen {
  int partial_sums = 0;
  int multicast = 0;
  int sliding = 0;
  int channelwise = 0;
  int batches = 0;
  int split_filters = 0;
  int idle_pes = 0;
  int padding = 0;
};

void note(const LoopNest& nest, const Analysis& analysis, std::int64_t pes, Seen& seen) {
  const Accesses& input = analysis.accesses[kInput];
  seen.partial_sums += analysis.partial_sums > 0 ? 1 : 0;
  seen.multicast += input.l1_write > input.l2_read ? 1 : 0;
  seen.sliding += input.l1_write < input.l1_read / nest.extent[kK] ? 1 : 0;
  seen.channelwise += nest.channelwise ? 1 : 0;
  seen.batches += nest.extent[kN] * nest.extent[kG] > 1 ? 1 : 0;
  for (const Loop& loop : nest.loops) {
    seen.split_filters += loop.dimension == kR && loop.tile < nest.extent[kR] ? 1 : 0;
  }
  seen.padding += nest.vertical.begin > 0 ? 1 : 0;
  seen.idle_pes += analysis.products < analysis.cycles * pes / 2 ? 1 : 0;
}

TEST(DataCentricSimulation, CountsAndCyclesOfRandomMappingsAreThoseOfTheWalk) {
  constexpr int kTriples = 6000;
  MappingGenerator generator(2405);
  Seen seen;
  double late_ratio = 0.0;
  for (int i = 0; i < kTriples;) {
    const RandomMapping mapping = generator.next();
    const LoopNest nest = nest_of(mapping);
    if (products(nest) > 3000) {
      continue;
    }
    ++i;
    const Network network{mapping.bandwidth, mapping.hops, mapping.precision};
    const Analysis analysis = analyse(nest, network);
    LoopNestSimulator simulator(nest, network);
    const Analysis walk = simulator.run();
    ASSERT_EQ(analysis.products, workload::macs(mapping.shape) * mapping.mini_batch) << mapping.text();
    ASSERT_EQ(analysis.accesses, walk.accesses) << mapping.text();
    ASSERT_EQ(analysis.partial_sums, walk.partial_sums) << mapping.text();
    ASSERT_EQ(analysis.cycles, walk.cycles) << mapping.text();
    ASSERT_EQ(analysis.cycles_for, walk.cycles_for) << mapping.text();
    ASSERT_EQ(l2_bits(analysis, mapping.precision), simulator.l2_bits()) << mapping.text();
    ASSERT_EQ(analysis.l1_tile, walk.l1_tile) << mapping.text();
    ASSERT_EQ(analysis.l2_tile, walk.l2_tile) << mapping.text();
    note(nest, analysis, mapping.pes, seen);
    // What it would change if outputs left a step later (docs/engine-data-centric.md, section 3).
    ASSERT_LE(simulator.late_cycles(), 2 * walk.cycles) << mapping.text();
    ASSERT_LE(walk.cycles, 2 * simulator.late_cycles()) << mapping.text();
    late_ratio += static_cast<double>(simulator.late_cycles()) / static_cast<double>(walk.cycles);
  }
  EXPECT_NEAR(late_ratio / kTriples, 1.0, 0.005);
  for (const int often : {seen.partial_sums, seen.multicast, seen.sliding, seen.channelwise, seen.batches,
                          seen.split_filters, seen.idle_pes, seen.padding}) {
    EXPECT_GT(often, kTriples / 50);
  }
}

/// Any pipelined array: with and without overlap, exchanged tiles of any tensor beside or after a step.
Pipeline random_array(base::Random& random) {
  return {random.between(0, 12),
          random.between(1, 4),
          random.between(0, 5),
          random.between(0, 9),
          random.between(0, 1) == 0,
          random.between(0, 2),
          static_cast<Tensor>(random.between(0, 2))};
}

TEST(DataCentricSimulation, CyclesOfPipelinedArraysAreThoseOfTheWalk) {
  MappingGenerator generator(1492);
  base::Random random(7);
  int slower = 0;
  for (int i = 0; i < 3000;) {
    const RandomMapping mapping = generator.next();
    const LoopNest nest = nest_of(mapping);
    if (products(nest) > 2000) {
      continue;
    }
    ++i;
    const Network plain{mapping.bandwidth, mapping.hops, mapping.precision};
    Network network = plain;
    network.array = random_array(random);
    const Analysis analysis = analyse(nest, network);
    const Analysis walk = LoopNestSimulator(nest, network).run();
    ASSERT_EQ(analysis, walk) << mapping.text();
    const Analysis without = analyse(nest, plain);
    ASSERT_EQ(analysis.accesses, without.accesses) << "an array changes no count" << mapping.text();
    ASSERT_GE(analysis.cycles, without.cycles) << mapping.text();
    slower += analysis.cycles > without.cycles ? 1 : 0;
  }
  EXPECT_GT(slower, 1500);
}

/// The same nest with rows and columns exchanged.
LoopNest transposed(const LoopNest& nest) {
  const std::array<Dimension, kDimensions> other = {kN, kG, kK, kC, kX, kY, kS, kR};
  LoopNest result = nest;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    result.extent[other[d]] = nest.extent[d];
  }
  std::swap(result.vertical, result.horizontal);
  for (Loop& loop : result.loops) {
    loop.dimension = other[loop.dimension];
  }
  return result;
}

TEST(DataCentricSimulation, MoreBandwidthIsNeverSlowerAndRowsAreAsGoodAsColumns) {
  MappingGenerator generator(4090);
  for (int i = 0; i < 2000; ++i) {
    const RandomMapping mapping = generator.next();
    const LoopNest nest = nest_of(mapping);
    const Analysis analysis = analyse(nest, {mapping.bandwidth, mapping.hops, mapping.precision});
    const Analysis faster = analyse(nest, {mapping.bandwidth + 1, mapping.hops, mapping.precision});
    ASSERT_LE(faster.cycles, analysis.cycles) << mapping.text();
    ASSERT_EQ(faster.accesses, analysis.accesses) << mapping.text();
    ASSERT_GE(analysis.cycles * mapping.pes, analysis.products) << mapping.text();
    ASSERT_EQ(analyse(transposed(nest), {mapping.bandwidth, mapping.hops, mapping.precision}), analysis)
        << mapping.text();
  }
}

}  // namespace
}  // namespace inlay::cost::data_centric
