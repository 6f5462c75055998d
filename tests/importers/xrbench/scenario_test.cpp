// XRBench's usage scenarios: every network with the totals of the reference's own table.
#include "inlay/importers/xrbench/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "inlay/base/error.hpp"
#include "inlay/importers/importer.hpp"
#include "inlay/workload/model_file.hpp"
#include "inlay/workload/scenario_file.hpp"
#include "support/reference_data.hpp"

namespace inlay::importers {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kScenario = R"(Network eyes {

FPS: 60

Layer conv1 {
	Type: CONV
	Dimensions: { N: 1, K: 32, C: 3, Y: 20, X: 10, R: 3, S: 3 }
}

}

Network gaze {

Dependency: {
	eyes
}
Probability: 0.25
FPS: 30

Layer conv1 {
	Type: CONV
	Dimensions: { N: 1, K: 8, C: 4, Y: 2, X: 2, R: 3, S: 3 }
}
}
)";

std::string refusal(const std::string& text) {
  try {
    xrbench::xrbench_files(text, "s.m", "s.m");
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "accepted";
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kScenario;
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(XrbenchScenario, AScenarioAndItsModels) {
  const std::vector<ImportedFile> files = xrbench::xrbench_files(kScenario, "s.m", "s.m");
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[1].name, "eyes.yaml");
  EXPECT_EQ(workload::macs(workload::parse_model(files[1].text, "eyes.yaml")), 32 * 3 * 9 * 18 * 8);
  EXPECT_EQ(workload::macs(workload::parse_model(files[2].text, "gaze.yaml")), 8 * 4 * 9);  // padded to 3 x 3
  EXPECT_THAT(files[0].text,
              AllOf(HasSubstr("batch: 60, rate: 60, deadline: 960 ms}"),  // 60 periods of 16 ms
                    HasSubstr("gaze: 1 layer with a filter larger than the input")));
}

TEST(XrbenchScenario, FilesLieBesideEachOtherAndAreRead) {
  const fs::path folder = fs::path(::testing::TempDir()) / "inlay-xrbench";
  fs::remove_all(folder);
  fs::create_directories(folder);
  std::ofstream(folder / "s.m") << kScenario;
  for (const ImportedFile& file : import_files(folder / "s.m")) {
    std::ofstream(folder / file.name) << file.text;
  }
  const workload::Scenario scenario = workload::load_scenario((folder / "s.yaml").string());
  EXPECT_EQ(workload::macs(scenario), 60 * (32 * 3 * 9 * 18 * 8) + 30 * (8 * 4 * 9));
  ASSERT_EQ(scenario.models.size(), 2U);
  EXPECT_EQ(scenario.models[0].rate, 60.0);
  EXPECT_EQ(scenario.models[0].probability, std::nullopt);
  EXPECT_TRUE(scenario.models[0].depends_on.empty());
  EXPECT_EQ(scenario.models[1].rate, 30.0);
  EXPECT_DOUBLE_EQ(scenario.models[1].deadline.value(), 0.99);  // 30 periods of 33 ms
  EXPECT_EQ(scenario.models[1].probability, 0.25);
  EXPECT_THAT(scenario.models[1].depends_on, ::testing::ElementsAre(0));
  fs::remove_all(folder);
}

TEST(XrbenchScenario, ErrorsSayWhere) {
  EXPECT_THAT(refusal(changed("\teyes\n", "\teye\n")),
              AllOf(HasSubstr("depends on 'eye'"), HasSubstr("did you mean 'eyes'")));
  EXPECT_THAT(refusal(changed("0.25", "1.25")),
              AllOf(HasSubstr("s.m:17:14"), HasSubstr("probability of 0 to 1")));
  EXPECT_THAT(refusal(changed("FPS: 60", "FPS: many")), HasSubstr("s.m:3:"));
  EXPECT_THAT(refusal(changed("FPS: 60", "Rate: 60")), HasSubstr("unknown word 'Rate'"));
  EXPECT_THAT(refusal(changed("gaze", "eyes")), HasSubstr("two networks are called 'eyes'"));
  EXPECT_THAT(refusal("Network a {\nFPS: 3\n}\n"), HasSubstr("has no layer"));
}

std::vector<std::vector<std::string>> table(const fs::path& path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) {
      cells.push_back(cell);
    }
    rows.push_back(cells);
  }
  return rows;
}

using XrbenchReference = testing::ReferenceTest;

/// The reference lists every layer as XRBench states it; written as XRBench writes it, it must give the
/// table's totals.
TEST_F(XrbenchReference, EveryNetworkHasTheTablesTotals) {
  const fs::path folder = testing::reference_data() / "reference" / "xrbench";
  std::string text;
  std::map<std::string, std::vector<std::string>> totals;
  const auto rows = table(folder / "totals.csv");
  for (std::size_t i = 1; i < rows.size(); ++i) {
    totals[rows[i][0]] = rows[i];
    const auto layers = table(folder / "models" / (rows[i][0] + ".csv"));
    const auto cell = [&](std::size_t row, const std::string& column) {
      const auto at = std::find(layers[0].begin(), layers[0].end(), column) - layers[0].begin();
      return layers[row].at(static_cast<std::size_t>(at));
    };
    text += "Network " + rows[i][0] + " {\nFPS: 1\n";
    for (std::size_t row = 1; row < layers.size(); ++row) {
      text += "Layer l" + std::to_string(row) + " {\nType: CONV\nDimensions: { N: 1";
      for (const char* dimension : {"K", "C", "Y", "X", "R", "S"}) {
        text += std::string(", ") + dimension + ": " + cell(row, dimension);
      }
      text += " }\n}\n";
    }
    text += "}\n";
  }
  const std::vector<ImportedFile> files = xrbench::xrbench_files(text, "all.m", "all.m");
  ASSERT_EQ(files.size(), totals.size() + 1);
  for (std::size_t i = 1; i < files.size(); ++i) {
    const workload::Model model = workload::parse_model(files[i].text, files[i].name);
    const std::vector<std::string>& expected = totals.at(fs::path(files[i].name).stem().string());
    EXPECT_EQ(workload::parameters(model), std::stoll(expected[2])) << files[i].name;
    if (expected[5] == "0") {  // layers whose filter is larger than their input count 0 in the table
      EXPECT_EQ(workload::macs(model), std::stoll(expected[3])) << files[i].name;
    }
  }
}

}  // namespace
}  // namespace inlay::importers
