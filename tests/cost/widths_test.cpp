// Bit widths in the engines, the NoC's energy, what bounds a layer, and a cost table that is watched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "cost/fixtures.hpp"
#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "support/random_mappings.hpp"

namespace inlay::cost {
namespace {

using testing::HasSubstr;
using workload::ConvolutionShape;
using workload::GemmShape;
using workload::Precision;

LayerCost evaluate(const std::string& engine, const workload::Shape& shape, const Precision& precision,
                   const hardware::ChipletType& type) {
  workload::Layer layer = layer_of("layer", shape);
  layer.precision = precision;
  return make_engine(engine)->evaluate(layer, 1, type);
}

/// The worked example of docs/maestro.md, whose outputs leave complete.
const ConvolutionShape kExample{1, 64, 64, 54, 54, 3, 3, 1, 1, 1, 1};
constexpr double kInputs = 54.0 * 64 * (9 + 53 * 3);  // L2 reads
constexpr double kWeights = 64.0 * 64 * 9;
constexpr double kOutputs = 64.0 * 54 * 54;
constexpr double kMacs = 107495424;

TEST(Widths, EnergiesOfTheDataCentricEngineByHand) {
  hardware::ChipletType type = chiplet_type("kcp_ws");
  type.noc_hops = 3;
  type.energy.noc_hop = 1e-13;
  const LayerCost cost = evaluate("data-centric", kExample, {16, 4, 8, 32}, type);
  const double l2 = 2 * kInputs + 0.5 * kWeights + kOutputs;  // bytes
  // Per product an input, a weight, and a partial sum there and back; 64 clusters get copies of inputs.
  const double l1 = kMacs * (2 + 0.5 + 4 + 4) + 2 * 64 * kInputs + 0.5 * kWeights + 4 * kOutputs;
  EXPECT_DOUBLE_EQ(cost.energy.l2, l2 * type.energy.l2_access);
  EXPECT_DOUBLE_EQ(cost.energy.l1, l1 * type.energy.l1_access);
  EXPECT_DOUBLE_EQ(cost.energy.noc, l2 * 3 * 1e-13);
  EXPECT_DOUBLE_EQ(cost.energy.mac, kMacs * type.energy.mac);  // 16 x 4 = 8 x 8 bits
  EXPECT_EQ(cost.tile_bytes, 2 * (2 * 64 * 9 + 64 * 64 * 9 / 2 + 64));
  // Fill with 1152 + 18432 B at 256 B/cycle and two more hops; drain of 64 B.
  EXPECT_EQ(cost.cycles, 77 + 2 + 2916 * 9 + 1 + 2);
  EXPECT_EQ(cost.bound_by, BoundBy::kCompute);
}

TEST(Widths, TilesAreCheckedInBytes) {
  hardware::ChipletType type = chiplet_type("kcp_ws");
  type.l1_bytes = 38;  // twice 9 inputs, 9 weights and an output
  EXPECT_NO_THROW(evaluate("data-centric", kExample, {}, type));
  EXPECT_NO_THROW(evaluate("data-centric", kExample, {4, 4, 4, 32}, type)) << "twice 5 + 5 + 4 bytes";
  for (const Precision wide : {Precision{9, 8, 8, 8}, Precision{8, 16, 8, 8}, Precision{8, 8, 8, 9}}) {
    try {
      evaluate("data-centric", kExample, wide, type);
      ADD_FAILURE() << "is refused";
    } catch (const base::InfeasibleError& error) {
      EXPECT_THAT(error.what(), HasSubstr("the limit is 38 B"));
    }
  }
}

TEST(Widths, RooflineIsBelowTheDataCentricEngineAtAllWidths) {
  MappingGenerator generator(77);
  const auto data_centric = make_engine("data-centric");
  const auto roofline = make_engine("roofline");
  int compared = 0;
  std::set<BoundBy> bounds;
  for (int i = 0; i < 3000; ++i) {
    const RandomMapping mapping = generator.next();
    workload::Layer layer = layer_of("layer", mapping.shape);
    layer.precision = mapping.precision;
    hardware::ChipletType type = chiplet_type("kcp_ws");
    type.dataflow = mapping.dataflow;
    type.pes = mapping.pes;
    type.noc_bytes_per_cycle = mapping.bandwidth;
    type.noc_hops = mapping.hops;
    type.energy.noc_hop = 1e-13;
    type.l1_bytes = type.l2_bytes = 1 << 20;
    const LayerCost cost = data_centric->evaluate(layer, mapping.mini_batch, type);
    const LayerCost bound = roofline->evaluate(layer, mapping.mini_batch, type);
    // An accumulator that is narrower than the output would hold less than the roofline counts.
    if (mapping.precision.accumulator < mapping.precision.outputs) {
      continue;
    }
    ++compared;
    bounds.insert(cost.bound_by);
    constexpr double kRounding = 1 + 1e-12;
    ASSERT_LE(bound.cycles, cost.cycles) << mapping.text();
    ASSERT_LE(bound.energy.mac, cost.energy.mac * kRounding) << mapping.text();
    ASSERT_LE(bound.energy.l1, cost.energy.l1 * kRounding) << mapping.text();
    ASSERT_LE(bound.energy.l2, cost.energy.l2 * kRounding) << mapping.text();
    ASSERT_LE(bound.energy.noc, cost.energy.noc * kRounding) << mapping.text();
  }
  EXPECT_GT(compared, 1000);
  EXPECT_EQ(bounds, (std::set<BoundBy>{BoundBy::kCompute, BoundBy::kNocIn, BoundBy::kNocOut}));
}

TEST(Widths, NarrowWeightsSpeedUpWhatTheNetworkHoldsUp) {
  hardware::ChipletType type = chiplet_type("kcp_ws");
  type.noc_bytes_per_cycle = 16;
  const GemmShape one_row{1, 4096, 4096, 1, true};  // every weight is used once
  const LayerCost wide = evaluate("data-centric", one_row, {8, 8, 8, 8}, type);
  const LayerCost narrow = evaluate("data-centric", one_row, {8, 4, 8, 8}, type);
  EXPECT_EQ(wide.bound_by, BoundBy::kNocIn);
  EXPECT_NEAR(static_cast<double>(wide.cycles) / static_cast<double>(narrow.cycles), 2.0, 0.05);
  EXPECT_EQ(evaluate("maestro", one_row, {8, 4, 8, 8}, type), evaluate("maestro", one_row, {}, type));
}

TEST(Widths, LayersOfOneShapeAndSeveralWidthsAreSeveralClasses) {
  workload::Scenario scenario;
  scenario.models.push_back({"m", {}, 2});
  auto& layers = scenario.models[0].model.layers;
  for (int i = 0; i < 4; ++i) {
    layers.push_back(layer_of("layer" + std::to_string(i), kExample));
  }
  layers[1].precision.weights = 4;
  layers[3].precision.weights = 4;
  const CostTable table = build_cost_table(scenario, {chiplet_type("kcp_ws")}, *make_engine("data-centric"));
  EXPECT_EQ(table.models[0].class_of, (std::vector<int>{0, 1, 0, 1}));
  EXPECT_LT(table.models[0].at(1, 0, 0).energy.l2, table.models[0].at(0, 0, 0).energy.l2);
}

TEST(CostWatch, IsToldOfEveryCallAndCanEndThem) {
  workload::Scenario scenario;
  scenario.models.push_back({"resnet", {}, 4});
  scenario.models.back().model.layers = resnet50();
  const std::vector<hardware::ChipletType> types = {chiplet_type("kcp_ws"), chiplet_type("ykc_os")};
  const auto engine = make_engine("roofline");
  std::set<std::size_t> told;
  std::size_t all = 0;
  CostWatch watch;
  watch.progress = [&](std::size_t done, std::size_t of) {
    told.insert(done);
    all = of;
  };
  build_cost_table(scenario, types, *engine, 2, nullptr, watch);
  EXPECT_EQ(told.size(), all);
  EXPECT_GT(all, 50U);
  std::atomic<bool> interrupted{false};
  watch.interrupted = &interrupted;
  watch.progress = [&](std::size_t done, std::size_t) { interrupted = done >= 10; };
  try {
    build_cost_table(scenario, types, *engine, 1, nullptr, watch);
    ADD_FAILURE() << "ends";
  } catch (const base::InfeasibleError& error) {
    EXPECT_EQ(std::string(error.what()), "interrupted after 11 of " + std::to_string(all) + " layer costs");
  }
}

}  // namespace
}  // namespace inlay::cost
