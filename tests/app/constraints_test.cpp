// Constraints from the command line: exit codes, and that nothing is searched for with wrong ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/program.hpp"

namespace inlay::test {
namespace {

using ::testing::HasSubstr;

class Constrained : public ::testing::Test {
 protected:
  Constrained() {
    folder_.write(
        "eyes.yaml",
        "name: eyes\nmodels:\n  - {model: resnet-18, name: left}\n  - {model: resnet-18, name: right}\n");
  }
  Outcome schedule(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"schedule", "eyes.yaml", "--package", "het-sides-2x2"};
    words.insert(words.end(), more.begin(), more.end());
    return run_inlay(words, folder_.path());
  }
  TemporaryFolder folder_;
};

TEST_F(Constrained, WrongOnesEndWithCodeTwoAndTheirPlace) {
  folder_.write("c.yaml", "cap: {left: 1}\npin:\n  - {model: left, chiplets: [c0, c9]}\n");
  Outcome outcome = schedule({"--constraints", "c.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err,
              HasSubstr("inlay: error: c.yaml:3:34: pin[0].chiplets[1]: the package has no chiplet 'c9'"));
  outcome = schedule({"--constraints", "none.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("none.yaml"));
  outcome = schedule({"--after", "left=rihgt"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--after left=rihgt: the scenario has no model 'rihgt'"));
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'right'?"));
  EXPECT_EQ(outcome.out, "");
}

TEST_F(Constrained, ClashingOnesEndWithCodeOneInOneLine) {
  const Outcome outcome =
      schedule({"--pin", "left=c0", "--pin", "right=c0", "--cap", "left=2", "--strategy", "standalone"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err,
              HasSubstr("no schedule keeps all of these constraints: pin of model 'left' to chiplet c0; pin "
                        "of model 'right' to chiplet c0; standalone"));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
}

TEST_F(Constrained, TheyStandInTheScheduleFileAndItsInputs) {
  folder_.write("c.yaml", "mini_batch: {left: 1}\n");
  const Outcome outcome = schedule({"--constraints", "c.yaml", "--latency-limit", "left=5ms", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const nlohmann::json document = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(document["problem"]["constraints"]["mini_batches"][0]["size"], 1);
  EXPECT_EQ(document["problem"]["constraints"]["latency_limits"][0]["seconds"], 5e-3);
  bool listed = false;
  for (const auto& input : document["inputs"]) {
    listed = listed || input["file"] == "c.yaml";
  }
  EXPECT_TRUE(listed);
  const nlohmann::json free = nlohmann::json::parse(schedule({"--json"}).out);
  EXPECT_FALSE(free["problem"].contains("constraints"));
}

TEST_F(Constrained, AScenarioSaysWhichModelsWait) {
  folder_.write("eyes.yaml",
                "name: eyes\nmodels:\n  - {model: resnet-18, name: left, depends_on: right}\n"
                "  - {model: resnet-18, name: right}\n");
  for (const char* strategy : {"exact", "scar", "layerwise", "standalone", "sequential"}) {
    // Said once more, it is still one constraint.
    const Outcome outcome = schedule({"--strategy", strategy, "--after", "left=right", "--json"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const nlohmann::json document = nlohmann::json::parse(outcome.out);
    const nlohmann::json expected = {{{"model", 0}, {"waits_for", 1}}};
    EXPECT_EQ(document["problem"]["constraints"]["dependencies"], expected);
    bool left_has_begun = false;
    for (const auto& window : document["schedule"]["windows"]) {
      for (const auto& pipeline : window["pipelines"]) {
        left_has_begun = left_has_begun || pipeline["model"] == 0;
        EXPECT_FALSE(left_has_begun && pipeline["model"] == 1) << strategy;
      }
    }
  }
  const Outcome circle = schedule({"--after", "right=left"});
  EXPECT_EQ(circle.code, 1);
  EXPECT_THAT(circle.err, HasSubstr("they wait for each other in a circle"));
}

TEST_F(Constrained, ExplainHoldsAScheduleToThoseOfTheCommandLine) {
  ASSERT_EQ(schedule({"--strategy", "layerwise", "--out", "out"}).code, 0);
  const Outcome fits = run_inlay({"explain", "out/schedule.json", "--mini-batch", "left=1"}, folder_.path());
  EXPECT_EQ(fits.code, 0) << fits.err;
  const Outcome broken =
      run_inlay({"explain", "out/schedule.json", "--latency-limit", "left=1us"}, folder_.path());
  EXPECT_EQ(broken.code, 2);
  EXPECT_THAT(broken.err, HasSubstr("latency limit 1 us of model 'left' is broken"));
}

}  // namespace
}  // namespace inlay::test
