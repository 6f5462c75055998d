#include "inlay/cost/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cost/fixtures.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/cost/maestro/mapping.hpp"

namespace inlay::cost {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using workload::ConvolutionShape;
using workload::GemmShape;
using workload::VectorShape;

LayerCost evaluate(const workload::Shape& shape, std::int64_t mini_batch, const hardware::ChipletType& type) {
  return make_engine("maestro")->evaluate(layer_of("layer", shape), mini_batch, type);
}

std::string error_of(const workload::Shape& shape, const hardware::ChipletType& type) {
  try {
    evaluate(shape, 1, type);
  } catch (const base::InfeasibleError& error) {
    return error.what();
  }
  return "no error";
}

/// 54 x 54 outputs: the worked example of docs/maestro.md, whose input is 56 x 56.
const ConvolutionShape kWorkedExample{1, 64, 64, 54, 54, 3, 3, 1, 1, 1, 1};

TEST(MaestroEngine, SplitsTheEnergyOfTheWorkedExample) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const LayerCost cost = evaluate(kWorkedExample, 1, type);
  EXPECT_EQ(cost.cycles, 40971);
  EXPECT_DOUBLE_EQ(cost.energy.mac, 107495424 * 0.23e-12);
  // L1: a read of each operand and a read and a write of the output per MAC, and the words that come in.
  EXPECT_DOUBLE_EQ(cost.energy.l1, (4.0 * 107495424 + 580608 + 36864) * type.energy.l1_access);
  // L2: what goes to and comes from the PEs; not the fill of 200704 + 36864 and the drain of 64 x 54 x 54.
  EXPECT_DOUBLE_EQ(cost.energy.l2, (580608.0 + 36864 + 186624) * type.energy.l2_access);
  EXPECT_EQ(cost.energy.noc, 0.0);
  EXPECT_EQ(cost.energy.vector, 0.0);
  EXPECT_EQ(cost.tile_bytes, 2 * (576 + 36864 + 64));
  EXPECT_EQ(cost.utilisation, 1.0);
  EXPECT_FALSE(cost.substituted);
}

// Rule B3: every step of the top level takes at least the transfer of the whole first tiles; 36864 B of
// weights and 576 B of inputs at 50 B/cycle are 748 cycles, for each of the 54 steps.
TEST(MaestroEngine, ChargesOffChipTransfersWhereAFileAsksForIt) {
  hardware::ChipletType type = chiplet_type("kcp_ws");
  const LayerCost without = evaluate(kWorkedExample, 1, type);
  type.offchip_bytes_per_cycle = 1'000'000;
  EXPECT_EQ(evaluate(kWorkedExample, 1, type).cycles, without.cycles);
  type.offchip_bytes_per_cycle = 50;
  const LayerCost charged = evaluate(kWorkedExample, 1, type);
  const std::int64_t least = (2 * (576 + 36864) / 50) / 2;
  EXPECT_EQ(least, 748);
  EXPECT_GT(charged.cycles, without.cycles);
  EXPECT_EQ(charged.cycles % least, 0) << "every step is bound by it";
  EXPECT_EQ(charged.energy, without.energy);
  EXPECT_EQ(charged.tile_bytes, without.tile_bytes);
}

TEST(MaestroEngine, BatchOfAConvolutionRepeatsIt) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const LayerCost one = evaluate(kWorkedExample, 1, type);
  const LayerCost four = evaluate(kWorkedExample, 4, type);
  EXPECT_EQ(four.cycles, 4 * one.cycles);
  EXPECT_DOUBLE_EQ(four.energy.total(), 4 * one.energy.total());
  EXPECT_EQ(four.tile_bytes, one.tile_bytes);
}

TEST(MaestroEngine, BatchOfAProductWithWeightsExtendsM) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  EXPECT_EQ(evaluate(GemmShape{128, 1280, 640, 1, true}, 4, type),
            evaluate(GemmShape{512, 1280, 640, 1, true}, 1, type));
}

TEST(MaestroEngine, BatchOfAProductOfActivationsRepeatsIt) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  EXPECT_EQ(evaluate(GemmShape{128, 128, 64, 20, false}, 4, type),
            evaluate(GemmShape{128, 128, 64, 80, false}, 1, type));
  EXPECT_EQ(evaluate(GemmShape{128, 128, 64, 20, false}, 1, type).cycles,
            20 * evaluate(GemmShape{128, 128, 64, 1, false}, 1, type).cycles);
}

TEST(MaestroEngine, GroupsRunOneAfterTheOther) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const LayerCost group = evaluate(ConvolutionShape{1, 4, 4, 56, 56, 3, 3, 1, 1, 1, 1}, 1, type);
  const LayerCost all = evaluate(ConvolutionShape{32, 128, 128, 56, 56, 3, 3, 1, 1, 1, 1}, 1, type);
  EXPECT_EQ(all.cycles, 32 * group.cycles);
  EXPECT_DOUBLE_EQ(all.energy.mac, 32 * group.energy.mac);
  EXPECT_FALSE(all.substituted);
}

TEST(MaestroEngine, DepthwiseIsSubstituted) {
  const LayerCost cost =
      evaluate(ConvolutionShape{96, 96, 96, 56, 56, 3, 3, 2, 2, 1, 1}, 1, chiplet_type("kcp_ws"));
  EXPECT_TRUE(cost.substituted);
  EXPECT_DOUBLE_EQ(cost.energy.mac, 96.0 * 56 * 56 * 9 * 0.23e-12);
}

TEST(MaestroEngine, LayerThatCannotBeMappedIsSubstituted) {
  hardware::ChipletType type = chiplet_type("kcp_ws");
  type.dataflow.convolution[1].size = "64 / (65 - C)";  // no size for 65 channels, 1 for a single one
  const LayerCost cost = evaluate(ConvolutionShape{1, 2, 65, 8, 8, 1, 1, 1, 1, 1, 1}, 1, type);
  EXPECT_TRUE(cost.substituted);
  EXPECT_EQ(cost.cycles, 130 * evaluate(ConvolutionShape{1, 1, 1, 8, 8, 1, 1, 1, 1, 1, 1}, 1, type).cycles);
}

TEST(MaestroEngine, LayerThatWouldTakeNoTimeIsAnErrorIfNoSubstituteHelps) {
  // Columns in tiles of 10 with an offset of 8 over an input of 9 drop every step (B5), for one channel too.
  hardware::ChipletType type = chiplet_type("yxp_os");
  type.dataflow.convolution[3].size = "10";
  EXPECT_THAT(error_of(ConvolutionShape{1, 64, 64, 7, 7, 3, 3, 1, 1, 1, 1}, type), HasSubstr("take no time"));
  EXPECT_EQ(error_of(ConvolutionShape{1, 64, 64, 7, 7, 3, 3, 1, 1, 1, 1}, chiplet_type("yxp_os")),
            "no error");
}

TEST(MaestroEngine, HolesOfAFilterAndSkippedRowsCostNothing) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  EXPECT_EQ(evaluate(ConvolutionShape{1, 64, 64, 28, 28, 3, 3, 1, 1, 2, 2}, 1, type),
            evaluate(ConvolutionShape{1, 64, 64, 28, 28, 3, 3, 1, 1, 1, 1}, 1, type));
  EXPECT_EQ(evaluate(ConvolutionShape{1, 64, 64, 28, 28, 1, 1, 2, 2, 1, 1}, 1, type),
            evaluate(ConvolutionShape{1, 64, 64, 28, 28, 1, 1, 1, 1, 1, 1}, 1, type));
}

TEST(MaestroEngine, VectorLayersUseTheLanes) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const LayerCost cost = evaluate(VectorShape{1000}, 3, type);
  EXPECT_EQ(cost.cycles, 12);  // ceil(3000 / 256)
  EXPECT_DOUBLE_EQ(cost.energy.vector, 3000 * type.energy.vector_operation);
  EXPECT_DOUBLE_EQ(cost.energy.total(), cost.energy.vector);
  EXPECT_EQ(cost.tile_bytes, 0);
}

TEST(MaestroEngine, ErrorsNameLayerTypeAndLimit) {
  hardware::ChipletType type = chiplet_type("kcp_ws");
  type.l2_bytes = 70000;
  EXPECT_THAT(error_of(kWorkedExample, type), AllOf(HasSubstr("'layer'"), HasSubstr("'kcp_ws_4096'"),
                                                    HasSubstr("75008 B"), HasSubstr("70000 B")));
  EXPECT_THAT(error_of(kWorkedExample, chiplet_type("kcp_ws", 63)),
              HasSubstr("needs 64 PEs, the hardware has 63"));
  EXPECT_THAT(error_of(GemmShape{std::int64_t{1} << 31, 8, 8, 1, true}, chiplet_type("kcp_ws")),
              HasSubstr("2^30"));
}

TEST(MaestroEngine, UnknownEnginesAreNamed) {
  EXPECT_EQ(engine_names().front(), "maestro");
  try {
    make_engine("maestor");
    FAIL();
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'maestro'"));
  }
}

TEST(MaestroMapping, FoldsTokensOnDivisors) {
  EXPECT_EQ(maestro::folded_height(128), 16);
  EXPECT_EQ(maestro::folded_height(1024), 32);
  EXPECT_EQ(maestro::folded_height(127), 127);
  EXPECT_EQ(maestro::folded_height(1), 1);
  EXPECT_EQ(maestro::folded_height(12), 4);
}

}  // namespace
}  // namespace inlay::cost
