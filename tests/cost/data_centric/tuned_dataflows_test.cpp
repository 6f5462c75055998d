// The shipped dataflows with free sizes, on the layers of ResNet-50 and GPT-2 large.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cost/fixtures.hpp"
#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/data_centric/tile_search.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "support/loop_nest_simulator.hpp"

namespace inlay::cost {
namespace {

struct Shipped {
  const char* name;
  std::int64_t pes;
};
constexpr std::array<Shipped, 3> kWeightStationary = {
    {{"ws_tuned", 4096}, {"ws_tuned", 256}, {"ws_tuned128", 16384}}};

std::vector<workload::Layer> layers() {
  std::vector<workload::Layer> all;
  for (auto source : {resnet50(), gpt2_block(1280, 128)}) {
    for (workload::Layer& layer : source) {
      const auto same = [&](const workload::Layer& other) { return other.shape == layer.shape; };
      if (std::none_of(all.begin(), all.end(), same)) {
        all.push_back(std::move(layer));
      }
    }
  }
  return all;
}

double objective(const LayerCost& cost, Tuning tuning) {
  return data_centric::rank_of(cost, tuning).objective;
}

/// What stands in for the output-stationary ones keeps no outputs in place and may be cheaper.
TEST(TunedDataflows, NeverCostMoreThanTheFixedOnesThatAreAmongTheirChoices) {
  for (const Shipped& shipped : kWeightStationary) {
    const hardware::ChipletType type = chiplet_type(shipped.name, shipped.pes);
    const auto fixed = make_engine("data-centric", Tuning::kNone);
    for (const Tuning tuning : {Tuning::kLatency, Tuning::kEnergy, Tuning::kEdp}) {
      const auto engine = make_engine("data-centric", tuning);
      for (const workload::Layer& layer : layers()) {
        const LayerCost tuned = engine->evaluate(layer, 1, type);
        try {
          EXPECT_LE(objective(tuned, tuning), objective(fixed->evaluate(layer, 1, type), tuning))
              << shipped.name << " " << layer.name << " for " << engine->tuning_objective();
        } catch (const base::InfeasibleError&) {
          // The fixed one does not fit at all.
        }
      }
    }
  }
}

TEST(TunedDataflows, EachObjectiveIsServedBestByItsOwnTuning) {
  const hardware::ChipletType type = chiplet_type("ws_tuned");
  const auto latency = make_engine("data-centric", Tuning::kLatency);
  const auto energy = make_engine("data-centric", Tuning::kEnergy);
  int different = 0;
  for (const workload::Layer& layer : layers()) {
    const LayerCost fast = latency->evaluate(layer, 1, type);
    const LayerCost frugal = energy->evaluate(layer, 1, type);
    EXPECT_LE(fast.cycles, frugal.cycles) << layer.name;
    EXPECT_LE(frugal.energy.total(), fast.energy.total()) << layer.name;
    different += fast == frugal ? 0 : 1;
  }
  EXPECT_GT(different, 5);
}

/// A small layer under the sizes that are chosen for it, walked step by step.
void expect_walked(const data_centric::Mapping& mapping, const hardware::ChipletType& type) {
  const data_centric::Tuned tuned = tune(mapping, {}, type, Tuning::kEdp);
  const data_centric::LoopNest nest = mapping.nest(tuned.sizes);
  const data_centric::Network network{type.noc_bytes_per_cycle, type.noc_hops};
  EXPECT_EQ(tuned.analysis, data_centric::LoopNestSimulator(nest, network).run()) << type.name;
  if (type.dataflow.stationary == "output") {
    EXPECT_EQ(tuned.analysis.partial_sums, 0) << type.name;
  } else {
    const auto& extent = nest.extent;
    EXPECT_EQ(tuned.analysis.accesses[data_centric::kWeight].l2_read,
              extent[data_centric::kK] * extent[data_centric::kC] * extent[data_centric::kR] *
                  extent[data_centric::kS])
        << type.name;
  }
}

TEST(TunedDataflows, AreCountedAsTheWalkDoesAndKeepWhatTheyName) {
  for (const char* name : {"ws_tuned", "ws_tuned128", "os_tuned", "os_tuned_small", "os_tuned_wide"}) {
    hardware::ChipletType type = chiplet_type(name);
    type.pes = 2048;
    type.l1_bytes = 64;  // so tight that not all of a layer fits its PEs
    type.noc_bytes_per_cycle = 7;
    const workload::ConvolutionShape convolution{1, 9, 10, 5, 6, 3, 3, 2, 1, 1, 1};
    expect_walked(data_centric::Mapping(convolution, 1, type.dataflow, type.pes, true), type);
    const workload::GemmShape product{13, 11, 140, 1, true};
    expect_walked(data_centric::Mapping(product, 2, type.dataflow, type.pes, true), type);
  }
}

TEST(TunedDataflows, OtherEnginesTakeTheFixedOnes) {
  const auto maestro = make_engine("maestro");
  const hardware::ChipletType tuned = chiplet_type("os_tuned");
  hardware::ChipletType fixed = tuned;
  fixed.dataflow = dataflow::untuned(tuned.dataflow);
  for (const workload::Layer& layer : layers()) {
    EXPECT_EQ(maestro->evaluate(layer, 2, tuned), maestro->evaluate(layer, 2, fixed)) << layer.name;
  }
}

TEST(TunedDataflows, ChosenSizesAreTold) {
  const auto engine = make_engine("data-centric", Tuning::kEdp);
  const workload::Layer layer = layer_of("product", workload::GemmShape{128, 768, 3072, 1, true});
  EXPECT_THAT(engine->tiling(layer, 1, chiplet_type("ws_tuned")),
              ::testing::MatchesRegex("N .*, K .*, M .*"));
  EXPECT_EQ(engine->tiling(layer, 1, chiplet_type("kcp_ws")), "");
  EXPECT_EQ(make_engine("data-centric", Tuning::kNone)->tiling(layer, 1, chiplet_type("ws_tuned")), "");
  EXPECT_EQ(make_engine("maestro")->tiling(layer, 1, chiplet_type("ws_tuned")), "");
}

TEST(TunedDataflows, CacheKeepsObjectivesApartAndIsWorthItForFreeSizesOnly) {
  const auto engine = make_engine("data-centric", Tuning::kEnergy);
  EXPECT_EQ(engine->tuning_objective(), "energy");
  EXPECT_TRUE(engine->worth_caching(chiplet_type("ws_tuned")));
  EXPECT_FALSE(engine->worth_caching(chiplet_type("kcp_ws")));
  EXPECT_FALSE(make_engine("data-centric", Tuning::kNone)->worth_caching(chiplet_type("ws_tuned")));
}

TEST(TunedDataflows, WhatFitsNowhereIsRefusedWithTheLimits) {
  hardware::ChipletType type = chiplet_type("os_tuned");
  type.l1_bytes = 5;  // an input, a weight and an output, each twice, need 6
  const workload::Layer layer =
      layer_of("pointwise", workload::ConvolutionShape{1, 8, 8, 4, 4, 1, 1, 1, 1, 1, 1});
  try {
    make_engine("data-centric", Tuning::kEdp)->evaluate(layer, 1, type);
    FAIL() << "nothing fits 5 B";
  } catch (const base::InfeasibleError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("5 B of L1"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("pointwise"));
  }
  type.l1_bytes = 6;
  EXPECT_GT(make_engine("data-centric", Tuning::kEdp)->evaluate(layer, 1, type).cycles, 0);
}

}  // namespace
}  // namespace inlay::cost
