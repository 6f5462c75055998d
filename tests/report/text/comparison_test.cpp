// What the table of `inlay compare` says of its gain.
#include "inlay/report/text/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/report/figures/figures.hpp"
#include "inlay/report/figures/memory_share.hpp"

namespace inlay::report {
namespace {

/// Two packages, the second one twice as fast.
text::Comparison two_rows(objective::Objective objective) {
  text::Comparison comparison;
  comparison.objective = objective;
  for (const double latency : {2.0, 1.0}) {
    text::ComparisonResult result;
    result.latency = latency;
    result.throughput = 1.0 / latency;
    result.certificate.value = latency;
    comparison.rows.push_back({"package", "exact", result, "", ""});
  }
  return comparison;
}

TEST(ComparisonText, SaysWhichWayRoundTheGainIs) {
  const std::string latency = text::comparison_text(two_rows(objective::Objective::kLatency));
  EXPECT_THAT(latency, ::testing::HasSubstr("2.00x"));
  EXPECT_THAT(latency,
              ::testing::HasSubstr("Gain: latency of the first row with a schedule over that of this"));
  const std::string throughput = text::comparison_text(two_rows(objective::Objective::kThroughput));
  EXPECT_THAT(throughput, ::testing::HasSubstr("2.00x"));
  EXPECT_THAT(throughput, ::testing::HasSubstr("Gain: throughput of this row over that of the first row"));
}

TEST(ComparisonText, SaysWhetherTheCommunicationFavoursPackages) {
  text::Comparison comparison = two_rows(objective::Objective::kLatency);
  comparison.communication = "shared";
  comparison.rows[0].result->memory_share = 0.55;
  EXPECT_THAT(text::comparison_text(comparison), ::testing::Not(::testing::HasSubstr("favours")));
  comparison.rows[1].package = "monolithic:package";
  EXPECT_THAT(text::comparison_text(comparison),
              ::testing::AllOf(::testing::HasSubstr("'shared' favours packages over monoliths"),
                               ::testing::HasSubstr("up to 55.0% of a window of package (exact)")));
  comparison.communication = "contended";
  EXPECT_THAT(text::comparison_text(comparison), ::testing::Not(::testing::HasSubstr("favours")));
}

/// Windows that last so long, while the memory is busy for so long; so many pipelines.
evaluate::ScheduleCost windows(const std::vector<std::tuple<double, double, std::size_t>>& list) {
  evaluate::ScheduleCost cost;
  for (const auto& [latency, memory, pipelines] : list) {
    evaluate::WindowCost& window = cost.windows.emplace_back();
    window.latency = latency;
    window.memory_time = memory;
    window.pipelines.resize(pipelines);
  }
  return cost;
}

TEST(MemoryShare, IsNamedForEveryWindowAndWarnedOfWithoutContention) {
  const auto cost = windows({{10.0, 9.0, 1}, {10.0, 4.5, 2}});
  EXPECT_EQ(figures::memory_shares(cost), "90.0%, 45.0% of the time of the windows");
  EXPECT_EQ(figures::memory_shares(windows({{10.0, 1.0, 2}})), "10.0% of the time");
  EXPECT_EQ(figures::memory_shares(windows(std::vector(7, std::tuple{10.0, 1.0, std::size_t{2}}))),
            "at most 10.0% of the time (window 0)");
  const figures::BusiestWindow busiest = figures::busiest_shared_window(cost);
  EXPECT_EQ(busiest.window, 1U) << "alone, a pipeline is delayed by nobody";
  EXPECT_THAT(figures::contention_warning(schedule::Communication::kPaper, busiest),
              ::testing::HasSubstr("busy for 45.0% of window 1; communication 'paper'"));
  EXPECT_EQ(figures::contention_warning(schedule::Communication::kContended, busiest), "");
  EXPECT_EQ(figures::contention_warning(schedule::Communication::kPaper, {1, 0.39}), "");
}

TEST(ComparisonText, ComparesWhatCostsNothing) {
  text::Comparison comparison = two_rows(objective::Objective::kEnergy);
  for (text::ComparisonRow& row : comparison.rows) {
    row.result->certificate.value = 0.0;
  }
  EXPECT_EQ(text::improvement(comparison, comparison.rows[1]), 1.0);
}

TEST(Figures, ThroughputIsShownAsThePeriodThatIsSought) {
  EXPECT_EQ(figures::format_objective(objective::Objective::kThroughput, 2.0), "2 s a period");
  EXPECT_EQ(figures::format_objective(objective::Objective::kLatency, 2.0), "2 s");
}

}  // namespace
}  // namespace inlay::report
