// Mapping files of MAESTRO on the command line: which options belong to them, and which files are safe.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/program.hpp"

namespace inlay::test {
namespace {

using ::testing::HasSubstr;

class MappingFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("net.m",
                  "Network net { Layer a { Type CONV Dimensions { K 8 C 4 R 3 S 3 Y 9 X 9 } Dataflow { "
                  "SpatialMap(1,1) K; } } }");
    folder_.write("hw.m", "num_pes: 8\n");
  }
  Outcome run(const std::vector<std::string>& words) const { return run_inlay(words, folder_.path()); }
  void expect_refused(const std::vector<std::string>& words, const std::string& told) const {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr(told));
  }

  TemporaryFolder folder_;
};

TEST_F(MappingFile, OptionsOfModelsAndOfMappingFilesAreKeptApart) {
  expect_refused({"cost", "net.m"}, "--hardware");
  expect_refused({"cost", "net.m", "--hardware", "hw.m", "--batch", "2"}, "--batch");
  expect_refused({"cost", "net.m", "--hardware", "hw.m", "--engine", "table:x.csv"},
                 "an engine that computes");
  expect_refused({"cost", "net.m", "--hardware", "hw.m", "--engine", "maestro", "--energy", "horowitz-45nm"},
                 "own energies");
  expect_refused({"cost", "resnet-18", "--hardware", "hw.m"}, "--chiplet");
  expect_refused({"cost", "resnet-18"}, "--chiplet");
}

TEST_F(MappingFile, JsonAndTableTellTheSame) {
  const Outcome outcome = run({"cost", "net.m", "--hardware", "hw.m", "--engine", "maestro", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["layers"][0]["macs"], 8 * 4 * 9 * 49);
  EXPECT_EQ(json["totals"]["cycles"], json["layers"][0]["cycles"]);
  EXPECT_THAT(run({"cost", "net.m", "--hardware", "hw.m", "--engine", "maestro"}).out,
              HasSubstr(std::to_string(json["totals"]["cycles"].get<long>())));
}

TEST_F(MappingFile, ResultsOfMaestroItselfAreNotReplaced) {
  const std::vector<std::string> words = {"cost",     "net.m",   "--hardware", "hw.m",
                                          "--engine", "maestro", "--csv",      "out.csv"};
  ASSERT_EQ(run(words).code, 0);
  EXPECT_EQ(run(words).code, 0) << "a file of Inlay's own may be replaced";
  folder_.write("out.csv", "Neural Network Name, Layer Number, NumPEs, Runtime (Cycles)\n");
  expect_refused(words, "was not written by Inlay");
}

TEST_F(MappingFile, ImportedModelsAreNotReplaced) {
  const std::vector<std::string> words = {"import", "net.m", "-o", "net.yaml"};
  ASSERT_EQ(run(words).code, 0);
  expect_refused(words, "net.yaml: exists");
  expect_refused({"import", "hw.txt"}, "allowed: .m");
}

}  // namespace
}  // namespace inlay::test
