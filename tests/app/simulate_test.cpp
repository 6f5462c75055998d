// inlay simulate, and the replay beside what other commands report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/program.hpp"
#include "support/published_schema.hpp"

namespace inlay::test {
namespace {

using inlay::testing::complaint;
using ::testing::HasSubstr;
using Json = nlohmann::json;

Outcome run(const std::vector<std::string>& words, const TemporaryFolder& folder) {
  return run_inlay(words, folder.path());
}

/// A schedule of ResNet-18 in schedule.json.
TemporaryFolder& with_schedule() {
  static TemporaryFolder folder;
  static const Outcome made =
      run({"schedule", "resnet-18", "--package", "het-sides-2x2", "--splits", "0", "--out", "."}, folder);
  EXPECT_EQ(made.code, 0) << made.err;
  return folder;
}

TEST(Simulate, PrintsEstimateBesideReplayAndResources) {
  const Outcome outcome = run({"simulate", "schedule.json"}, with_schedule());
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const std::string told : {"estimate", "replay", "window 0, resnet-18", "c0", "memory", "64 GB/s"}) {
    EXPECT_THAT(outcome.out, HasSubstr(told));
  }
}

TEST(Simulate, PrintsJsonOfItsSchema) {
  const Outcome outcome = run({"simulate", "schedule.json", "--json", "--jitter", "2%"}, with_schedule());
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const Json replay = Json::parse(outcome.out);
  EXPECT_EQ(complaint("replay.schema.json", replay), "");
  EXPECT_EQ(replay["latencies"].size(), 5U);
  const double estimate = replay["times"][0]["estimate"];
  EXPECT_NEAR(replay["latency"].get<double>(), estimate, 0.05 * estimate);
  const Outcome again = run({"simulate", "schedule.json", "--json", "--jitter", "2%"}, with_schedule());
  EXPECT_EQ(outcome.out, again.out);
}

TEST(Simulate, WritesATrace) {
  const Outcome outcome = run({"simulate", "schedule.json", "--trace", "trace.json"}, with_schedule());
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_GT(Json::parse(read(with_schedule().path() / "trace.json"))["traceEvents"].size(), 20U);
}

TEST(Simulate, VerifyHoldsTheLatencyAgainstTheReplay) {
  const Outcome within = run({"verify", "schedule.json", "--replay"}, with_schedule());
  EXPECT_EQ(within.code, 0) << within.out;
  EXPECT_THAT(within.out, HasSubstr("note: metrics.latency: "));
  EXPECT_THAT(within.out, HasSubstr("tolerance 10.0%"));
  const Json exact =
      Json::parse(run({"simulate", "schedule.json", "--json"}, with_schedule()).out)["times"][0];
  const bool equal = exact["estimate"] == exact["replay"];
  const Outcome beyond = run({"verify", "schedule.json", "--replay", "--tolerance", "0%"}, with_schedule());
  EXPECT_EQ(beyond.code, equal ? 0 : 1) << beyond.out;
}

TEST(Simulate, ScheduleShowsTheReplay) {
  const Outcome outcome =
      run({"schedule", "resnet-18", "--package", "het-sides-2x2", "--strategy", "standalone", "--replay"},
          with_schedule());
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("estimate off by"));
}

TEST(Simulate, RefusesWhatMakesNoSense) {
  struct Case {
    std::vector<std::string> words;
    std::string told;
  };
  for (const Case& one : {Case{{"simulate", "none.json"}, "none.json"},
                          Case{{"simulate", "schedule.json", "--jitter", "2 apples"}, "for example 2%"},
                          Case{{"simulate", "schedule.json", "--jitter", "100%"}, "--jitter"},
                          Case{{"simulate", "schedule.json", "--runs", "0"}, "--runs"},
                          Case{{"verify", "schedule.json", "--tolerance", "1%"}, "goes with --replay"},
                          Case{{"simulate", "schedule.json", "--trac", "x"}, "did you mean '--trace'?"}}) {
    const Outcome outcome = run(one.words, with_schedule());
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr(one.told));
  }
}

}  // namespace
}  // namespace inlay::test
