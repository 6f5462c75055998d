// Rule B1: how often an output is written, counted by hand.
#include "inlay/studies/repeated_writes.hpp"

#include <gtest/gtest.h>

#include "inlay/cost/engines.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/studies/monolith/type_costs.hpp"

namespace inlay::studies {
namespace {

hardware::ChipletType chiplet(const std::string& dataflow) {
  hardware::ChipletType type = hardware::load_chiplet_type("nvdla-ws-4096");
  type.dataflow = hardware::find_dataflow(dataflow);
  return type;
}

workload::Layer convolution(std::int64_t in_channels, std::int64_t out_channels) {
  workload::Layer layer;
  layer.name = "convolution";
  layer.shape = workload::ConvolutionShape{1, out_channels, in_channels, 14, 14, 3, 3, 1, 1, 1, 1};
  return layer;
}

TEST(RepeatedWrites, WeightStationaryWritesOncePerSixtyFourInputChannels) {
  const hardware::ChipletType type = chiplet("kcp_ws");
  const double outputs = 64 * 14 * 14;
  EXPECT_DOUBLE_EQ(repeated_write_energy(convolution(64, 64), 1, type), 0.0);
  EXPECT_DOUBLE_EQ(repeated_write_energy(convolution(128, 64), 1, type), outputs * type.energy.l2_access);
  EXPECT_DOUBLE_EQ(repeated_write_energy(convolution(256, 64), 1, type), 3 * outputs * type.energy.l2_access);
}

TEST(RepeatedWrites, OutputStationaryWritesOncePerInputChannel) {
  const hardware::ChipletType type = chiplet("ykp_os");
  const double outputs = 16 * 14 * 14;
  EXPECT_DOUBLE_EQ(repeated_write_energy(convolution(1, 16), 1, type), 0.0);
  EXPECT_DOUBLE_EQ(repeated_write_energy(convolution(32, 16), 1, type), 31 * outputs * type.energy.l2_access);
}

TEST(RepeatedWrites, BatchesRepeatConvolutions) {
  const hardware::ChipletType type = chiplet("ykp_os");
  EXPECT_DOUBLE_EQ(repeated_write_energy(convolution(32, 16), 5, type),
                   5 * repeated_write_energy(convolution(32, 16), 1, type));
}

TEST(RepeatedWrites, VectorLayersHaveNone) {
  workload::Layer layer;
  layer.shape = workload::VectorShape{1000};
  EXPECT_EQ(repeated_write_energy(layer, 1, chiplet("ykp_os")), 0.0);
}

/// Two layers of one shape and one of another, batch 5.
workload::Scenario scenario() {
  workload::Model model;
  model.name = "m";
  model.layers = {convolution(32, 16), convolution(32, 16), convolution(128, 64)};
  return {"s", "", {{"m", model, 5}}, ""};
}

TEST(RepeatedWrites, OfASchedulesAreThoseOfItsStages) {
  const workload::Scenario example = scenario();
  const auto engine = cost::make_engine("maestro");
  monolith::TypeCosts costs(example, *engine);
  hardware::Package package;
  package.types = {chiplet("kcp_ws"), chiplet("ykp_os")};
  package.chiplets = {{"c0", 0, 0, 0}, {"c1", 1, 0, 1}};
  // Mini-batches of 2: three of them, the last one in full.
  const schedule::Schedule schedule = {{{{{0, 2, {{0, 1, 1}, {1, 3, 0}}}}}}, true};
  const auto& layers = example.models[0].model.layers;
  const double expected = 3 * (repeated_write_energy(layers[0], 2, package.types[1]) +
                               repeated_write_energy(layers[1], 2, package.types[0]) +
                               repeated_write_energy(layers[2], 2, package.types[0]));
  EXPECT_GT(expected, 0.0);
  EXPECT_DOUBLE_EQ(costs.repeated_writes(package, schedule), expected);
}

TEST(TypeCosts, JoinedColumnsAreTheTableOfAllTypes) {
  const workload::Scenario example = scenario();
  const auto engine = cost::make_engine("maestro");
  const std::vector<hardware::ChipletType> types = {chiplet("kcp_ws"), chiplet("ykp_os"), chiplet("ykc_os")};
  monolith::TypeCosts costs(example, *engine);
  const cost::CostTable whole = cost::build_cost_table(example, types, *engine, 1);
  const cost::CostTable joined = costs.table(types);
  ASSERT_EQ(joined.models.size(), 1U);
  EXPECT_EQ(joined.models[0].entries, whole.models[0].entries);
  EXPECT_EQ(joined.models[0].mini_batches, whole.models[0].mini_batches);
  EXPECT_EQ(joined.models[0].class_of, whole.models[0].class_of);
  EXPECT_EQ(joined.models[0].types, 3);
}

}  // namespace
}  // namespace inlay::studies
