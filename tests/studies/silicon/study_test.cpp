// The study of RTL and chips: the shipped rows from end to end, its own targets on all measurements where
// they are there, and mistakes in its files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/studies/rank_correlation.hpp"
#include "inlay/studies/silicon/gemmini.hpp"
#include "inlay/studies/studies.hpp"
#include "support/published_schema.hpp"
#include "support/reference_data.hpp"

namespace inlay::studies {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

Json answer_of(const fs::path& data) {
  StudyOptions options;
  options.data = data;
  const StudyAnswer answer = run_study("silicon", options);
  EXPECT_EQ(answer.files.size(), study_files("silicon").size());
  for (const StudyFile& file : answer.files) {
    EXPECT_THAT(study_files("silicon"), ::testing::Contains(file.name));
    EXPECT_THAT(file.content, AllOf(HasSubstr("<svg"), HasSubstr("<circle")));
  }
  return Json::parse(answer.json);
}

const Json& errors(const Json& answer, const std::string& rows) {
  for (const Json& one : answer["gemmini"]["errors"]) {
    if (one["rows"] == rows) {
      return one;
    }
  }
  ADD_FAILURE() << "no summary of " << rows;
  return answer;
}

TEST(SiliconStudy, ShippedRowsFollowTheSchemaAndNoPredictionIsBelowTheBound) {
  const Json answer = answer_of({});
  EXPECT_EQ(testing::complaint("study-silicon.schema.json", answer), "");
  EXPECT_EQ(answer["gemmini"]["rows"].size(), 24U);
  EXPECT_FALSE(answer["gemmini"]["fitted"].get<bool>());
  for (const Json& row : answer["gemmini"]["rows"]) {
    EXPECT_GE(row["predicted"], row["bound"]) << row["row"];
    EXPECT_GE(row["uncalibrated"], row["bound"]) << row["row"];
  }
  for (const Json& bound : answer["bounds"]) {
    EXPECT_TRUE(bound["holds"].get<bool>()) << bound["what"];
  }
  double previous = 1e9;
  for (const Json& one : answer["nvdla"]) {
    EXPECT_LT(one["predicted_fps"], previous) << "in the vendor's order";
    EXPECT_LE(one["predicted_fps"], one["bound_fps"]);
    previous = one["predicted_fps"];
  }
}

TEST(SiliconStudy, EyerissIsWithinItsTargetsWithoutAnyFit) {
  const Json answer = answer_of({});
  double measured = 0.0;
  double predicted = 0.0;
  for (const Json& one : answer["eyeriss"]) {
    const double time = one["predicted_seconds"];
    EXPECT_NEAR(time / one["measured_seconds"].get<double>(), 1.0, 0.15) << one["layer"];
    EXPECT_GE(time, one["ideal_seconds"]) << "MACs over the active PEs are a bound";
    measured += one["measured_seconds"].get<double>();
    predicted += time;
  }
  EXPECT_EQ(answer["eyeriss"].size(), 5U);
  EXPECT_NEAR(predicted / measured, 1.0, 0.10);
  for (const Json& one : answer["energy"]["by_level"]) {
    EXPECT_NEAR(one["alu"], one["alu_published"], 0.1) << one["layer"];
    EXPECT_NEAR(one["rf"], one["rf_published"], 0.1) << one["layer"];
    EXPECT_LE(one["dram_least"].get<double>(), one["dram_published"].get<double>() + 0.1) << "a lower bound";
  }
}

using SiliconStudyReference = testing::ReferenceTest;

TEST_F(SiliconStudyReference, AllMeasurementsMeetTheTargets) {
  const fs::path data = testing::reference_data() / "reference/silicon";
  const Json answer = answer_of(data);
  EXPECT_TRUE(answer["gemmini"]["fitted"].get<bool>());
  const Json& all = errors(answer, "16x16, exact shape");
  EXPECT_LE(all["median_error"], 0.10);
  EXPECT_LE(all["mean_error"], 0.15);
  EXPECT_GE(all["rank_correlation"], 0.98);
  const Json& held_back = errors(answer, "the other layers");
  EXPECT_LE(held_back["median_error"], 0.10);
  EXPECT_LE(held_back["mean_error"], 0.15);
  for (const char* size : {"4x4", "8x8", "32x32", "64x64"}) {
    EXPECT_GE(errors(answer, std::string(size) + ", exact shape")["rank_correlation"], 0.95) << size;
  }
  EXPECT_EQ(errors(answer, "all rows")["below_bound"], 0);
}

// What the chiplet file says is what is fitted to all measurements' half.
TEST_F(SiliconStudyReference, TheChipletFileHasTheFittedConstants) {
  const fs::path data = testing::reference_data() / "reference/silicon";
  const hardware::ChipletType type = hardware::load_chiplet_type("gemmini-16");
  const Json constants = answer_of(data)["gemmini"]["constants"];
  EXPECT_EQ(constants["command_cycles"], type.offchip->convolution_cycles);
  EXPECT_EQ(constants["command_cycles"].get<std::int64_t>() / 2, type.offchip->product_cycles);
  EXPECT_EQ(constants["read_miss_cycles"], type.offchip->read_miss_cycles);
  EXPECT_EQ(constants["write_miss_cycles"], type.offchip->write_miss_cycles);
}

// The commands that README of the data works out by hand: 14 tiles of 8,064 commands of 4 pixels.
TEST(SiliconStudy, CountsOfAWorkedRowAreThoseOfTheData) {
  const auto data = silicon::read_measured(base::data_folder() / "studies" / "silicon");
  const hardware::ChipletType type = hardware::load_chiplet_type("gemmini-16");
  for (const silicon::GemminiRow& row : data.gemmini) {
    const auto costs =
        cost::systolic::command_costs(row.tiled, silicon::scaled(*type.array, row.array), *type.offchip);
    if (row.id == "d015") {
      EXPECT_EQ(costs.tile_commands, 14);
      EXPECT_EQ(costs.compute_commands, 14 * 8064);
      EXPECT_EQ(costs.operand_rows, 451584);
      EXPECT_EQ(costs.read_bytes, 1032192 + 2 * 128 * 28 * (5 * 6 + 2 * 5));
      EXPECT_EQ(costs.written_bytes, 100352);
    }
    if (row.id == "m0123") {
      EXPECT_EQ(costs.tile_commands, 4096);
      EXPECT_EQ(costs.operand_rows, 1605632);
    }
  }
}

std::string mistake(const std::string& from, const std::string& to) {
  const fs::path folder = fs::path(::testing::TempDir()) / "inlay-silicon";
  fs::remove_all(folder);
  fs::copy(base::data_folder() / "studies" / "silicon", folder, fs::copy_options::recursive);
  const fs::path file = folder / "gemmini_firesim" / "mappings_16x16.csv";
  std::string text = base::read_file(file);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  base::write_file(file, text.replace(at, from.size(), to));
  try {
    answer_of(folder);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(SiliconStudy, MistakesInTheDataAreNamedWithTheirPlace) {
  EXPECT_THAT(mistake("measured_cycles", "measured"), HasSubstr("the column 'measured_cycles' is missing"));
  EXPECT_THAT(mistake("K:2 OX:7", "K:2 OZ:7"),
              AllOf(HasSubstr("mappings_16x16.csv:2"), HasSubstr("'OZ:7' is not a loop")));
  EXPECT_THAT(mistake(",861318", ",fast"), HasSubstr("mappings_16x16.csv:2"));
  EXPECT_THAT(mistake(",861318", ""), HasSubstr("cells"));
  StudyOptions options;
  options.data = "/nowhere";
  EXPECT_THROW(run_study("silicon", options), base::InputError);
}

TEST(RankCorrelation, SpearmansRhoByHand) {
  EXPECT_DOUBLE_EQ(*spearman_rho({1, 2, 3}, {10, 20, 30}), 1.0);
  EXPECT_DOUBLE_EQ(*spearman_rho({1, 2, 3}, {3, 2, 1}), -1.0);
  EXPECT_DOUBLE_EQ(*spearman_rho({1, 2, 3, 4}, {1, 3, 2, 4}), 1.0 - 6.0 * 2 / (4 * 15));
  EXPECT_NEAR(*spearman_rho({1, 1, 2}, {1, 2, 3}), std::sqrt(3.0) / 2, 1e-12) << "ties share their ranks";
  EXPECT_FALSE(spearman_rho({1, 1}, {1, 2}).has_value());
  EXPECT_THROW(spearman_rho({1}, {1, 2}), base::DefectError);
}

}  // namespace
}  // namespace inlay::studies
