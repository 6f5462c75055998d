// The quick subset of the study of SCAR from end to end, and what it works out of published figures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/studies/scar/report.hpp"
#include "inlay/studies/scar/text.hpp"
#include "inlay/studies/studies.hpp"
#include "support/published_schema.hpp"

namespace inlay::studies {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

StudyOptions quick(int threads = 2) {
  StudyOptions options;
  options.quick = true;
  options.threads = threads;
  return options;
}

const StudyAnswer& answer() {
  static const StudyAnswer kAnswer = run_study("scar", quick());
  return kAnswer;
}

scar::Plan whole_plan() {
  return scar::read_plan(base::YamlNode::load(base::data_folder() / "studies" / "scar.yaml"), false);
}

class Folder {
 public:
  explicit Folder(const std::string& name) : path_(fs::path(::testing::TempDir()) / name) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

TEST(ScarStudy, HeadlinesFollowFromThePublishedTables) {
  // 27.6% and 29.6%: the mean over scenarios and both homogeneous packages of 1 - EDP / EDP, EDP search.
  const scar::Plan plan = whole_plan();
  for (const auto& [table_name, published] : {std::pair{"datacenter", 0.276}, std::pair{"arvr", 0.296}}) {
    const scar::Table& table = *plan.table(table_name);
    const auto edp = [&](const char* row) { return table.row(row).published.at("edp").edp; };
    EXPECT_NEAR(scar::mean_reduction(edp("Het-Sides"), {edp("Simba (Shi)"), edp("Simba (NVD)")}), published,
                0.0005);
  }
}

TEST(ScarStudy, WholePlanHasWhatThePaperPublished) {
  const scar::Plan plan = whole_plan();
  ASSERT_EQ(plan.settings.size(), 3U);
  EXPECT_EQ(plan.table("datacenter")->rows.size(), 6U);
  EXPECT_EQ(plan.table("arvr")->rows.size(), 6U);
  EXPECT_EQ(plan.table("6x6")->rows.size(), 3U);
  EXPECT_TRUE(plan.settings[1].fit);
  EXPECT_EQ(plan.settings[1].offchip, 50);
  EXPECT_EQ(plan.settings[1].offchip_of.at("gpt2-large"), 512);
  // Every search is asked for once.
  std::set<std::string> keys;
  const std::vector<scar::Point> points = scar::all_points(plan);
  for (const scar::Point& point : points) {
    EXPECT_TRUE(keys.insert(point.key()).second) << point.key();
  }
}

TEST(ScarStudy, JsonKeepsItsSchema) {
  EXPECT_EQ(testing::complaint("study-scar.schema.json", json::parse(answer().json)), "");
  json broken = json::parse(answer().json);
  broken["tables"][0].erase("setting");
  EXPECT_NE(testing::complaint("study-scar.schema.json", broken), "");
}

TEST(ScarStudy, ThirdColumnIsNeverWorseThanTheGapAllows) {
  const json written = json::parse(answer().json);
  for (const json& table : written.at("tables")) {
    for (const json& scenario : table.at("scenarios")) {
      for (const json& row : scenario.at("rows")) {
        const std::string figure = table.at("objective") == "latency" ? "latency" : "edp";
        const json& best = row.at("best");
        EXPECT_GE(best.at("gap").get<double>(), 0.0);
        if (row.at("strategy") == "standalone") {
          EXPECT_EQ(best, row.at("scar"));
        }
        EXPECT_GT(row.at("scar").at(figure).get<double>(), 0.0);
        // The bound of `best` speaks of its windows; SCAR's are among them.
        EXPECT_GE(row.at("scar").at(figure).get<double>(),
                  best.at(figure).get<double>() * (1.0 - best.at("gap").get<double>()) * (1.0 - 1e-9))
            << row;
      }
    }
  }
}

TEST(ScarStudy, EnergyOfTheWeightsAndTheImpliedOneStandBesideOurs) {
  const json table = json::parse(answer().json).at("tables").at(0);
  const json scenario = table.at("scenarios").at(0);
  ASSERT_EQ(scenario.at("scenario"), "scar-1");
  // 774 M and 335 M parameters at 8 bits, some of them tied and read twice: about 1.1 GB at 14.8 pJ/bit.
  EXPECT_NEAR(scenario.at("weights_energy").get<double>(), 0.13, 0.02);
  const json& row = scenario.at("rows").at(0);
  EXPECT_DOUBLE_EQ(row.at("published").at("implied_energy").get<double>(), 0.029 / 1.41);
  EXPECT_LT(row.at("published").at("implied_energy").get<double>(),
            scenario.at("weights_energy").get<double>());
  EXPECT_THAT(answer().text, HasSubstr("0.0206<"));
}

TEST(ScarStudy, AnswerDoesNotDependOnThreads) {
  EXPECT_EQ(run_study("scar", quick(1)).json, answer().json);
}

TEST(ScarStudy, TextFitsTheTerminal) {
  std::istringstream lines(answer().text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 120U) << line;
  }
  EXPECT_THAT(answer().text, HasSubstr("rank correlation"));
}

TEST(ScarStudy, AFitIsLabelledWhereverItIsPrinted) {
  scar::Plan plan = whole_plan();
  plan.tables.resize(1);
  plan.reductions.resize(1);
  plan.variations.clear();
  scar::Outcomes outcomes;
  for (const scar::Point& point : scar::all_points(plan)) {
    outcomes[point.key()] = {1.0, 1.0, 0.0, "proof", ""};
  }
  const std::string text = scar::report_text(scar::make_report(plan, outcomes));
  std::istringstream lines(text);
  int labelled = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("scar-calibrated") != std::string::npos) {
      EXPECT_THAT(line, HasSubstr("a fit, not a finding"));
      ++labelled;
    }
  }
  EXPECT_GT(labelled, 5);
}

TEST(ScarStudy, GoesOnWhereItWasInterrupted) {
  const Folder folder("inlay-scar-resume");
  std::atomic<bool> interrupted{false};
  StudyOptions options = quick(1);
  options.journal = folder.path() / "progress.jsonl";
  options.interrupted = &interrupted;
  options.progress = [&](std::size_t done, std::size_t) { interrupted = done >= 4; };
  try {
    run_study("scar", options);
    FAIL() << "an interrupted study has no answer";
  } catch (const base::InfeasibleError& error) {
    EXPECT_THAT(error.what(), HasSubstr("interrupted after 4 of"));
    EXPECT_THAT(error.what(), HasSubstr("goes on from there"));
  }
  // Mark one of the four: the rest of the run must take it as it stands.
  std::string text = base::read_file(options.journal);
  ASSERT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
  const std::string untouched = text;
  const std::size_t at = text.find("\"latency\":") + 10;
  text.replace(at, text.find(',', at) - at, "123456.5");
  base::write_file(options.journal, text);
  interrupted = false;
  options.progress = nullptr;
  EXPECT_THAT(run_study("scar", options).json, HasSubstr("123456.5"));
  // And without the mark both runs together give what one undisturbed run gives.
  base::write_file(options.journal, untouched);
  EXPECT_EQ(run_study("scar", options).json, answer().json);
}

TEST(ScarStudy, AChangedSettingInvalidatesWhatWasKept) {
  const Folder folder("inlay-scar-changed");
  const fs::path data = folder.path() / "data";
  fs::copy(base::data_folder(), data, fs::copy_options::recursive);
  StudyOptions options = quick(1);
  options.journal = folder.path() / "progress.jsonl";
  std::atomic<bool> interrupted{false};
  options.interrupted = &interrupted;
  options.progress = [&](std::size_t, std::size_t) { interrupted = true; };
  const auto lines_after_a_run = [&] {
    interrupted = false;
    ::setenv("INLAY_DATA", data.c_str(), 1);
    EXPECT_THROW(run_study("scar", options), base::InfeasibleError);
    ::unsetenv("INLAY_DATA");
    const std::string text = base::read_file(options.journal);
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_EQ(lines_after_a_run(), 2);  // the header and one search
  options.progress = [&](std::size_t done, std::size_t) { interrupted = done >= 2; };
  EXPECT_EQ(lines_after_a_run(), 3);  // one more
  const fs::path chiplet = data / "chiplets" / "nvdla-ws-4096.yaml";
  std::string text = base::read_file(chiplet);
  text.replace(text.find("clock: 500 MHz"), 14, "clock: 501 MHz");
  base::write_file(chiplet, text);
  options.progress = [&](std::size_t, std::size_t) { interrupted = true; };
  EXPECT_EQ(lines_after_a_run(), 2);  // begun anew
}

}  // namespace
}  // namespace inlay::studies
