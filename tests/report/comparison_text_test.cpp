// What the table of `inlay compare` says of its gain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/report/comparison.hpp"
#include "inlay/report/figures.hpp"

namespace inlay::report {
namespace {

/// Two packages, the second one twice as fast.
Comparison two_rows(objective::Objective objective) {
  Comparison comparison;
  comparison.objective = objective;
  for (const double latency : {2.0, 1.0}) {
    ComparisonResult result;
    result.latency = latency;
    result.throughput = 1.0 / latency;
    result.certificate.value = latency;
    comparison.rows.push_back({"package", "exact", result, "", ""});
  }
  return comparison;
}

TEST(ComparisonText, SaysWhichWayRoundTheGainIs) {
  const std::string latency = comparison_text(two_rows(objective::Objective::kLatency));
  EXPECT_THAT(latency, ::testing::HasSubstr("2.00x"));
  EXPECT_THAT(latency,
              ::testing::HasSubstr("Gain: latency of the first row with a schedule over that of this"));
  const std::string throughput = comparison_text(two_rows(objective::Objective::kThroughput));
  EXPECT_THAT(throughput, ::testing::HasSubstr("2.00x"));
  EXPECT_THAT(throughput, ::testing::HasSubstr("Gain: throughput of this row over that of the first row"));
}

TEST(ComparisonText, ComparesWhatCostsNothing) {
  Comparison comparison = two_rows(objective::Objective::kEnergy);
  for (ComparisonRow& row : comparison.rows) {
    row.result->certificate.value = 0.0;
  }
  EXPECT_EQ(improvement(comparison, comparison.rows[1]), 1.0);
}

TEST(Figures, ThroughputIsShownAsTheLatencyThatIsSought) {
  EXPECT_EQ(format_objective(objective::Objective::kThroughput, 2.0), "2 s of latency");
  EXPECT_EQ(format_objective(objective::Objective::kLatency, 2.0), "2 s");
}

}  // namespace
}  // namespace inlay::report
