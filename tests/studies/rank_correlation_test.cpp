// Kendall's tau-b against values worked out by hand and by SciPy 1.11 (scipy.stats.kendalltau, variant b).
#include "inlay/studies/rank_correlation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "inlay/base/error.hpp"

namespace inlay::studies {
namespace {

TEST(RankCorrelation, EqualAndReversedOrdersAreTheEnds) {
  EXPECT_EQ(kendall_tau({1, 2, 3, 4}, {10, 20, 30, 40}), 1.0);
  EXPECT_EQ(kendall_tau({1, 2, 3, 4}, {4, 3, 2, 1}), -1.0);
}

TEST(RankCorrelation, OneExchangeOfFourIsTwoThirds) {
  // 5 of 6 pairs agree, 1 does not.
  EXPECT_DOUBLE_EQ(kendall_tau({1, 2, 3, 4}, {1, 2, 4, 3}).value(), 4.0 / 6.0);
}

TEST(RankCorrelation, TiesAreTakenFromTheDivisor) {
  // The example of scipy.stats.kendalltau: -0.47140452079103173.
  EXPECT_DOUBLE_EQ(kendall_tau({12, 2, 1, 12, 2}, {1, 4, 7, 1, 0}).value(), -0.47140452079103173);
  // Pairs distinct in a: 5 of 6, in b: 6; all 5 agree.
  EXPECT_DOUBLE_EQ(kendall_tau({1, 1, 2, 3}, {1, 2, 3, 4}).value(), 5.0 / std::sqrt(30.0));
}

TEST(RankCorrelation, WithoutTwoDifferentValuesThereIsNone) {
  EXPECT_FALSE(kendall_tau({1, 1, 1}, {1, 2, 3}).has_value());
  EXPECT_FALSE(kendall_tau({1}, {1}).has_value());
  EXPECT_FALSE(kendall_tau({}, {}).has_value());
  EXPECT_THROW(kendall_tau({1, 2}, {1}), base::DefectError);
}

TEST(RankCorrelation, RoundingTiesWhatATablePrintsAlike) {
  EXPECT_DOUBLE_EQ(rounded(0.34049, 3), 0.34);
  EXPECT_DOUBLE_EQ(rounded(12345.0, 3), 12300.0);
  EXPECT_EQ(rounded(14.8161, 3), rounded(14.7999, 3));
  EXPECT_EQ(rounded(0.0, 3), 0.0);
}

}  // namespace
}  // namespace inlay::studies
