// The study of estimate and replay: its quick subset from end to end, its figures by hand, mistakes in its
// file.
#include "inlay/studies/agreement/study.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/studies/agreement/report.hpp"
#include "inlay/studies/studies.hpp"
#include "support/published_schema.hpp"

namespace inlay::studies {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using ::testing::HasSubstr;

fs::path plan_file() {
  return base::data_folder() / "studies" / "agreement.yaml";
}

TEST(AgreementStudy, QuickSubsetFollowsTheSchemaIsTheSameOnAnyThreadsAndGoesOn) {
  StudyOptions options;
  options.quick = true;
  options.threads = 1;
  options.journal = fs::path(::testing::TempDir()) / "inlay-agreement.jsonl";
  fs::remove(options.journal);
  const StudyAnswer answer = run_study("agreement", options);
  const Json json = Json::parse(answer.json);
  EXPECT_EQ(testing::complaint("study-agreement.schema.json", json), "");
  const Json& all = json["groups"].back();
  EXPECT_EQ(all["name"], "all");
  EXPECT_EQ(all["conditions"], 4);
  EXPECT_GT(all["schedules"], 40);
  // The study's targets for latencies.
  EXPECT_LE(all["mean_error"], 0.03);
  EXPECT_LE(std::abs(all["worst_error"].get<double>()), 0.15);
  for (const Json& condition : json["conditions"]) {
    for (const Json& one : condition["schedules"]) {
      EXPECT_GT(one["estimated_edp"], 0.0);
      EXPECT_GE(one["replay"], 0.5 * one["estimate"].get<double>());
    }
  }
  options.threads = 2;
  EXPECT_EQ(run_study("agreement", options).json, answer.json) << "what is finished is read again";
  options.journal.clear();
  EXPECT_EQ(run_study("agreement", options).json, answer.json);
}

agreement::ConditionResult result(std::vector<agreement::Comparison> schedules) {
  agreement::ConditionResult one;
  one.condition = {"s", "p", hardware::Overlap::kSerial, 1.0};
  one.schedules = std::move(schedules);
  one.end_errors = {0.5, -0.1};
  one.memory_share = 0.3;
  return one;
}

TEST(AgreementStudy, FiguresByHand) {
  // The estimate chooses the first schedule, whose replayed EDP is 10% above that of the second.
  const agreement::ConditionResult one = result({{1.0, 1.25, 1.0, 2.2}, {2.0, 2.0, 1.5, 2.0}});
  EXPECT_NEAR(one.regret(), 0.1, 1e-12);
  EXPECT_DOUBLE_EQ(*one.rank_correlation(), 1.0);
  const agreement::ConditionResult other = result({{1.0, 2.0, 1.0, 1.0}, {2.0, 1.0, 2.0, 2.0}});
  EXPECT_DOUBLE_EQ(*other.rank_correlation(), -1.0);
  agreement::ConditionResult none = result({});
  none.failure = "no strategy finds a schedule";
  const agreement::Report report = agreement::make_report({}, false, {one, other, none});
  const agreement::Group& all = report.groups.back();
  EXPECT_EQ(all.conditions, 2U);
  EXPECT_EQ(all.schedules, 4U);
  EXPECT_NEAR(all.mean_error, (0.2 + 0.0 + 0.5 + 1.0) / 4, 1e-12);
  EXPECT_NEAR(all.bias, (-0.2 + 0.0 - 0.5 + 1.0) / 4, 1e-12);
  EXPECT_DOUBLE_EQ(all.worst_error, 1.0);
  EXPECT_DOUBLE_EQ(all.rank_correlation, 0.0);
  EXPECT_NEAR(all.worst_regret, 0.1, 1e-12);
  EXPECT_NEAR(all.mean_end_error, 0.3, 1e-12);
  EXPECT_DOUBLE_EQ(all.worst_end_error, 0.5);
  EXPECT_THAT(agreement::report_text(report), HasSubstr("left out: s, p, serial, memory x1: no strategy"));
}

std::string mistake(const std::string& from, const std::string& to) {
  std::string text = base::read_file(plan_file());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  try {
    agreement::read_plan(base::YamlNode::parse(text.replace(at, from.size(), to), "agreement.yaml"), true);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "";
}

TEST(AgreementStudy, MistakesInItsFileAreNamedWithTheirPlace) {
  EXPECT_THAT(mistake("overlaps: [serial", "overlaps: [cereal"), HasSubstr("agreement.yaml:6"));
  EXPECT_THAT(mistake("memory: [1", "memory: [0"), HasSubstr("memory"));
  EXPECT_THAT(mistake("jitter: 0.02", "jitter: 2"), HasSubstr("jitter"));
  EXPECT_THAT(mistake("variants:", "varaints:"), HasSubstr("variants"));
  EXPECT_THAT(mistake("strategies: [large, scar, standalone]", "strategies: []"), HasSubstr("at least one"));
  EXPECT_TRUE(is_study_file(plan_file()));
  EXPECT_EQ(check_study_file(plan_file()), "study 'agreement', 144 conditions");
}

}  // namespace
}  // namespace inlay::studies
