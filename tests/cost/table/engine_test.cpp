#include "inlay/cost/table/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cost/fixtures.hpp"
#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engines.hpp"
#include "support/reference_data.hpp"

namespace inlay::cost {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using workload::GemmShape;

const std::string kHeader = "model,layer,chiplet,mini_batch,cycles,energy_pj,l2_bytes,utilisation\n";

std::unique_ptr<CostEngine> engine_of(const std::string& text, const std::string& chiplet = "") {
  std::vector<table::TableFile> files;
  files.push_back(table::parse_table_file(text, "costs.csv", chiplet));
  return table::make_engine(std::move(files), "hash");
}

workload::ScenarioModel model_of(const std::string& name, const std::vector<std::string>& layers,
                                 std::int64_t batch = 1) {
  workload::ScenarioModel entry;
  entry.name = name;
  entry.batch = batch;
  for (const std::string& layer : layers) {
    entry.model.layers.push_back(layer_of(layer, GemmShape{8, 8, 8, 1, true}));
  }
  return entry;
}

workload::Scenario scenario_of(std::vector<workload::ScenarioModel> models) {
  workload::Scenario scenario;
  scenario.models = std::move(models);
  return scenario;
}

/// Two types called ws and os.
std::vector<hardware::ChipletType> two_types() {
  std::vector<hardware::ChipletType> types = {chiplet_type("kcp_ws"), chiplet_type("ykc_os")};
  types[0].name = "ws";
  types[1].name = "os";
  return types;
}

std::string error_of(const std::string& text, const workload::Scenario& scenario,
                     const std::vector<hardware::ChipletType>& types) {
  try {
    build_cost_table(scenario, types, *engine_of(text));
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(TableEngine, TakesEachNumberFromItsRow) {
  const auto table = build_cost_table(
      scenario_of({model_of("m", {"a"})}), {two_types()[0]},
      *engine_of("layer,chiplet,cycles,mac_pj,l1_pj,l2_J,noc_pj,vector_pj,l2_bytes,utilisation,substituted\n"
                 "a,ws,7,1,2,3e-12,4,5,99,0.5,yes\n"));
  const LayerCost& cost = table.models[0].at(0, 0, 0);
  EXPECT_EQ(cost, (LayerCost{7, {1e-12, 2e-12, 3e-12, 4e-12, 5e-12}, 99, 0.5, true}));
  EXPECT_EQ(table.engine, "table");
  EXPECT_EQ(table.engine_version, "1-hash");
}

TEST(TableEngine, TellsLayersOfOneShapeApart) {
  const auto table = build_cost_table(
      scenario_of({model_of("x", {"a", "b", "a2"}), model_of("y", {"a"})}), two_types(),
      *engine_of(kHeader + "x,a,ws,1,1,1,0,0\nx,a,os,1,2,1,0,0\nx,b,*,1,3,1,0,0\n,a*,*,1,4,1,0,0\n"));
  EXPECT_EQ(table.models[0].at(0, 0, 0).cycles, 1);
  EXPECT_EQ(table.models[0].at(0, 0, 1).cycles, 2);
  EXPECT_EQ(table.models[0].at(1, 0, 1).cycles, 3);
  EXPECT_EQ(table.models[0].at(2, 0, 0).cycles, 4);
  EXPECT_EQ(table.models[1].at(0, 0, 0).cycles, 4);
}

TEST(TableEngine, RepeatedBlocksShareARowAndAClass) {
  const auto table = build_cost_table(
      scenario_of({model_of("gpt", {"h.0.attn.c_attn", "h.1.attn.c_attn", "h.10.attn.c_attn", "h.1.mlp"})}),
      {two_types()[0]}, *engine_of(kHeader + ",h.*.attn.c_attn,ws,1,5,1,0,0\n,h.*.mlp,ws,1,6,1,0,0\n"));
  EXPECT_EQ(table.models[0].class_of, (std::vector<int>{0, 0, 0, 1}));
  EXPECT_EQ(table.models[0].at(2, 0, 0).cycles, 5);
}

TEST(TableEngine, PatternsFit) {
  EXPECT_TRUE(table::fits("", ""));
  EXPECT_TRUE(table::fits("*", ""));
  EXPECT_TRUE(table::fits("h.*.c", "h.0.c"));
  EXPECT_TRUE(table::fits("h.*.c", "h..c.c"));
  EXPECT_TRUE(table::fits("*ab*ab", "xabyabzab"));
  EXPECT_FALSE(table::fits("h.*.c", "h.0.cx"));
  EXPECT_FALSE(table::fits("h.*.c", "h.c"));
  EXPECT_FALSE(table::fits("", "x"));
}

TEST(TableEngine, ASingleSampleIsMultiplied) {
  const auto scenario = scenario_of({model_of("m", {"a", "b"}, 3)});
  const auto engine = engine_of(
      kHeader + ",a,ws,1,10,2,50,0.5\n,b,ws,1,10,2,50,0.5\n,b,ws,2,15,3,50,0.7\n,b,ws,3,16,4,50,0.7\n");
  const auto table = build_cost_table(scenario, {two_types()[0]}, *engine);
  const LayerCost& three = table.models[0].at(0, table.models[0].index_of(3), 0);
  EXPECT_EQ(three.cycles, 30);
  EXPECT_DOUBLE_EQ(three.energy.total(), 6e-12);
  EXPECT_EQ(three.tile_bytes, 50);
  EXPECT_EQ(three.utilisation, 0.5);
  EXPECT_EQ(table.models[0].at(1, 2, 0).cycles, 16);
  EXPECT_THAT(table.assumptions.front(), HasSubstr("single sample"));
}

TEST(TableEngine, OneErrorListsAllThatIsMissing) {
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) {
    names.push_back("l" + std::to_string(i));
  }
  const auto scenario = scenario_of({model_of("m", names)});
  const std::string message =
      error_of(kHeader + ",l3,*,1,1,1,0,0\n,l4,ws,1,1,1,0,0\n", scenario, two_types());
  EXPECT_THAT(message,
              AllOf(HasSubstr("costs.csv: 57 costs are missing"), HasSubstr("model 'm' layer 'l0' on 'ws'"),
                    HasSubstr("layer 'l4' on 'os'"), HasSubstr("and 37 more"), Not(HasSubstr("'l3'")),
                    Not(HasSubstr("layer 'l4' on 'ws'"))));
}

TEST(TableEngine, MissingMiniBatchesAreNamed) {
  const auto scenario = scenario_of({model_of("m", {"a"}, 4)});
  EXPECT_THAT(error_of(kHeader + ",a,*,1,1,1,0,0\n,a,*,4,1,1,0,0\n", scenario, two_types()),
              AllOf(HasSubstr("2 costs are missing"),
                    HasSubstr("'a' on 'os' for mini-batch 2 (line 2: 1, 4 given)")));
}

TEST(TableEngine, IsNamedWithItsFile) {
  EXPECT_THROW(make_engine("table"), base::InputError);
  EXPECT_THROW(make_engine("maestro:x.csv"), base::InputError);
  try {
    make_engine("tabel:x.csv");
    FAIL();
  } catch (const base::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'table'"));
  }
  EXPECT_THROW(make_engine("table:ws="), base::InputError);
  EXPECT_THROW(make_engine("table:no-such-file.csv"), base::InputError);
}

TEST(TableEngine, AFileForOneTypeIsOfThatTypeWhateverItCallsIt) {
  std::vector<table::TableFile> files;
  files.push_back(table::parse_table_file("layer,cycles,energy_pj\na,1,1\n", "ws.csv", "ws"));
  files.push_back(table::parse_table_file("layer,chiplet,cycles,energy_pj\na,nvdla,2,1\n", "os.csv", "os"));
  const auto table = build_cost_table(scenario_of({model_of("m", {"a"})}), two_types(),
                                      *table::make_engine(std::move(files), "hash"));
  EXPECT_EQ(table.models[0].at(0, 0, 0).cycles, 1);
  EXPECT_EQ(table.models[0].at(0, 0, 1).cycles, 2);
  EXPECT_THROW(table::parse_table_file("layer,chiplet,cycles,energy_pj\na,x,2,1\nb,y,2,1\n", "t.csv", "os"),
               base::InputError);
  const auto misspelt = engine_of("layer,cycles,energy_pj\na,2,1\n", "so");
  EXPECT_THROW(build_cost_table(scenario_of({model_of("m", {"a"})}), two_types(), *misspelt),
               base::InputError);
}

std::string maestro_header() {
  return "Neural Network Name, Layer Number, NumPEs, Runtime (Cycles),  L2 SRAM Size Req (Bytes), Num MACs, "
         "input l1 read, input l1 write, input l2 read, input l2 write, filter l1 read, filter l1 write, "
         "filter l2 read, filter l2 write, output l1 read, output l1 write, output l2 read, output l2 write, "
         "Avg number of utilized PEs\n";
}

TEST(TableEngine, TakesMaestrosCounters) {
  hardware::ChipletType type = two_types()[0];
  type.energy = {"ones", "", 1.0, 1.0, 1.0, 1.0};
  auto model = model_of("m", {"first", "second"}, 2);
  model.model.layers.push_back(layer_of("relu", workload::VectorShape{1000}));
  const std::string rows =
      "N,A,4096,100,64,1000,1,2,4,8,16,32,64,128,256,512,1024,2048,2048\n"
      "N,A,4096,50,64,10,0,0,0,0,0,0,0,0,0,0,0,0,1\n";
  const auto table =
      build_cost_table(scenario_of({model}), {type}, *engine_of(maestro_header() + rows));  // by position
  const LayerCost& cost = table.models[0].at(0, 0, 0);
  EXPECT_EQ(cost.cycles, 100);
  EXPECT_EQ(cost.energy.mac, 1000.0);
  EXPECT_EQ(cost.energy.l1, 1.0 + 2 + 16 + 32 + 256 + 512);
  EXPECT_EQ(cost.energy.l2, 4.0 + 64 + 2048);  // not the writes of I and W and the read of O
  EXPECT_EQ(cost.utilisation, 0.5);
  EXPECT_EQ(table.models[0].at(1, 1, 0).cycles, 100);
  EXPECT_EQ(table.models[0].at(2, 0, 0).cycles, 4);
}

TEST(TableEngine, MaestrosFilesMustSuitTheChiplet) {
  const auto scenario = scenario_of({model_of("m", {"A"})});
  const std::string row = "N,A,256,100,64,1000,1,2,4,8,16,32,64,128,256,512,1024,2048,2048\n";
  EXPECT_THAT(error_of(maestro_header() + row, scenario, two_types()), HasSubstr("table:ws=costs.csv"));
  EXPECT_THAT(error_of(maestro_header() + row, scenario, {two_types()[0]}),
              AllOf(HasSubstr("costs.csv:2:1: NumPEs"), HasSubstr("256"), HasSubstr("4096")));
  EXPECT_THAT(error_of(maestro_header() + "N,A,4096,0,-,-,-,-,-,-,-,-,-,-,-,-,-,-,-nan\n", scenario,
                       {two_types()[0]}),
              HasSubstr("MAESTRO dropped it"));
}

/// CONV2_1_2 of MAESTRO's ResNet-50, 64 x 64 channels, 3 x 3 on 56 x 56 inputs: the worked example of
/// docs/maestro.md.
workload::Layer worked_example() {
  return layer_of("CONV2_1_2", workload::ConvolutionShape{1, 64, 64, 54, 54, 3, 3, 1, 1, 1, 1});
}

TEST(TableEngine, AgreesWithTheEngineOnARowOfMaestros) {
  // The columns that are read, of the row that MAESTRO's repository holds in Resnet50_kcp_ws.csv at 4096 PEs.
  const std::string row =
      "Resnet50,CONV2_1_2,4096,40971,75008,107495424,107495424,580608,580608,200704,107495424,36864,36864,"
      "36864,"
      "107495424,107495424,186624,186624,4096\n";
  const auto scenario = scenario_of({model_of("m", {"CONV2_1_2"})});
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const LayerCost ours = make_engine("maestro")->evaluate(worked_example(), 1, type);
  EXPECT_EQ(engine_of(maestro_header() + row)->evaluate(worked_example(), 1, type), ours);
  EXPECT_EQ(ours.cycles, 40971);
}

using TableEngineReference = inlay::testing::ReferenceTest;

TEST_F(TableEngineReference, ReadsEveryFileOfMaestro) {
  const std::filesystem::path folder = inlay::testing::reference_data() / "reference/maestro";
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string file = entry.path().string();
    if (entry.path().extension() != ".csv") {
      continue;
    }
    const std::string text = base::read_file(file);
    if (!text.starts_with("Neural Network Name")) {
      continue;
    }
    const table::TableFile table = table::parse_table_file(text, file, "");
    EXPECT_GT(table.maestro.size(), 0U) << file;
    ++files;
  }
  EXPECT_GT(files, 100);
}

TEST_F(TableEngineReference, AgreesWithTheEngineOnMaestrosOwnFile) {
  const std::filesystem::path file =
      inlay::testing::reference_data() / "reference/maestro/pe4096_noc256/Resnet50_kcp_ws.csv";
  const workload::Layer layer = worked_example();
  const hardware::ChipletType type = chiplet_type("kcp_ws");
  const LayerCost ours = make_engine("maestro")->evaluate(layer, 3, type);
  EXPECT_EQ(make_engine("table:" + file.string())->evaluate(layer, 3, type).cycles, ours.cycles);
  EXPECT_EQ(make_engine("table:" + file.string())->evaluate(layer, 1, type),
            make_engine("maestro")->evaluate(layer, 1, type));
}

}  // namespace
}  // namespace inlay::cost
