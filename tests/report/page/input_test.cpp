// Reading a folder of results: what is there, what is damaged, and what the command makes of it.
#include "inlay/report/page/input.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/report/files/comparison_json.hpp"
#include "support/documents.hpp"

namespace inlay {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(::testing::TempDir()) /
        ("inlay-report-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) {
    base::write_file(folder_ / name, content);
  }

  /// Message of the base::InputError; empty if there is none.
  std::string refusal() const {
    try {
      report::page::read_page_input(folder_);
    } catch (const base::InputError& error) {
      return error.what();
    }
    return "";
  }

  /// Two schedules, the second better by latency, and the comparison that names them.
  void write_comparison() {
    schedule::ScheduleDocument slow = document({{{{{0, 1, {{0, 3, 0}}}}}}, true});
    schedule::ScheduleDocument fast = document(testing::worked_example_schedule());
    report::text::Comparison comparison;
    comparison.scenario = "worked-example";
    comparison.objective = objective::Objective::kLatency;
    comparison.engine = "table";
    comparison.communication = "paper";
    for (const auto& [file, one] : {std::pair{"slow.json", &slow}, std::pair{"fast.json", &fast}}) {
      search::Certificate certificate;
      certificate.value = one->statement.metrics.latency;
      const auto cost = evaluate::evaluate_reference(one->problem, one->schedule);
      comparison.rows.push_back(
          {file, "exact", report::text::comparison_result(one->problem, one->schedule, cost, certificate), "",
           file});
      write(file, schedule::write_document(*one));
    }
    comparison.rows.push_back({"tiny", "exact", std::nullopt, "too small", ""});
    comparison_ = report::files::comparison_json(comparison);
    write("comparison.json", comparison_);
  }

  static schedule::ScheduleDocument document(const schedule::Schedule& schedule) {
    schedule::ScheduleDocument result = testing::document_of(testing::worked_example(), schedule);
    schedule::CertificateClaim certificate;
    certificate.strategy = "by hand";
    certificate.objective = "latency";
    certificate.value = result.statement.metrics.latency;
    certificate.lower_bound = certificate.value / 2;
    certificate.gap = 0.5;
    certificate.space = "one window";
    certificate.binds = "compute";
    certificate.stopped_by = "gap";
    result.statement.certificate = certificate;
    return result;
  }

  void replace_in_comparison(const std::string& what, const std::string& with) {
    const std::size_t at = comparison_.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    write("comparison.json", std::string(comparison_).replace(at, what.size(), with));
  }

  fs::path folder_;
  std::string comparison_;
};

TEST_F(Folder, SchedulesAloneTheBestFirst) {
  write("a.json", schedule::write_document(document({{{{{0, 1, {{0, 3, 0}}}}}}, true})));
  write("b.json", schedule::write_document(document(testing::worked_example_schedule())));
  write("other.json", R"({"format": "inlay-cost"})");
  write("stages.csv", "window,model");
  const report::page::PageInput input = report::page::read_page_input(folder_);
  ASSERT_EQ(input.schedules.size(), 2U);
  EXPECT_FALSE(input.comparison);
  EXPECT_EQ(input.schedules[0].file, "b.json");
  EXPECT_NEAR(input.schedules[0].cost.latency, 28010e-9, 1e-15);
}

TEST_F(Folder, ComparisonIsReadBack) {
  write_comparison();
  write("stale.json", "{");  // of an earlier run: the comparison does not name it
  const report::page::PageInput input = report::page::read_page_input(folder_);
  ASSERT_TRUE(input.comparison);
  EXPECT_EQ(report::files::comparison_json(*input.comparison), comparison_);
  ASSERT_EQ(input.schedules.size(), 2U);
  EXPECT_EQ(input.schedules[0].file, "fast.json");
  EXPECT_EQ(input.schedules[1].file, "slow.json");
}

TEST_F(Folder, NothingUsable) {
  EXPECT_THAT(refusal(), HasSubstr("holds neither comparison.json nor a schedule"));
  write("other.json", R"([1, 2])");
  EXPECT_THAT(refusal(), HasSubstr("holds neither"));
  folder_ /= "missing";
  EXPECT_THAT(refusal(), HasSubstr("does not exist"));
}

TEST_F(Folder, DamagedSchedules) {
  const std::string whole = schedule::write_document(document(testing::worked_example_schedule()));
  write("schedule.json", whole.substr(0, whole.size() / 2));
  EXPECT_THAT(refusal(), HasSubstr("schedule.json:"));
  write("schedule.json", std::string("\x7f\x45\x4c\x46\x00\x01", 6));
  EXPECT_THAT(refusal(), HasSubstr("schedule.json:"));
  schedule::ScheduleDocument wrong = document(testing::worked_example_schedule());
  wrong.statement.metrics.latency *= 2;
  write("schedule.json", schedule::write_document(wrong));
  EXPECT_THAT(refusal(), HasSubstr("not a valid schedule"));
}

TEST_F(Folder, DamagedComparisons) {
  write_comparison();
  for (const auto& [what, with, message] :
       {std::tuple{"\"latency\",\n", "\"beauty\",\n", "objective: "},
        std::tuple{"fast.json\"\n", "../fast.json\"\n", "same folder"},
        std::tuple{"\"feasible\": true", "\"feasible\": 1", "rows[0].feasible"},
        std::tuple{"\"scenario\"", "\"scenery\"", "scenario"},
        std::tuple{"\"format_version\": 1", "\"format_version\": 2", "format_version"},
        std::tuple{"\"latency\": ", "\"latency\": 1", "different runs"}}) {
    replace_in_comparison(what, with);
    EXPECT_THAT(refusal(), HasSubstr("comparison.json")) << with;
    EXPECT_THAT(refusal(), HasSubstr(message)) << with;
  }
  write("comparison.json", comparison_);
  fs::remove(folder_ / "slow.json");
  EXPECT_THAT(refusal(), HasSubstr("slow.json"));
}

TEST_F(Folder, CommandWritesThePageOrNothing) {
  const fs::path page = folder_ / "report.html";
  const std::string command = std::string(INLAY_PROGRAM) + " report " + folder_.string() + " -o " +
                              page.string() + " > /dev/null 2>&1";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 2);
  EXPECT_FALSE(fs::exists(page));
  write("schedule.json", schedule::write_document(document(testing::worked_example_schedule())));
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 0);
  EXPECT_THAT(base::read_file(page), HasSubstr("28.01 us"));
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 0) << "its own page may be replaced";
  EXPECT_EQ(WEXITSTATUS(std::system((command + " --picture map").c_str())), 2) << "a drawing is no page";
  const fs::path drawing = folder_ / "map.svg";
  const std::string draw = std::string(INLAY_PROGRAM) + " report " + folder_.string() + " --picture map -o " +
                           drawing.string() + " > /dev/null 2>&1";
  EXPECT_EQ(WEXITSTATUS(std::system(draw.c_str())), 0);
  EXPECT_THAT(base::read_file(drawing), HasSubstr("<svg"));
  EXPECT_EQ(WEXITSTATUS(std::system((command + " --picture photo").c_str())), 2);
  write("report.html", "my own page");
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 2) << "what is not ours stays";
  EXPECT_EQ(base::read_file(page), "my own page");
}

}  // namespace
}  // namespace inlay
