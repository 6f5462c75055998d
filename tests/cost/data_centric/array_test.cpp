// The engine data-centric on chiplet types with an array: worked by hand, and rules that hold for every
// layer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cost/fixtures.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/chiplet_type.hpp"

namespace inlay::cost {
namespace {

using ::testing::HasSubstr;

constexpr std::array kMachines = {"systolic-ws-16", "systolic-os-16", "tpu-v1",
                                  "eyeriss",        "nvdla-2048",     "simba-1024"};

workload::Layer layer_of(const workload::Shape& shape) {
  workload::Layer layer;
  layer.name = "mine";
  layer.shape = shape;
  return layer;
}

workload::Layer convolution(std::int64_t k, std::int64_t c, std::int64_t size, std::int64_t taps) {
  return layer_of(workload::ConvolutionShape{1, k, c, size, size, taps, taps, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1});
}

TEST(ArrayEngine, AWeightStationaryArrayStreamsPixelsPastEachBlockOfWeights) {
  // 32 x 32 channels, 3 x 3, 8 x 8 pixels: 2 x 2 blocks of 9 taps, 64 cycles each. Fill: the first 64 pixels
  // of 16 channels and 256 weights over 64 B/cycle, 16 cycles to shift them in; drain: the skew and 16 x 64
  // outputs over 64 B/cycle.
  const hardware::ChipletType type = hardware::load_chiplet_type("systolic-ws-16");
  const LayerCost cost = make_engine("data-centric")->evaluate(convolution(32, 32, 8, 3), 1, type);
  EXPECT_EQ(cost.cycles, (64 * 16 + 256) / 64 + 16 + 2 * 2 * 9 * 64 + 38 + 16 * 64 / 64);
  EXPECT_EQ(cost.bound_by, BoundBy::kCompute);
}

TEST(ArrayEngine, FewPixelsAreBoundByTheExchangeOfWeights) {
  // One pixel: 16 cycles to shift in each block's weights beside one cycle of computing.
  const hardware::ChipletType type = hardware::load_chiplet_type("systolic-ws-16");
  const LayerCost cost =
      make_engine("data-centric")->evaluate(layer_of(workload::GemmShape{1, 64, 64, 1, true}), 1, type);
  EXPECT_GE(cost.cycles, 16 * 16);
  EXPECT_LE(cost.cycles, 16 * 16 + 80);
  hardware::ChipletType exposed = type;
  exposed.array->exchange_hidden = false;
  EXPECT_GT(make_engine("data-centric")
                ->evaluate(layer_of(workload::GemmShape{1, 64, 64, 1, true}), 1, exposed)
                .cycles,
            cost.cycles);
}

TEST(ArrayEngine, AnOutputStationaryArrayDrainsEachTile) {
  // 16 x 16 outputs of 64 products: 64 + 30 of skew + 16 to shift out, and the fill of the first operands.
  const hardware::ChipletType type = hardware::load_chiplet_type("systolic-os-16");
  const LayerCost one =
      make_engine("data-centric")->evaluate(layer_of(workload::GemmShape{16, 16, 64, 1, true}), 1, type);
  const LayerCost two =
      make_engine("data-centric")->evaluate(layer_of(workload::GemmShape{32, 16, 64, 1, true}), 1, type);
  EXPECT_GE(one.cycles, 64 + 30 + 16);
  EXPECT_GE(two.cycles - one.cycles, 64 + 30 + 16);
}

TEST(ArrayEngine, Im2colRunsAConvolutionAsItsProduct) {
  hardware::ChipletType type = hardware::load_chiplet_type("tpu-v1");
  const auto engine = make_engine("data-centric");
  const LayerCost patches = engine->evaluate(convolution(64, 48, 14, 3), 2, type);
  const LayerCost product =
      engine->evaluate(layer_of(workload::GemmShape{14 * 14, 64, 48 * 9, 1, true}), 2, type);
  EXPECT_EQ(patches.cycles, product.cycles);
  EXPECT_EQ(patches.energy, product.energy);
  type.array->im2col = false;
  EXPECT_NE(engine->evaluate(convolution(64, 48, 14, 3), 2, type).energy, patches.energy);
}

TEST(ArrayEngine, NoMachineIsFasterThanItsPeakAndAnArrayNeverHelps) {
  const auto engine = make_engine("data-centric");
  for (const char* machine : kMachines) {
    const hardware::ChipletType type = hardware::load_chiplet_type(machine);
    for (const workload::Layer& layer :
         {convolution(96, 3, 14, 7), convolution(32, 64, 13, 3), convolution(70, 33, 9, 1),
          layer_of(workload::GemmShape{5, 70, 90, 2, true})}) {
      const LayerCost cost = engine->evaluate(layer, 1, type);
      EXPECT_GE(cost.cycles * type.pes, workload::macs(layer.shape)) << machine << " " << layer.name;
      EXPECT_LE(cost.utilisation, 1.0);
      EXPECT_GT(cost.energy.total(), 0.0);
      EXPECT_LE(cost.tile_bytes, type.l2_bytes) << machine;
    }
  }
}

TEST(ArrayEngine, ATileMustFitTheAccumulator) {
  hardware::ChipletType type = hardware::load_chiplet_type("systolic-ws-16");
  type.array->accumulator_bytes = 2 * 16 - 1;  // 16 sums of 8 bits, twice
  try {
    make_engine("data-centric")->evaluate(convolution(32, 32, 8, 3), 1, type);
    FAIL();
  } catch (const base::InfeasibleError& error) {
    EXPECT_THAT(error.what(), HasSubstr("no sizes fit"));
  }
  type.array->accumulator_bytes = 2 * 16;
  const LayerCost tight = make_engine("data-centric")->evaluate(convolution(32, 32, 8, 3), 1, type);
  EXPECT_GT(tight.cycles,
            make_engine("data-centric")
                ->evaluate(convolution(32, 32, 8, 3), 1, hardware::load_chiplet_type("systolic-ws-16"))
                .cycles);
}

TEST(ArrayEngine, OffChipTransfersAreALowerBoundOfTheLayersTime) {
  hardware::ChipletType type = hardware::load_chiplet_type("systolic-ws-16");
  const workload::Layer layer = layer_of(workload::GemmShape{1, 512, 512, 1, true});
  const std::int64_t alone = make_engine("data-centric")->evaluate(layer, 1, type).cycles;
  type.offchip = hardware::Offchip{};
  type.offchip->bytes_per_cycle = 4;
  EXPECT_EQ(make_engine("data-centric")->evaluate(layer, 1, type).cycles, (512 * 512 + 512 + 512) / 4);
  type.offchip->bytes_per_cycle = 4096;
  EXPECT_EQ(make_engine("data-centric")->evaluate(layer, 1, type).cycles, alone);
}

}  // namespace
}  // namespace inlay::cost
