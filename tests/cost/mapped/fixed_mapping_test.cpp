// Mappings that are given: costed as the loop nest that they describe, and refused with level, dimension,
// factor and limit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cost/fixtures.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/random.hpp"
#include "inlay/cost/mapped/mapped_cost.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "support/loop_nest_simulator.hpp"

namespace inlay::cost::mapped {
namespace {

using data_centric::kC;
using data_centric::kInput;
using data_centric::kK;
using data_centric::kN;
using data_centric::kOutput;
using data_centric::kR;
using data_centric::kS;
using data_centric::kWeight;
using data_centric::kX;
using data_centric::kY;
using ::testing::AllOf;
using ::testing::HasSubstr;

FixedMapping mapping_of(const workload::Shape& shape) {
  FixedMapping mapping;
  mapping.name = "by hand";
  mapping.shape = shape;
  for (std::size_t i = 0; i < kStorages; ++i) {
    mapping.levels.push_back({static_cast<Storage>(i), {}});
  }
  return mapping;
}

std::vector<MappedLoop>& at(FixedMapping& mapping, Storage storage) {
  return mapping.levels[static_cast<std::size_t>(storage)].loops;
}

hardware::ChipletType small_type(std::int64_t pes) {
  hardware::ChipletType type = chiplet_type("kcp_ws", pes);
  type.noc_bytes_per_cycle = 4;
  return type;
}

/// A random convolution and a random factorisation of it over all levels.
FixedMapping random_mapping(base::Random& random) {
  workload::ConvolutionShape shape;
  FixedMapping mapping = mapping_of(shape);
  std::array<std::int64_t, kDimensions> extent{};
  extent.fill(1);
  for (std::size_t d = 0; d < kDimensions; ++d) {
    const auto dimension = static_cast<Dimension>(d);
    for (int i = 0; i < 2; ++i) {
      const std::int64_t factor = random.between(1, 3);
      const auto storage =
          static_cast<Storage>(std::array{0, 1, 3}[static_cast<std::size_t>(random.between(0, 2))]);
      const bool window = dimension == kR || dimension == kS;
      if (dimension == data_centric::kG || (window && extent[d] * factor > 3)) {
        continue;
      }
      std::vector<MappedLoop>& loops = at(mapping, storage);
      loops.insert(loops.begin() + random.between(0, static_cast<std::int64_t>(loops.size())),
                   {dimension, factor, false});
      extent[d] *= factor;
    }
  }
  for (MappedLoop& loop : at(mapping, Storage::kL2)) {
    loop.spatial = random.between(0, 2) == 0;
  }
  std::stable_partition(at(mapping, Storage::kL2).begin(), at(mapping, Storage::kL2).end(),
                        [](const MappedLoop& loop) { return !loop.spatial; });
  shape.out_channels = extent[kK];
  shape.in_channels = extent[kC];
  shape.out_height = extent[kY];
  shape.out_width = extent[kX];
  shape.kernel_height = extent[kR];
  shape.kernel_width = extent[kS];
  shape.stride_x = random.between(1, 2);
  mapping.shape = shape;
  mapping.mini_batch = extent[kN];
  return mapping;
}

TEST(FixedMapping, CountsAndCyclesAreThoseOfTheWalkOfTheLoopsAsWritten) {
  base::Random random(5);
  hardware::ChipletType type = small_type(1 << 12);
  type.l1_bytes = type.l2_bytes = 1 << 20;
  int compared = 0;
  for (int i = 0; compared < 150 && i < 4000; ++i) {
    const FixedMapping mapping = random_mapping(random);
    if (workload::macs(mapping.shape) * mapping.mini_batch > 3000) {
      continue;
    }
    ++compared;
    const MappedCost cost = mapped_cost(mapping, type);
    const data_centric::Network network{type.noc_bytes_per_cycle, type.noc_hops, mapping.precision};
    const auto nest = loop_nest(mapping);
    ASSERT_EQ(cost.analysis, data_centric::LoopNestSimulator(nest, network).run());
    ASSERT_EQ(cost.cost.cycles, cost.analysis.cycles);
    const auto outside = memory_nest(mapping);
    const auto memory = data_centric::LoopNestSimulator(outside, {1, 1, mapping.precision}).run();
    ASSERT_EQ(cost.memory.read[kInput], memory.accesses[kInput].l2_read);
    ASSERT_EQ(cost.memory.read[kWeight], memory.accesses[kWeight].l2_read);
    ASSERT_EQ(cost.memory.read[kOutput], memory.partial_sums);
    ASSERT_EQ(cost.memory.written, memory.accesses[kOutput].l2_write);
  }
  EXPECT_EQ(compared, 150);
}

/// 4 output channels over PEs, 6 input channels in time, 8 pixels in two tiles.
FixedMapping example() {
  FixedMapping mapping =
      mapping_of(workload::ConvolutionShape{1, 4, 6, 1, 8, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1});
  at(mapping, Storage::kMemory) = {{kX, 2, false}};
  at(mapping, Storage::kL2) = {{kC, 6, false}, {kK, 4, true}};
  at(mapping, Storage::kL1) = {{kX, 4, false}};
  return mapping;
}

TEST(FixedMapping, IsCostedByHand) {
  const MappedCost cost = mapped_cost(example(), small_type(8));
  // Every PE: 4 pixels of one output channel; a step is one input channel. Inputs 6 x 8 once, to 4 PEs each;
  // weights 24 for each of the 2 tiles; outputs leave once.
  EXPECT_EQ(cost.analysis.products, 4 * 6 * 8);
  EXPECT_EQ(cost.analysis.accesses[kInput].l2_read, 48);
  EXPECT_EQ(cost.analysis.accesses[kInput].l1_write, 4 * 48);
  EXPECT_EQ(cost.analysis.accesses[kWeight].l2_read, 48);
  EXPECT_EQ(cost.analysis.accesses[kOutput].l2_write, 32);
  EXPECT_EQ(cost.analysis.partial_sums, 0);
  // From the memory: inputs and outputs once; weights stay on the chip for both tiles.
  EXPECT_EQ(cost.memory.read[kInput], 48);
  EXPECT_EQ(cost.memory.read[kWeight], 24);
  EXPECT_EQ(cost.memory.written, 32);
  EXPECT_EQ(cost.memory.tiles, 2);
}

std::string refusal(const FixedMapping& mapping, const hardware::ChipletType& type) {
  try {
    mapped_cost(mapping, type);
  } catch (const base::InfeasibleError& error) {
    return error.what();
  }
  return "";
}

TEST(FixedMapping, FactorsThatDoNotMultiplyUpAreNamed) {
  FixedMapping mapping = example();
  at(mapping, Storage::kL2)[0].factor = 5;
  EXPECT_THAT(refusal(mapping, small_type(8)), AllOf(HasSubstr("the factors of C multiply up to 5"),
                                                     HasSubstr("l2 5"), HasSubstr("the layer has 6")));
  mapping = example();
  at(mapping, Storage::kL1).clear();
  EXPECT_THAT(refusal(mapping, small_type(8)),
              AllOf(HasSubstr("X multiply up to 2 (memory 2)"), HasSubstr("has 8")));
  FixedMapping product = mapping_of(workload::GemmShape{4, 3, 2, 1, true});
  EXPECT_THAT(refusal(product, small_type(8)),
              HasSubstr("the factors of N multiply up to 1 (no loop), the layer has 3"));
}

TEST(FixedMapping, SpatialLoopsBeyondThePesAreNamed) {
  EXPECT_THAT(refusal(example(), small_type(3)),
              AllOf(HasSubstr("level 'l2' need 4 PEs"), HasSubstr("K 4"), HasSubstr("limit is 3")));
  FixedMapping mapping = example();
  at(mapping, Storage::kMemory)[0].spatial = true;
  EXPECT_THAT(refusal(mapping, small_type(8)), AllOf(HasSubstr("level 'memory'"), HasSubstr("X 2")));
}

TEST(FixedMapping, ALevelThatTheChipletDoesNotHaveIsNamed) {
  FixedMapping mapping = example();
  at(mapping, Storage::kAccumulator) = {{kC, 6, false}};
  at(mapping, Storage::kL2).erase(at(mapping, Storage::kL2).begin());
  EXPECT_THAT(refusal(mapping, small_type(8)), AllOf(HasSubstr("level 'accumulator' has the loop C 6"),
                                                     HasSubstr("its levels are memory, l2, l1")));
  EXPECT_EQ(refusal(mapping, hardware::load_chiplet_type("systolic-ws-16")), "");
}

TEST(FixedMapping, TilesThatExceedABufferAreNamed) {
  hardware::ChipletType type = small_type(8);
  type.l1_bytes = 17;  // 4 + 1 + 4 bytes, twice
  EXPECT_THAT(refusal(example(), type), AllOf(HasSubstr("18 B of L1"), HasSubstr("limit is 17 B")));
  type.l1_bytes = 18;
  type.l2_bytes = 2 * (6 * 4 + 24 + 16) - 1;
  EXPECT_THAT(refusal(example(), type), AllOf(HasSubstr("128 B of L2"), HasSubstr("limit is 127 B"),
                                              HasSubstr("l2: C 6, spatial K 4; l1: X 4")));
  type.l2_bytes = 128;
  EXPECT_EQ(refusal(example(), type), "");
}

TEST(FixedMapping, CountsBeyond64BitsAreRefused) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 40;
  FixedMapping mapping = mapping_of(workload::GemmShape{kHuge, kHuge, kHuge, 1, true});
  at(mapping, Storage::kMemory) = {{kY, kHuge, false}, {kK, kHuge, false}, {kC, kHuge, false}};
  EXPECT_THAT(refusal(mapping, small_type(8)), HasSubstr("more than a 64-bit count"));
}

TEST(FixedMapping, OffChipTimeIsChargedWhereTheChipletHasIt) {
  hardware::ChipletType type = small_type(8);
  const std::int64_t alone = mapped_cost(example(), type).cost.cycles;
  type.offchip = hardware::Offchip{};
  type.offchip->bytes_per_cycle = 1;
  EXPECT_EQ(mapped_cost(example(), type).cost.cycles, std::max<std::int64_t>(alone, 48 + 24 + 32));
  type.offchip->convolution_cycles = 500;
  EXPECT_EQ(mapped_cost(example(), type).cost.cycles, 2 * 500);
}

}  // namespace
}  // namespace inlay::cost::mapped
