// The engine data-centric: figures worked out by hand, what it refuses, and the shipped dataflows on all
// shipped models.
#include "inlay/cost/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "cost/fixtures.hpp"
#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/workload/model_file.hpp"
#include "support/loop_nest_simulator.hpp"

namespace inlay::cost {
namespace {

using data_centric::Analysis;
using data_centric::kInput;
using data_centric::kOutput;
using data_centric::kWeight;
using testing::AllOf;
using testing::HasSubstr;
using workload::ConvolutionShape;
using workload::GemmShape;

LayerCost evaluate(const workload::Shape& shape, std::int64_t mini_batch, const hardware::ChipletType& type) {
  return make_engine("data-centric")->evaluate(layer_of("layer", shape), mini_batch, type);
}

data_centric::LoopNest nest_of(const workload::Shape& shape, std::int64_t mini_batch,
                               const hardware::ChipletType& type) {
  if (const auto* product = std::get_if<GemmShape>(&shape)) {
    return data_centric::map_layer(*product, mini_batch, type.dataflow, type.pes);
  }
  return data_centric::map_layer(std::get<ConvolutionShape>(shape), mini_batch, type.dataflow, type.pes);
}

Analysis analyse(const workload::Shape& shape, std::int64_t mini_batch, const hardware::ChipletType& type) {
  return data_centric::analyse(nest_of(shape, mini_batch, type), {type.noc_bytes_per_cycle, type.noc_hops});
}

std::string error_of(const workload::Shape& shape, const hardware::ChipletType& type) {
  try {
    evaluate(shape, 1, type);
  } catch (const base::InfeasibleError& error) {
    return error.what();
  }
  return "no error";
}

hardware::ChipletType with(hardware::ChipletType type, const std::string& directives) {
  type.dataflow = dataflow::read_dataflow(
      base::YamlNode::parse("name: mine\ndescription: x\nsource: x\nstationary: weight\n"
                            "gemm: {as: convolution, tokens: column}\nconvolution: [" +
                                directives + "]\n",
                            "mine.yaml"));
  return type;
}

/// The worked example of docs/maestro.md: 64 clusters of 64 PEs, a pair of channels each, 54 x 54 steps.
const ConvolutionShape kWorkedExample{1, 64, 64, 54, 54, 3, 3, 1, 1, 1, 1};

TEST(DataCentricEngine, WorkedExample) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const LayerCost cost = evaluate(kWorkedExample, 1, type);
  // Windows of 3 x 3 places in 64 channels; along a row, one new column each. All 64 clusters get the same.
  const double inputs = 54.0 * 64 * (9 + 53 * 3);
  const double weights = 64.0 * 64 * 9;
  const double outputs = 64.0 * 54 * 54;
  const double macs = 107495424;
  // Fill with 576 + 36864 B at 256 B/cycle, 2916 steps of 9 products, drain of 64 B.
  EXPECT_EQ(cost.cycles, 147 + 2916 * 9 + 1);
  EXPECT_DOUBLE_EQ(cost.energy.mac, macs * type.energy.mac);
  EXPECT_DOUBLE_EQ(cost.energy.l2, (inputs + weights + outputs) * type.energy.l2_access);
  EXPECT_DOUBLE_EQ(cost.energy.l1, (4 * macs + 64 * inputs + weights + outputs) * type.energy.l1_access);
  EXPECT_EQ(cost.tile_bytes, 2 * (64 * 9 + 64 * 64 * 9 + 64));
  EXPECT_DOUBLE_EQ(cost.utilisation, macs / (147 + 2916 * 9 + 1) / 4096);
  EXPECT_EQ(cost.energy.noc, 0.0);
  EXPECT_EQ(cost.energy.vector, 0.0);
  EXPECT_FALSE(cost.substituted);
}

TEST(DataCentricEngine, WeightsStayThroughABatch) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const Analysis one = analyse(kWorkedExample, 1, type);
  const Analysis four = analyse(kWorkedExample, 4, type);
  EXPECT_EQ(four.accesses[kWeight].l2_read, one.accesses[kWeight].l2_read);
  EXPECT_EQ(four.accesses[kInput].l2_read, 4 * one.accesses[kInput].l2_read);
  EXPECT_EQ(four.accesses[kOutput].l2_write, 4 * one.accesses[kOutput].l2_write);
  EXPECT_EQ(four.cycles, 147 + 4 * 2916 * 9 + 1);
}

TEST(DataCentricEngine, OutputsStayWhileChannelsRun) {
  // 128 input channels in two tiles: innermost they leave outputs in place, outermost each comes back once.
  const ConvolutionShape shape{1, 64, 128, 8, 8, 1, 1, 1, 1, 1, 1};
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const std::string below = ", Cluster(64), 'SpatialMap(1, 1) C'";
  const Analysis stay = analyse(
      shape, 1,
      with(type,
           "'SpatialMap(1, 1) K', 'TemporalMap(1, 1) Y', 'TemporalMap(1, 1) X', 'TemporalMap(64, 64) C'" +
               below));
  const Analysis leave = analyse(
      shape, 1,
      with(type,
           "'SpatialMap(1, 1) K', 'TemporalMap(64, 64) C', 'TemporalMap(1, 1) Y', 'TemporalMap(1, 1) X'" +
               below));
  EXPECT_EQ(stay.partial_sums, 0);
  EXPECT_EQ(stay.accesses[kOutput].l2_write, 64 * 64);
  EXPECT_EQ(stay.accesses[kWeight].l2_read, 64 * 128 * 64);  // the price: weights come anew at every place
  EXPECT_EQ(leave.partial_sums, 64 * 64);
  EXPECT_EQ(leave.accesses[kOutput].l2_write, 2 * 64 * 64);
  EXPECT_EQ(leave.accesses[kOutput].l2_read, 64 * 64);
  EXPECT_EQ(leave.accesses[kWeight].l2_read, 64 * 128);
}

TEST(DataCentricEngine, PaddingIsNotRead) {
  // 8 x 8 places with a border of one: windows at the border miss a row or a column.
  ConvolutionShape shape{1, 1, 1, 8, 8, 3, 3, 1, 1, 1, 1};
  const hardware::ChipletType type = with(chiplet_type("kcp_ws", 64), "'SpatialMap(3, 1) Y'");
  EXPECT_EQ(analyse(shape, 1, type).accesses[kInput].l2_read, 10 * 10);
  shape.padding_y = shape.padding_x = 1;
  shape.in_height = shape.in_width = 8;
  EXPECT_EQ(analyse(shape, 1, type).accesses[kInput].l2_read, 8 * 8);
  EXPECT_EQ(analyse(shape, 1, type).products, 8 * 8 * 9);
}

TEST(DataCentricEngine, BatchesOfProducts) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  EXPECT_EQ(evaluate(GemmShape{128, 1280, 640, 1, true}, 4, type),
            evaluate(GemmShape{512, 1280, 640, 1, true}, 1, type));
  EXPECT_EQ(evaluate(GemmShape{128, 128, 64, 20, false}, 4, type),
            evaluate(GemmShape{128, 128, 64, 80, false}, 1, type));
  const Analysis one = analyse(GemmShape{128, 128, 64, 1, false}, 1, type);
  const Analysis twenty = analyse(GemmShape{128, 128, 64, 20, false}, 1, type);
  for (const data_centric::Tensor tensor : {kInput, kWeight, kOutput}) {
    EXPECT_EQ(twenty.accesses[tensor].l2_read, 20 * one.accesses[tensor].l2_read);
    EXPECT_EQ(twenty.accesses[tensor].l2_write, 20 * one.accesses[tensor].l2_write);
  }
  EXPECT_LE(twenty.cycles, 20 * one.cycles);  // the next product's operands arrive while one computes
}

TEST(DataCentricEngine, ChannelsOfADepthwiseLayerAreMappedByC) {
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const ConvolutionShape shape{64, 64, 64, 28, 28, 3, 3, 1, 1, 1, 1};
  const Analysis analysis = analyse(shape, 1, type);
  EXPECT_EQ(analysis.products, 64 * 28 * 28 * 9);
  EXPECT_EQ(analysis.accesses[kOutput].l2_write, 64 * 28 * 28);
  EXPECT_EQ(analysis.accesses[kInput].l2_read, 64 * 28 * (9 + 27 * 3));
  // 64 channels at a time on the PEs of one cluster: 784 steps of 9 products after a fill of 2 * 576 B.
  EXPECT_EQ(analysis.cycles, 5 + 784 * 9 + 1);
  EXPECT_FALSE(evaluate(shape, 1, type).substituted);
}

TEST(DataCentricEngine, LatencyIsPaidOnceInAndOnceOut) {
  hardware::ChipletType type = chiplet_type("kcp_ws");
  const std::int64_t one = evaluate(kWorkedExample, 1, type).cycles;
  type.noc_hops = 6;
  EXPECT_EQ(evaluate(kWorkedExample, 1, type).cycles, one + 2 * 5);
  type.noc_hops = 0;
  EXPECT_EQ(evaluate(kWorkedExample, 1, type).cycles, one);
}

TEST(DataCentricEngine, CapacityIsALimit) {
  hardware::ChipletType type = chiplet_type("kcp_ws");
  type.l1_bytes = 2 * (9 + 9 + 1);
  type.l2_bytes = 2 * (576 + 36864 + 64);
  EXPECT_EQ(error_of(kWorkedExample, type), "no error");
  --type.l1_bytes;
  EXPECT_THAT(
      error_of(kWorkedExample, type),
      AllOf(HasSubstr("layer 'layer' (mini-batch 1) on chiplet type 'kcp_ws_4096' with dataflow 'kcp_ws'"),
            HasSubstr("need 38 B of L1"), HasSubstr("the limit is 37 B")));
  ++type.l1_bytes;
  --type.l2_bytes;
  EXPECT_THAT(error_of(kWorkedExample, type),
              AllOf(HasSubstr("need 75008 B of L2"), HasSubstr("the limit is 75007 B")));
}

TEST(DataCentricEngine, RefusesWhatWouldComputeProductsTwiceOrNever) {
  const hardware::ChipletType type = chiplet_type("kcp_ws", 64);
  const auto error = [&](const std::string& directives) {
    return error_of(kWorkedExample, with(type, directives));
  };
  EXPECT_THAT(
      error("'SpatialMap(2, 1) K'"),
      AllOf(HasSubstr("SpatialMap(2, 1) K"), HasSubstr("compute products twice"), HasSubstr("must be 2")));
  EXPECT_THAT(error("'SpatialMap(1, 2) K'"), HasSubstr("leave products out"));
  EXPECT_THAT(error("'SpatialMap(5, 1) Y'"), HasSubstr("compute products twice"));
  EXPECT_THAT(error("'SpatialMap(2, 2) Y'"), HasSubstr("a tile of 2 holds no window of 3 taps"));
  EXPECT_THAT(error("'SpatialMap(1, 1) K', 'SpatialMap(1, 1) C'"), HasSubstr("one SpatialMap per level"));
  EXPECT_THAT(error("'SpatialMap(1, 1) K', Cluster(65), 'SpatialMap(1, 1) C'"),
              HasSubstr("a cluster needs 65 PEs, the limit is 64"));
  EXPECT_THAT(error("'SpatialMap(K - 64, 1) K'"), HasSubstr("is 0 for this layer"));
  EXPECT_THAT(error("'SpatialMap(K / (K - 64), 1) K'"), HasSubstr("division by zero"));
  // Offsets of tiles that cover everything mean nothing, so that only L1 is in the way here.
  EXPECT_THAT(error("'SpatialMap(100, 1) K', 'TemporalMap(1, 1) Y''', 'TemporalMap(R, R) R'"),
              HasSubstr("of L1"));
}

TEST(DataCentricEngine, CountsBeyond64BitsAreErrors) {
  const std::int64_t many = std::int64_t{1} << 31;
  EXPECT_THAT(error_of(GemmShape{many, many, 1, 1, true}, chiplet_type("kcp_ws")), HasSubstr("2^60"));
  EXPECT_THAT(error_of(GemmShape{many, many, many, 1, true}, chiplet_type("kcp_ws")), HasSubstr("overflow"));
  const std::int64_t far = std::int64_t{1} << 40;
  EXPECT_THAT(error_of(ConvolutionShape{1, 1, 1, far, 1, 3, 1, far, 1, 1, 1}, chiplet_type("kcp_ws")),
              HasSubstr("overflow"));
  EXPECT_THAT(error_of(ConvolutionShape{1, 1, 1, 4, 1, 3, 1, 1, 1, far, 1}, chiplet_type("kcp_ws")),
              HasSubstr("counts at most 16777216"));
  // Far more units than work: 2^44 rows on each of 4096 units would be 2^56 rows, on 2^21 units beyond 64
  // bits.
  hardware::ChipletType wide = with(chiplet_type("kcp_ws"), "'SpatialMap(17592186044416, 17592186044416) Y'");
  wide.pes = std::int64_t{1} << 21;
  EXPECT_EQ(analyse(GemmShape{std::int64_t{1} << 45, 1, 1, 1, true}, 1, wide).accesses[kOutput].l2_write,
            std::int64_t{1} << 45);
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(base::data_folder() / folder)) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The layers of all shipped models, one of each kind.
std::vector<workload::Layer> shipped_layers() {
  std::map<std::pair<workload::Shape, workload::Precision>, workload::Layer> layers;
  for (const std::string& model : names_in("models")) {
    for (workload::Layer& layer : workload::load_model(model).layers) {
      layers.try_emplace({layer.shape, layer.precision}, std::move(layer));
    }
  }
  std::vector<workload::Layer> result;
  for (auto& [kind, layer] : layers) {
    result.push_back(std::move(layer));
  }
  return result;
}

TEST(DataCentricEngine, ShippedDataflowsMapEveryLayerOfTheShippedModels) {
  const std::vector<workload::Layer> layers = shipped_layers();
  int refused = 0;
  for (const std::string& dataflow : names_in("dataflows")) {
    const hardware::ChipletType type = chiplet_type(dataflow);
    const bool tuned = !type.dataflow.untuned.empty();
    for (const workload::Layer& layer : layers) {
      try {
        const LayerCost cost = make_engine("data-centric")->evaluate(layer, 1, type);
        const std::int64_t macs = workload::macs(layer.shape);
        ASSERT_DOUBLE_EQ(cost.energy.mac, static_cast<double>(macs) * type.energy.mac)
            << layer.name << " " << dataflow;
        ASSERT_LE(macs, cost.cycles * type.pes) << layer.name << " " << dataflow;
        ASSERT_LE(cost.utilisation, 1.0);
      } catch (const base::InfeasibleError& error) {
        // A fixed dataflow holds a whole filter: the 16 x 16 one of ViT's patches is more than a PE has room
        // for.
        ASSERT_FALSE(tuned) << error.what();
        ASSERT_THAT(error.what(), HasSubstr("of L1"));
        ++refused;
      }
    }
  }
  EXPECT_GT(layers.size(), 500U);
  EXPECT_LE(refused, static_cast<int>(names_in("dataflows").size()));
}

/// Layers small enough to walk and awkward enough to leave edges everywhere.
std::vector<workload::Shape> small_layers() {
  ConvolutionShape padded{1, 5, 3, 9, 7, 3, 3, 1, 1, 1, 1};
  padded.padding_y = padded.padding_x = 1;
  padded.in_height = 9;
  padded.in_width = 7;
  return {padded,
          ConvolutionShape{1, 9, 70, 3, 3, 1, 1, 2, 2, 1, 1},
          ConvolutionShape{1, 3, 5, 4, 11, 3, 3, 2, 2, 1, 1},
          ConvolutionShape{1, 3, 2, 5, 5, 3, 3, 1, 1, 2, 2},
          ConvolutionShape{6, 6, 6, 5, 9, 3, 3, 2, 1, 1, 1},
          ConvolutionShape{2, 6, 4, 5, 9, 3, 3, 1, 1, 1, 1},
          GemmShape{7, 10, 130, 1, true},
          GemmShape{12, 12, 17, 3, false}};
}

TEST(DataCentricEngine, ShippedDataflowsAreCountedAsTheWalkDoes) {
  for (const std::string& dataflow : names_in("dataflows")) {
    hardware::ChipletType type = chiplet_type(dataflow);
    std::int64_t cluster = 1;
    for (const dataflow::Directive& directive : untuned(type.dataflow).convolution) {
      cluster *= directive.kind == dataflow::DirectiveKind::kCluster ? std::stoll(directive.size) : 1;
    }
    type.pes = 3 * cluster;
    for (const workload::Shape& shape : small_layers()) {
      const data_centric::LoopNest nest = nest_of(shape, 1, type);
      EXPECT_EQ(data_centric::analyse(nest, {7, 2}), data_centric::LoopNestSimulator(nest, {7, 2}).run())
          << dataflow << ", layer " << workload::macs(shape);
    }
  }
}

}  // namespace
}  // namespace inlay::cost
