// Where the engines maestro and data-centric differ, rule by rule: the table in docs/engine-data-centric.md
// holds the figures that are worked out here.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "cost/fixtures.hpp"
#include "inlay/base/yaml.hpp"
#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/cost/maestro/mapping.hpp"

namespace inlay::cost {
namespace {

using workload::ConvolutionShape;

constexpr std::int64_t kNoOffchip = std::int64_t{1} << 40;

dataflow::Dataflow shipped(const std::string& name) {
  return chiplet_type(name).dataflow;
}

dataflow::Dataflow dataflow_of(const std::string& directives) {
  return dataflow::read_dataflow(
      base::YamlNode::parse("name: x\ndescription: x\nsource: x\nstationary: weight\n"
                            "gemm: {as: convolution, tokens: column}\n"
                            "convolution: [" +
                                directives + "]\n",
                            "x.yaml"));
}

/// A square convolution without strides: output channels, input channels, extent of the output, filter.
ConvolutionShape square(std::int64_t k, std::int64_t c, std::int64_t extent, std::int64_t filter) {
  return {1, k, c, extent, extent, filter, filter, 1, 1, 1, 1};
}

maestro::Analysis old_way(const ConvolutionShape& shape, const dataflow::Dataflow& dataflow, std::int64_t pes,
                          std::int64_t offchip = kNoOffchip) {
  return maestro::analyse(maestro::map_convolution(maestro::group_of(shape), dataflow),
                          {pes, 256, 1, offchip, 1});
}

data_centric::Analysis right_way(const ConvolutionShape& shape, const dataflow::Dataflow& dataflow,
                                 std::int64_t pes) {
  return data_centric::analyse(data_centric::map_layer(shape, 1, dataflow, pes), {256, 1});
}

/// The two figures of a rule's example, as they stand in the table.
struct Figures {
  std::string maestro;
  std::string data_centric;
};

Figures numbers(std::int64_t maestro, std::int64_t data_centric) {
  return {std::to_string(maestro), std::to_string(data_centric)};
}

std::string reason(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::InfeasibleError& error) {
    return error.what();
  }
  return "no error";
}

/// Rules about what moves.
void add_traffic(std::map<std::string, Figures>& table) {
  const dataflow::Dataflow kcp = shipped("kcp_ws");
  const dataflow::Dataflow ykp = shipped("ykp_os");
  const ConvolutionShape b1 = square(16, 64, 8, 3);
  table["B1"] = numbers(old_way(b1, ykp, 128).accesses[maestro::kOutput].l2_write,
                        right_way(b1, ykp, 128).accesses[data_centric::kOutput].l2_write);
  const ConvolutionShape b2 = square(128, 64, 8, 3);
  table["B2"] = numbers(old_way(b2, kcp, 4096).accesses[maestro::kInput].l2_read,
                        right_way(b2, kcp, 4096).accesses[data_centric::kInput].l2_read);
  const ConvolutionShape worked = square(64, 64, 54, 3);
  table["B3"] = numbers(old_way(worked, kcp, 4096, 64).runtime, right_way(worked, kcp, 4096).cycles);
  const ConvolutionShape b4 = square(64, 96, 8, 1);
  table["B4"] = numbers(old_way(b4, kcp, 4096).accesses[maestro::kWeight].l2_read,
                        right_way(b4, kcp, 4096).accesses[data_centric::kWeight].l2_read);
  table["B13"] = numbers(old_way(worked, kcp, 4096).runtime, right_way(worked, kcp, 4096).cycles);
  table["B14"] = numbers(old_way(worked, kcp, 4096).accesses[maestro::kInput].l1_write,
                         right_way(worked, kcp, 4096).accesses[data_centric::kInput].l1_write);
}

/// Rules about tiles and how often they occur.
void add_tiles(std::map<std::string, Figures>& table) {
  const ConvolutionShape b5{1, 8, 8, 14, 14, 3, 3, 2, 2, 1, 1};
  table["B5"] =
      numbers(old_way(b5, shipped("yxp_os"), 128).macs, right_way(b5, shipped("yxp_os"), 128).products);
  // Four clusters of 4 PEs: of 6 channels two each keep 3 PEs busy, of the 4 that are left 2.
  const dataflow::Dataflow nested =
      dataflow_of("'TemporalMap(6, 6) C', 'SpatialMap(1, 1) K', Cluster(4), 'SpatialMap(2, 2) C'");
  const ConvolutionShape b6 = square(4, 10, 4, 1);
  const data_centric::Analysis walked = right_way(b6, nested, 16);
  const auto steps = static_cast<double>(walked.cycles - 2);  // without a cycle of fill and one of drain
  table["B6"] = {fmt::format("{:.2f}", old_way(b6, nested, 16).average_pes),
                 fmt::format("{:.2f}", static_cast<double>(walked.products) / steps)};
  const dataflow::Dataflow pairs = dataflow_of("'SpatialMap(2, 2) K'");
  const ConvolutionShape b7 = square(11, 1, 4, 1);
  table["B7"] = numbers(old_way(b7, pairs, 4).macs, right_way(b7, pairs, 4).products);
  const dataflow::Dataflow single =
      dataflow_of("'TemporalMap(1, 1) K', 'TemporalMap(1, 1) C', 'SpatialMap(1, 1) Y'");
  const ConvolutionShape b8{1, 2048, 2048, 1024, 1, 1, 1, 1, 1, 1, 1};
  EXPECT_THAT(reason([&] { old_way(b8, single, 1); }), testing::HasSubstr("wraps around 32 bits"));
  table["B8"] = {"ends", std::to_string(right_way(b8, single, 1).cycles)};
}

/// Rules about kinds of layers.
void add_layers(std::map<std::string, Figures>& table) {
  const dataflow::Dataflow kcp = shipped("kcp_ws");
  const dataflow::Dataflow wide = dataflow_of("'SpatialMap(1, 1) K', 'TemporalMap(4, 4) C'");
  const ConvolutionShape b9{2, 16, 16, 8, 8, 1, 1, 1, 1, 1, 1};
  maestro::MappedLayer grouped = maestro::map_convolution(maestro::group_of(b9), wide);
  grouped.kind = maestro::LayerKind::kGrouped;
  grouped.sizes[maestro::kG] = 2;
  table["B9"] =
      numbers(maestro::analyse(grouped, {8, 256, 1, kNoOffchip, 1}).accesses[maestro::kOutput].l2_read,
              2 * 8 * 8 * 8);
  EXPECT_EQ(
      right_way(b9, wide, 8).accesses[data_centric::kOutput].l2_write - right_way(b9, wide, 8).partial_sums,
      2 * 8 * 8 * 8);
  // Upsampling by two with a 4 x 4 filter: each output meets 2 x 2 of the taps, in one of four patterns.
  table["B10"] =
      numbers(old_way(square(8, 8, 4, 4), kcp, 64).macs, 4 * right_way(square(8, 8, 7, 2), kcp, 64).products);
  const ConvolutionShape b11{1, 8, 8, 7, 14, 3, 3, 2, 1, 1, 1};
  maestro::ConvolutionExtents swapped = maestro::group_of(b11);
  swapped.in_height = 7 + 3 - 1;  // from declared output extents MAESTRO finds the input's without the stride
  swapped.in_width = 14 + 3 - 1;
  std::swap(swapped.stride_y, swapped.stride_x);
  table["B11"] =
      numbers(maestro::analyse(maestro::map_convolution(swapped, kcp), {64, 256, 1, kNoOffchip, 1}).macs,
              right_way(b11, kcp, 64).products);
  const workload::Layer depthwise =
      layer_of("depthwise", ConvolutionShape{64, 64, 64, 28, 28, 3, 3, 1, 1, 1, 1});
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  table["B15"] = numbers(make_engine("maestro")->evaluate(depthwise, 1, type).cycles,
                         make_engine("data-centric")->evaluate(depthwise, 1, type).cycles);
  const ConvolutionShape b16{1, 64, 3, 112, 112, 7, 7, 2, 2, 1, 1};
  const auto busy = static_cast<double>(right_way(b16, kcp, 4096).products) /
                    static_cast<double>(right_way(b16, kcp, 4096).cycles) / 4096;
  table["B16"] = {fmt::format("{:.4f}", old_way(b16, kcp, 4096).average_pes / 4096),
                  fmt::format("{:.4f}", busy)};
}

void add_capacity(std::map<std::string, Figures>& table) {
  hardware::ChipletType type = chiplet_type("kcp_ws");
  type.l1_bytes = 37;  // two windows of 3 x 3 places, two filters of 3 x 3 and two outputs need 38 B
  const workload::Layer layer = layer_of("layer", square(64, 64, 54, 3));
  table["B12"].maestro = std::to_string(make_engine("maestro")->evaluate(layer, 1, type).cycles);
  EXPECT_THAT(reason([&] { make_engine("data-centric")->evaluate(layer, 1, type); }),
              testing::AllOf(testing::HasSubstr("need 38 B of L1"), testing::HasSubstr("the limit is 37 B")));
  table["B12"].data_centric = "error";
}

TEST(DataCentricDifferences, TheTableOfTheDocumentationHoldsTheseFigures) {
  std::map<std::string, Figures> table;
  add_traffic(table);
  add_tiles(table);
  add_layers(table);
  add_capacity(table);
  EXPECT_EQ(table.size(), 16U);
  const std::string text = base::read_file(std::string(SOURCE_DIR) + "/docs/engine-data-centric.md");
  for (const auto& [rule, figures] : table) {
    const std::string cells = fmt::format("| {} | {} |", figures.maestro, figures.data_centric);
    const std::size_t row = text.find("\n| " + rule + " |");
    ASSERT_NE(row, std::string::npos) << rule;
    const std::string line = text.substr(row + 1, text.find('\n', row + 1) - row - 1);
    EXPECT_THAT(line, testing::HasSubstr(cells));
    EXPECT_EQ(figures.maestro == figures.data_centric, rule == "B16") << rule;
  }
}

/// Cycles in millions and energy in mJ, as cells of a table.
std::string totals(const std::string& engine_name, const std::vector<workload::Layer>& layers,
                   const std::string& dataflow) {
  const auto engine = make_engine(engine_name);
  double cycles = 0.0;
  double joules = 0.0;
  for (const workload::Layer& layer : layers) {
    const LayerCost cost = engine->evaluate(layer, 1, chiplet_type(dataflow));
    cycles += static_cast<double>(cost.cycles);
    joules += cost.energy.total();
  }
  return fmt::format("{:.2f} | {:.2f} |", cycles * 1e-6, joules * 1e3);
}

TEST(DataCentricDifferences, TheDocumentationSaysWhatTheyDoToAChoice) {
  const std::string text = base::read_file(std::string(SOURCE_DIR) + "/docs/engine-data-centric.md");
  for (const std::string dataflow : {"kcp_ws", "ykp_os64"}) {
    for (const auto& [name, layers] :
         {std::pair<std::string, std::vector<workload::Layer>>{"ResNet-50", resnet50()},
          {"GPT-2", gpt2_block(1280, 128)}}) {
      EXPECT_THAT(text, testing::HasSubstr(fmt::format("| {} | {} | {} {}\n", name, dataflow,
                                                       totals("maestro", layers, dataflow),
                                                       totals("data-centric", layers, dataflow))));
    }
  }
}

}  // namespace
}  // namespace inlay::cost
