// What the table of `inlay compare` says of its gain.
#include "inlay/report/text/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/report/figures/figures.hpp"

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
