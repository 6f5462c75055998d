// Periods and rates from the command line.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/program.hpp"

namespace inlay::test {
namespace {

using ::testing::HasSubstr;

class SteadyState : public ::testing::Test {
 protected:
  Outcome schedule(double rate, const std::vector<std::string>& more) const {
    folder_.write("rated.yaml",
                  fmt::format("name: rated\nmodels:\n  - {{model: resnet-18, batch: 4, rate: {}}}\n"
                              "  - {{model: mobilenet-v2, batch: 4}}\n",
                              rate));
    std::vector<std::string> words = {"schedule", "rated.yaml", "--package", "het-sides-2x2", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return run_inlay(words, folder_.path());
  }
  TemporaryFolder folder_;
};

nlohmann::json metrics_of(const Outcome& outcome) {
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return nlohmann::json::parse(outcome.out).at("metrics");
}

TEST_F(SteadyState, PeriodIsNoLongerThanOnePass) {
  const nlohmann::json once = metrics_of(schedule(1, {"--objective", "latency"}));
  const nlohmann::json period = metrics_of(schedule(1, {"--objective", "period"}));
  EXPECT_LE(period.at("latency"), once.at("latency"));
  EXPECT_LE(period.at("latency"), period.at("pass_latency"));
  EXPECT_FALSE(once.contains("pass_latency"));
  const nlohmann::json throughput = metrics_of(schedule(1, {"--objective", "throughput"}));
  EXPECT_EQ(throughput.at("latency"), period.at("latency"));
}

TEST_F(SteadyState, LeastEnergyServesTheRateOrNamesTheOneThatCanBe) {
  const double fastest = metrics_of(schedule(1, {"--objective", "edp", "--steady-state"})).at("latency");
  const double relaxed =
      metrics_of(schedule(1, {"--objective", "energy", "--steady-state"})).at("energy").at("total");
  const double rate = 4.0 / (1.05 * fastest);
  const nlohmann::json served = metrics_of(schedule(rate, {"--objective", "energy", "--steady-state"}));
  EXPECT_LE(served.at("latency"), 4.0 / rate * (1.0 + 1e-9));
  EXPECT_GE(served.at("energy").at("total"), relaxed);
  const Outcome outcome = schedule(100.0 * rate, {"--objective", "energy", "--steady-state"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("model 'resnet-18' cannot be served at"));
  EXPECT_THAT(outcome.err, HasSubstr("the shortest period that was found is"));
  EXPECT_EQ(outcome.out, "");
}

TEST_F(SteadyState, LatencyLimitsAndOtherWindowsAreRefused) {
  Outcome outcome = schedule(1, {"--objective", "period", "--latency-limit", "resnet-18=1s"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--latency-limit: a limit speaks of a schedule that runs once"));
  outcome = schedule(1, {"--objective", "period", "--strategy", "exact", "--option", "exact.windows=free"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("only 'first-fit' is searched in steady state"));
}

}  // namespace
}  // namespace inlay::test
