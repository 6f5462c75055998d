// Strategies, their options and formulas from the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/program.hpp"

namespace inlay::test {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> schedule_with(const std::vector<std::string>& more) {
  std::vector<std::string> words = {"schedule", "resnet-18", "--package", "het-sides-2x2"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(StrategyOptions, AreInTheScheduleFile) {
  const TemporaryFolder folder;
  const Outcome outcome =
      run_inlay(schedule_with({"--strategy", "scar", "--option", "scar.top=3", "--splits", "1", "--json"}),
                folder.path());
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const nlohmann::json options = nlohmann::json::parse(outcome.out)["certificate"]["options"];
  const auto has = [&](const char* name, const char* value) {
    return std::find(options.begin(), options.end(), nlohmann::json{{"name", name}, {"value", value}}) !=
           options.end();
  };
  EXPECT_TRUE(has("scar.top", "3"));
  EXPECT_TRUE(has("scar.splits", "1"));
  EXPECT_TRUE(has("scar.provisioning", "rule"));
}

TEST(StrategyOptions, WrongOnesEndWithCodeTwoAndSayWhatIsAllowed) {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"--strategy", "scar", "--option", "scar.tops=3"}, "did you mean 'scar.top'?"},
      {{"--strategy", "scar", "--option", "scar.top=0"}, "1 to 1000"},
      {{"--strategy", "scar", "--option", "scar.packing=unifrom"}, "did you mean 'uniform'?"},
      {{"--strategy", "scar", "--option", "scar.top"}, "NAME=VALUE"},
      {{"--strategy", "exact", "--option", "scar.top=3"}, "is of strategy 'scar'"},
      {{"--strategy", "skar"}, "did you mean 'scar'?"},
      {{"--objective", "latency * enrgy"}, "column 11"},
      {{"--objective", "-throughput"}, "must not be negative"},
  };
  for (const auto& [options, message] : wrong) {
    const Outcome outcome = run_inlay(schedule_with(options), folder.path());
    EXPECT_EQ(outcome.code, 2) << outcome.out << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(message));
  }
}

TEST(StrategyOptions, AreShownWithDefaultsAndBounds) {
  const TemporaryFolder folder;
  const Outcome shown = run_inlay({"show", "scar"}, folder.path());
  EXPECT_EQ(shown.code, 0);
  EXPECT_THAT(shown.out, HasSubstr("scar.population"));
  EXPECT_THAT(shown.out, HasSubstr("2 to 1000"));
  EXPECT_THAT(run_inlay({"show", "standalone"}, folder.path()).out, HasSubstr("no options"));
}

TEST(FormulaObjective, GoesThroughVerifyReportAndCompare) {
  const TemporaryFolder folder;
  const std::string formula = "latency^2 * energy";
  ASSERT_EQ(run_inlay(schedule_with({"--objective", formula, "--out", "out"}), folder.path()).code, 0);
  EXPECT_THAT(run_inlay({"show", "out/schedule.json"}, folder.path()).out, HasSubstr(formula));
  EXPECT_EQ(run_inlay({"verify", "out/schedule.json"}, folder.path()).code, 0);
  EXPECT_EQ(run_inlay({"report", "out", "-o", "out/report.html"}, folder.path()).code, 0);
  const Outcome compared =
      run_inlay({"compare", "resnet-18", "--package", "het-sides-2x2", "--strategy", "scar", "--strategy",
                 "layerwise", "--objective", formula, "--out", "both"},
                folder.path());
  EXPECT_EQ(compared.code, 0) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr(formula));
  EXPECT_EQ(run_inlay({"report", "both", "-o", "both/report.html"}, folder.path()).code, 0);
}

}  // namespace
}  // namespace inlay::test
