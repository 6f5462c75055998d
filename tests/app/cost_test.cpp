// inlay cost: published schemas, energy tables side by side, chiplet types of packages, mapping files under
// our own engines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "app/program.hpp"
#include "support/published_schema.hpp"

namespace inlay::test {
namespace {

using inlay::testing::complaint;
using ::testing::HasSubstr;
using Json = nlohmann::json;

Json json_of(const std::vector<std::string>& words, const TemporaryFolder& folder) {
  const Outcome outcome = run_inlay(words, folder.path());
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return Json::parse(outcome.out, nullptr, false);
}

TEST(Cost, KeepsToThePublishedSchemas) {
  const TemporaryFolder folder;
  for (const std::string engine : {"maestro", "data-centric", "roofline"}) {
    const Json costs =
        json_of({"cost", "resnet-18", "--package", "het-sides-2x2", "--engine", engine, "--json"}, folder);
    EXPECT_EQ(complaint("costs.schema.json", costs), "") << engine;
    EXPECT_EQ(costs["models"][0]["layers"][0]["costs"].size(), 2U);
    const std::string bound = costs["models"][0]["layers"][0]["costs"][0]["bound_by"];
    EXPECT_EQ(bound == "-", engine == "maestro") << bound;
    Json broken = costs;
    broken["models"][0]["layers"][0]["costs"][0].erase("bound_by");
    EXPECT_NE(complaint("costs.schema.json", broken), "");
  }
  folder.write("net.m",
               "Network net { Layer a { Type CONV Dimensions { K 8 C 4 R 3 S 3 Y 9 X 9 } Dataflow { "
               "SpatialMap(1,1) K; } } }");
  folder.write("hw.m", "num_pes: 8\n");
  Json maestro = json_of({"cost", "net.m", "--hardware", "hw.m", "--engine", "maestro", "--json"}, folder);
  EXPECT_EQ(complaint("maestro-costs.schema.json", maestro), "");
  maestro["layers"][0]["accesses"]["input"]["l3_read"] = 1;
  EXPECT_NE(complaint("maestro-costs.schema.json", maestro), "");
}

TEST(Cost, ShowsEnergyTablesSideBySide) {
  const TemporaryFolder folder;
  const Json costs =
      json_of({"cost", "resnet-18", "--package", "simba-nvd-2x2", "--package", "monolithic:simba-nvd-2x2",
               "--energy", "maestro", "--energy", "horowitz-45nm", "--engine", "roofline", "--json"},
              folder);
  const Json& first = costs["models"][0]["layers"][0]["costs"];
  ASSERT_EQ(first.size(), 4U);
  EXPECT_EQ(first[0]["chiplet"], "WS@maestro");
  EXPECT_EQ(first[3]["chiplet"], "monolithic-WS@horowitz-45nm");
  const auto l2 = [&first](std::size_t at) { return first[at]["energy"]["l2"].get<double>(); };
  EXPECT_EQ(l2(0), l2(2)) << "constant";
  EXPECT_NEAR(l2(3) / l2(1), std::pow(4.0, std::log(5.0) / std::log(32.0)), 1e-9) << "40 MB against 10 MB";
  EXPECT_EQ(first[0]["energy"]["noc"], 0.0);
  EXPECT_GT(first[1]["energy"]["noc"], 0.0);
  EXPECT_EQ(costs["models"][0]["totals"][1]["energy_table"], "horowitz-45nm");
}

TEST(Cost, PrefersByTheObjective) {
  const TemporaryFolder folder;
  for (const std::string objective : {"latency", "energy", "edp", "throughput"}) {
    const Json costs = json_of({"cost", "resnet-18", "--package", "het-sides-2x2", "--engine", "data-centric",
                                "--objective", objective, "--json"},
                               folder);
    for (const Json& layer : costs["models"][0]["layers"]) {
      const auto value = [&](std::size_t at) {
        const double time = layer["costs"][at]["seconds"];
        const double energy = layer["costs"][at]["energy"]["total"];
        return objective == "energy" ? energy : objective == "edp" ? time * energy : time;
      };
      const std::size_t best = value(1) < value(0) ? 1 : 0;
      EXPECT_EQ(layer["preferred"], layer["costs"][best]["chiplet"]) << layer["layer"];
      if (value(best) > 0) {
        EXPECT_DOUBLE_EQ(layer["advantage"].get<double>(), value(1 - best) / value(best));
      }
    }
  }
  const Outcome wrong =
      run_inlay({"cost", "resnet-18", "--package", "het-sides-2x2", "--objective", "edb"}, folder.path());
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("edp"));
}

TEST(Cost, ScheduleTakesAnEnergyTableForAllChiplets) {
  const TemporaryFolder folder;
  const std::vector<std::string> words = {"schedule",      "resnet-18",  "--package",
                                          "het-sides-2x2", "--strategy", "standalone",
                                          "--submeshes",   "single",     "--json"};
  std::vector<std::string> scaled = words;
  scaled.insert(scaled.end(), {"--energy", "horowitz-45nm"});
  const Json own = json_of(words, folder);
  const Json other = json_of(scaled, folder);
  EXPECT_EQ(own["problem"]["package"]["types"][0]["energy"]["name"], "maestro");
  EXPECT_EQ(other["problem"]["package"]["types"][0]["energy"]["name"], "horowitz-45nm");
  EXPECT_GT(other["metrics"]["energy"]["total"], own["metrics"]["energy"]["total"]);
}

constexpr const char* kMapping =
    "Network net {\n  Layer a { Type: CONV Dimensions { K: 8, C: 4, R: 3, S: 3, Y: 9, X: 9 }\n"
    "    Dataflow { SpatialMap(1,1) K; TemporalMap(1,1) C; } }\n"
    "  Layer b { Type: DSCONV Dimensions { K: 1, C: 8, R: 3, S: 3, Y: 7, X: 7 }\n"
    "    Dataflow { SpatialMap(1,1) C; } }\n"
    "  Layer c { Type: GEMM Dimensions { M: 6, N: 8, K: 10 }\n"
    "    Dataflow { SpatialMap(1,1) N; } }\n}\n";

TEST(Cost, MappingFilesRunUnderTheDataCentricEngine) {
  const TemporaryFolder folder;
  folder.write("net.m", kMapping);
  folder.write("hw.m", "num_pes: 8\nl1_size_cstr: 4096\nl2_size_cstr: 65536\n");
  const std::vector<std::string> words = {"cost",     "net.m",        "--hardware", "hw.m",
                                          "--engine", "data-centric", "--json"};
  const Json costs = json_of(words, folder);
  EXPECT_EQ(complaint("costs.schema.json", costs), "");
  const Json& layers = costs["models"][0]["layers"];
  ASSERT_EQ(layers.size(), 3U);
  const std::vector<std::int64_t> macs = {8 * 4 * 9 * 49, 8 * 9 * 25, 6 * 8 * 10};
  for (std::size_t i = 0; i < macs.size(); ++i) {
    EXPECT_EQ(layers[i]["macs"], macs[i]);
    // A channel, or a column, for each of the 8 PEs, and a NoC without limit: all compute all the time but
    // for one cycle before the first data and one after the last.
    EXPECT_EQ(layers[i]["costs"][0]["cycles"], macs[i] / 8 + 2) << layers[i];
    EXPECT_NEAR(layers[i]["costs"][0]["energy"]["mac"], static_cast<double>(macs[i]) * 0.23e-12, 1e-20);
  }
  folder.write("tiny.m", "num_pes: 8\nl1_size_cstr: 16\n");
  const Outcome refused =
      run_inlay({"cost", "net.m", "--hardware", "tiny.m", "--engine", "data-centric"}, folder.path());
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("net.m:2:"));
  EXPECT_THAT(refused.err, HasSubstr("the limit is 16 B"));
  const Outcome sizes = run_inlay(
      {"cost", "net.m", "--hardware", "tiny.m", "--engine", "data-centric", "--energy", "set-isca2023"},
      folder.path());
  EXPECT_EQ(sizes.code, 2);
  EXPECT_THAT(sizes.err, HasSubstr("must state l2_size_cstr"));
}

TEST(Cost, MappingFilesSayWhatOnlyMaestroKnows) {
  const TemporaryFolder folder;
  folder.write("hw.m", "num_pes: 8\n");
  const auto error_of = [&folder](const std::string& type, const std::string& map) {
    folder.write("net.m", "Network n { Layer a { Type: " + type +
                              " Dimensions { N: 2, K: 8, C: 4, R: 3, S: 3, Y: 9, X: 9 } Dataflow { " + map +
                              " } } }");
    return run_inlay({"cost", "net.m", "--hardware", "hw.m", "--engine", "data-centric"}, folder.path()).err;
  };
  EXPECT_THAT(error_of("TRCONV", "SpatialMap(1,1) K;"), HasSubstr("is a transposed convolution"));
  EXPECT_THAT(error_of("CONV", "SpatialMap(1,1) N;"),
              HasSubstr("maps N otherwise than by TemporalMap(1, 1)"));
  EXPECT_EQ(error_of("CONV", "TemporalMap(1,1) N; SpatialMap(1,1) K;"), "");
}

TEST(Check, KnowsMaestrosFiles) {
  const TemporaryFolder folder;
  folder.write("net.m", kMapping);
  folder.write("hw.m", "num_pes: 8\n");
  EXPECT_EQ(run_inlay({"check", "net.m", "hw.m"}, folder.path()).out,
            "net.m: mapping 'net', 3 layers\nhw.m: maestro-hardware with 8 PEs\n");
  folder.write("wrong.m", "Network n { Leyer a { } }");
  const Outcome outcome = run_inlay({"check", "wrong.m"}, folder.path());
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("wrong.m:1:13: expected Layer or '}', found 'Leyer'"));
}

}  // namespace
}  // namespace inlay::test
