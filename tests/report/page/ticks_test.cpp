// Ticks of an axis: round, in one unit, none outside.
#include "inlay/report/page/ticks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <set>

namespace inlay::report::page {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> labels(double low, double high, int most, const std::string& unit) {
  std::vector<std::string> result;
  for (const Tick& tick : axis_ticks(low, high, most, unit)) {
    result.push_back(tick.label);
  }
  return result;
}

TEST(Ticks, AreRoundAndInOneUnit) {
  EXPECT_THAT(labels(0.0, 2.2e-3, 5, "s"), ElementsAre("0 ms", "1 ms", "2 ms"));
  EXPECT_THAT(labels(880e-6, 3.6e-3, 6, "s"), ElementsAre("1 ms", "2 ms", "3 ms"));
  EXPECT_THAT(labels(880e-6, 3.6e-3, 8, "s"),
              ElementsAre("1 ms", "1.5 ms", "2 ms", "2.5 ms", "3 ms", "3.5 ms"));
  EXPECT_THAT(labels(0.0, 1.0, 3, "J"), ElementsAre("0 J", "0.5 J", "1 J"));
  EXPECT_THAT(labels(0.0, 999e-6, 3, "J"), ElementsAre("0 uJ", "500 uJ"));
  EXPECT_THAT(labels(12.0e3, 12.1e3, 3, "J"), ElementsAre("12 kJ", "12.05 kJ", "12.1 kJ"));
}

TEST(Ticks, OfAnEmptyAxisAreNone) {
  EXPECT_TRUE(axis_ticks(1.0, 1.0, 5, "s").empty());
  EXPECT_TRUE(axis_ticks(2.0, 1.0, 5, "s").empty());
  EXPECT_TRUE(axis_ticks(0.0, std::nan(""), 5, "s").empty());
}

TEST(Ticks, LieOnTheAxisAtEqualStepsAndDiffer) {
  EXPECT_TRUE(rc::check("ticks of any axis", [] {
    const int exponent = *rc::gen::inRange(-11, 9);
    const double low = *rc::gen::inRange(0, 1000) * std::pow(10.0, exponent);
    const double high = low + *rc::gen::inRange(1, 1000) * std::pow(10.0, exponent);
    const int most = *rc::gen::inRange(2, 12);
    const std::vector<Tick> ticks = axis_ticks(low, high, most, "s");
    RC_ASSERT(static_cast<int>(ticks.size()) <= most);
    RC_ASSERT((most < 8 || ticks.size() >= 2));
    const double slack = 1e-6 * (high - low);
    std::set<std::string> seen;
    std::set<std::string> units;
    for (std::size_t i = 0; i < ticks.size(); ++i) {
      RC_ASSERT(ticks[i].value >= low - slack);
      RC_ASSERT(ticks[i].value <= high + slack);
      if (i >= 2) {
        const double step = ticks[1].value - ticks[0].value;
        RC_ASSERT(std::abs(ticks[i].value - ticks[i - 1].value - step) <= slack);
      }
      seen.insert(ticks[i].label);
      units.insert(ticks[i].label.substr(ticks[i].label.find(' ')));
    }
    RC_ASSERT(seen.size() == ticks.size());
    RC_ASSERT(units.size() <= 1U);
  }));
}

}  // namespace
}  // namespace inlay::report::page
