// Known answers that need no shared files: the worked example of docs/maestro.md, and single rules and bugs.
#include <gtest/gtest.h>

#include <numeric>

#include "inlay/cost/maestro/csv.hpp"
#include "inlay/cost/maestro/energy.hpp"

namespace inlay::cost::maestro {
namespace {

MappedLayer layer_of(LayerKind kind, std::initializer_list<std::pair<Dimension, int>> sizes) {
  MappedLayer layer;
  layer.kind = kind;
  layer.sizes.fill(1);
  for (const auto& [dimension, size] : sizes) {
    layer.sizes[dimension] = size;
  }
  return layer;
}

void add_level(MappedLayer& layer, std::initializer_list<MappedDirective> directives, int cluster = 0) {
  layer.cluster_sizes[layer.levels] = cluster;
  for (const MappedDirective& directive : directives) {
    layer.directives[layer.levels].push_back(directive);
  }
  ++layer.levels;
}

/// Resnet50_kcp_ws CONV2_1_2.
MappedLayer worked_example() {
  MappedLayer layer =
      layer_of(LayerKind::kConvolution, {{kK, 64}, {kC, 64}, {kR, 3}, {kS, 3}, {kY, 56}, {kX, 56}});
  add_level(layer, {{true, kK, 1, 1},
                    {false, kC, 64, 64},
                    {false, kR, 3, 3},
                    {false, kS, 3, 3},
                    {false, kY, 3, 1},
                    {false, kX, 3, 1}});
  add_level(layer,
            {{true, kC, 1, 1}, {false, kY, 3, 1}, {false, kX, 3, 1}, {false, kR, 3, 3}, {false, kS, 3, 3}},
            64);
  return layer;
}

const Hardware kHardware{4096, 256, 1, 70000, 1};

TEST(Maestro, WorkedExample) {
  const Analysis analysis = analyse(worked_example(), kHardware);
  EXPECT_EQ(analysis.runtime, 40971);
  EXPECT_EQ(analysis.macs, 107495424);
  EXPECT_EQ(analysis.accesses[kInput].l2_read, 580608);
  EXPECT_EQ(analysis.accesses[kWeight].l2_read, 36864);
  EXPECT_EQ(analysis.accesses[kOutput].l2_write, 186624);
  EXPECT_EQ(analysis.l2_request, (std::array<std::int64_t, 3>{2 * 576, 2 * 36864, 2 * 64}));
  EXPECT_EQ(analysis.ingress.highest, 147);
  EXPECT_EQ(analysis.compute, (Delay{14, 14, 14}));
  EXPECT_NEAR(total_energy(analysis), 8.5376e8, 5e3);
  EXPECT_NEAR(total_energy(analysis) * 0.23e-6, 196.4, 0.05);  // uJ
  CsvWriter writer(kHardware);
  EXPECT_NE(writer.row("n", "l", analysis).find(",4096,40971,4458.63,"), std::string::npos);
}

TEST(Maestro, EnergyColumnShowsTheLayerBefore) {  // B14
  const Analysis analysis = analyse(worked_example(), kHardware);
  CsvWriter writer(kHardware);
  const std::string first = writer.row("n", "l", analysis);
  const std::string second = writer.row("n", "l", analysis);
  EXPECT_NE(first.find(",4458.63,"), std::string::npos);
  const double l1 = 0.00023 * 1.68 * static_cast<double>(sum_accesses(analysis).l1);
  EXPECT_GT(l1, 1e5);
  EXPECT_EQ(second.find(",4458.63,"), std::string::npos);
}

/// A product whose K loop is innermost and not tiled: the outputs stay in the PEs.
MappedLayer output_stationary_gemm() {
  MappedLayer layer = layer_of(LayerKind::kGemm, {{kM, 4}, {kN, 3}, {kK, 10}});
  add_level(layer, {{false, kN, 1, 1}, {true, kM, 1, 1}, {false, kK, 1, 1}});
  return layer;
}

TEST(Maestro, OutputsLeaveAtEveryStep) {  // B1
  const Analysis analysis = analyse(output_stationary_gemm(), {4, 1000, 1, 70000, 1});
  EXPECT_EQ(analysis.accesses[kOutput].l2_write, 4 * 3 * 10);
  EXPECT_EQ(analysis.accesses[kOutput].l2_read, 4 * 3);
}

TEST(Maestro, ReloadsAfterAWrapAroundAreMissing) {  // B2
  const Analysis analysis = analyse(output_stationary_gemm(), {4, 1000, 1, 70000, 1});
  // With N outermost the 4 x 10 input would be read once per column of the weight; when N advances and K
  // restarts its first tile is not charged: 10 steps of 4, then 2 x 9 steps.
  EXPECT_EQ(analysis.accesses[kInput].l2_read, 4 * 10 + 2 * 4 * 9);
}

TEST(Maestro, OffchipTimeIsAFullTilePerStep) {  // B3
  const Analysis unlimited = analyse(worked_example(), kHardware);
  const Analysis limited = analyse(worked_example(), {4096, 256, 1, 64, 1});
  const std::int64_t per_step = 2 * (576 + 36864) / 64 / 2;
  EXPECT_EQ(limited.runtime, per_step * 2916);
  EXPECT_EQ(limited.accesses, unlimited.accesses);
}

TEST(Maestro, TemporalEdgeTilesMoveAsFullOnes) {  // B4
  MappedLayer layer = layer_of(LayerKind::kGemm, {{kM, 4}, {kN, 1}, {kK, 10}});
  add_level(layer, {{true, kM, 1, 1}, {false, kK, 8, 8}});
  const Analysis analysis = analyse(layer, {4, 1000, 1, 70000, 1});
  EXPECT_EQ(analysis.accesses[kInput].l2_read, 4 * (8 + 8));
  EXPECT_EQ(analysis.macs, 4 * 10);
}

TEST(Maestro, TileOneOffsetShorterThanTheInputDropsTheLayer) {  // B5: o <= D < m
  MappedLayer layer = layer_of(LayerKind::kConvolution, {{kR, 3}, {kS, 3}, {kY, 9}, {kX, 9}});
  add_level(layer, {{true, kY, 3, 1}, {false, kX, 10, 8}, {false, kR, 3, 3}, {false, kS, 3, 3}});
  const Analysis analysis = analyse(layer, {16, 256, 1, 70000, 1});
  EXPECT_FALSE(analysis.valid);
  EXPECT_EQ(analysis.runtime, 0);
}

TEST(Maestro, OccurrencesWrapUnlessTheyAreCountedExactly) {  // B8
  MappedLayer layer = layer_of(LayerKind::kGemm, {{kM, 4}, {kN, 70001}, {kK, 70001}});
  add_level(layer, {{true, kM, 1, 1}, {false, kN, 1, 1}, {false, kK, 1, 1}});
  const Hardware hardware{4, 1000, 1, 70000, 1};
  EXPECT_EQ(analyse(layer, hardware, Occurrences::kExact64).macs, 4LL * 70001 * 70001);
  const std::int64_t wrapped = 70000LL * 70000 - (1LL << 32);
  EXPECT_EQ(analyse(layer, hardware).macs, 4 * (1 + 70000 + 70000 + wrapped));
  layer.sizes[kN] = 60001;  // 4.2e9 wraps to a negative number
  EXPECT_THROW(analyse(layer, hardware), base::InfeasibleError);
}

TEST(Maestro, GroupedOutputDependsOnTheInputChannel) {  // B9
  MappedLayer layer = layer_of(LayerKind::kGrouped, {{kG, 2}, {kK, 3}, {kC, 5}, {kY, 4}, {kX, 4}});
  add_level(layer, {{true, kK, 1, 1}});
  EXPECT_EQ(analyse(layer, {3, 1000, 1, 70000, 1}).accesses[kOutput].l2_read, 2 * 3 * 5 * 16);
}

TEST(Maestro, InnerLevelsPayTheirFillAtEveryStep) {  // B13
  MappedLayer layer = layer_of(LayerKind::kConvolution, {{kK, 64}, {kC, 64}, {kY, 8}, {kX, 8}});
  add_level(layer, {{true, kK, 1, 1}, {false, kC, 64, 64}, {false, kY, 1, 1}, {false, kX, 1, 1}});
  add_level(layer, {{true, kC, 1, 1}}, 64);
  const Analysis analysis = analyse(layer, kHardware);
  EXPECT_EQ(analysis.compute, (Delay{2, 2, 2}));  // one multiplication and one cycle for 128 words
  EXPECT_EQ(analyse(layer, {4096, 64, 1, 70000, 1}).compute.lowest, 3);
}

TEST(Maestro, RefusesWhatMaestroRefuses) {
  MappedLayer depthwise = layer_of(LayerKind::kDepthwise, {{kC, 8}, {kY, 4}, {kX, 4}});
  add_level(depthwise, {{true, kK, 1, 1}, {false, kC, 8, 8}});
  add_level(depthwise, {{true, kC, 1, 1}}, 8);
  EXPECT_THROW(analyse(depthwise, kHardware), base::InfeasibleError);  // B15
  EXPECT_THROW(analyse(worked_example(), {63, 256, 1, 70000, 1}), base::InfeasibleError);
  EXPECT_THROW(analyse(worked_example(), {4096, 0, 1, 70000, 1}), base::InfeasibleError);
  EXPECT_THROW(analyse(worked_example(), {std::int64_t{1} << 31, 256, 1, 70000, 1}), base::InfeasibleError);
  MappedLayer unparallel = layer_of(LayerKind::kGemm, {{kM, 4}});
  add_level(unparallel, {{false, kM, 1, 1}});
  EXPECT_THROW(analyse(unparallel, kHardware), base::InfeasibleError);
  MappedLayer partial_filter = layer_of(LayerKind::kConvolution, {{kR, 3}, {kS, 3}, {kY, 9}, {kX, 9}});
  add_level(partial_filter, {{true, kY, 3, 1}, {false, kR, 1, 1}});
  EXPECT_THROW(analyse(partial_filter, kHardware), base::InfeasibleError);
}

TEST(Maestro, UnitsLeftOverByTheClustersAreIdle) {
  const Analysis analysis = analyse(worked_example(), {100, 256, 1, 70000, 1});
  EXPECT_EQ(analysis.average_pes, 64.0);
}

}  // namespace
}  // namespace inlay::cost::maestro
