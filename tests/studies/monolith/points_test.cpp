// Baselines, ratios, steps and the headline on outcomes that are made up, so that every number is known.
#include "inlay/studies/monolith/points.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "inlay/base/error.hpp"

namespace inlay::studies {
namespace {

monolith::Outcome outcome(const std::string& package, monolith::Organisation organisation,
                          const std::string& dataflow, double latency, double energy,
                          const std::string& strategy = "exact") {
  monolith::Outcome result;
  result.package = package;
  result.organisation = organisation;
  result.dataflows = {dataflow};
  result.output_stationary = dataflow.starts_with("os");
  result.published_mapping = dataflow == "os-published";
  result.strategy = strategy;
  result.samples = 10;
  result.latency = latency;
  result.energy = energy;
  return result;
}

/// EDP in brackets.
monolith::ConditionResult example() {
  monolith::ConditionResult result;
  result.condition = {"maestro", "pair", 4, 1024, hardware::Overlap::kSerial};
  result.outcomes = {
      outcome("monolith", monolith::Organisation::kMonolith, "os-fast", 8, 10),            // [80]
      outcome("monolith", monolith::Organisation::kMonolith, "os-balanced", 10, 7),        // [70] (i)
      outcome("monolith", monolith::Organisation::kMonolith, "os-thrifty", 30, 5),         // [150]
      outcome("monolith", monolith::Organisation::kMonolith, "os-published", 20, 10),      // [200] (iv)
      outcome("monolith", monolith::Organisation::kMonolith, "ws", 5, 8),                  // [40] (ii)
      outcome("all-ws", monolith::Organisation::kHomogeneous, "ws", 4, 8),                 // [32]
      outcome("all-ws", monolith::Organisation::kHomogeneous, "ws", 6, 8, "sequential"),   // [48]
      outcome("all-ws", monolith::Organisation::kHomogeneous, "ws", 10, 8, "standalone"),  // [80]
      outcome("all-os", monolith::Organisation::kHomogeneous, "os-balanced", 5, 6),        // [30] (iii)
      outcome("all-os", monolith::Organisation::kHomogeneous, "os-balanced", 7, 6, "sequential"),  // [42]
      outcome("mixed", monolith::Organisation::kHeterogeneous, "ws+os", 3, 8),                     // [24]
      outcome("mixed", monolith::Organisation::kHeterogeneous, "ws+os-fast", 4, 7),                // [28]
  };
  return result;
}

TEST(Baselines, AreTheOnesWithTheLowestEdpOfTheirKind) {
  const monolith::ConditionResult result = example();
  const monolith::Baselines found = monolith::baselines(result);
  EXPECT_EQ(found.output_stationary_monolith->dataflows.front(), "os-balanced");
  EXPECT_EQ(found.monolith->dataflows.front(), "ws");
  EXPECT_EQ(found.homogeneous->package, "all-os");
  EXPECT_EQ(found.homogeneous->strategy, "exact");
  EXPECT_EQ(found.published_monolith->dataflows.front(), "os-published");
}

TEST(Baselines, AreNotTakenFromAnotherStrategyOrKind) {
  monolith::ConditionResult result = example();
  for (monolith::Outcome& each : result.outcomes) {
    if (each.strategy != "exact" || each.organisation == monolith::Organisation::kHeterogeneous) {
      each.latency = 1e-3;  // far better, but no baseline
    }
  }
  EXPECT_EQ(monolith::baselines(result).homogeneous->latency, 5);
  EXPECT_EQ(monolith::baselines(result).monolith->latency, 5);
}

TEST(Baselines, MissingOnesAreADefect) {
  monolith::ConditionResult result = example();
  std::erase_if(result.outcomes, [](const monolith::Outcome& each) { return each.output_stationary; });
  EXPECT_THROW(monolith::baselines(result), base::DefectError);
}

TEST(Points, HaveEachPackageOnceByItsBestSchedule) {
  const std::vector<monolith::Point> found = monolith::points(example());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].outcome.package, "all-ws");
  EXPECT_EQ(found[1].outcome.package, "all-os");
  EXPECT_EQ(found[2].outcome.package, "mixed");
  EXPECT_EQ(found[2].outcome.dataflows.front(), "ws+os");
  EXPECT_EQ(found[0].outcome.strategy, "exact");
}

TEST(Points, RatiosAreAboveOneWhereTheMachineIsBetter) {
  const monolith::Point mixed = monolith::points(example())[2];  // 3 s, 8 J
  EXPECT_DOUBLE_EQ(mixed.against.output_stationary_monolith.throughput, 10.0 / 3);
  EXPECT_DOUBLE_EQ(mixed.against.output_stationary_monolith.energy_efficiency, 7.0 / 8);
  EXPECT_DOUBLE_EQ(mixed.against.monolith.throughput, 5.0 / 3);
  EXPECT_DOUBLE_EQ(mixed.against.monolith.energy_efficiency, 1.0);
  EXPECT_DOUBLE_EQ(mixed.against.homogeneous.throughput, 5.0 / 3);
  EXPECT_DOUBLE_EQ(mixed.against.homogeneous.energy_efficiency, 6.0 / 8);
  EXPECT_DOUBLE_EQ(mixed.against.published_monolith.edp(), 200.0 / 24);
}

TEST(Points, IndividuallyBestTakesTheFastestAndTheThriftiestApart) {
  const monolith::Point mixed = monolith::points(example())[2];
  EXPECT_DOUBLE_EQ(mixed.against_individually_best.output_stationary_monolith.throughput, 8.0 / 3);
  EXPECT_DOUBLE_EQ(mixed.against_individually_best.output_stationary_monolith.energy_efficiency, 5.0 / 8);
  EXPECT_DOUBLE_EQ(mixed.against_individually_best.homogeneous.throughput, 4.0 / 3);
  EXPECT_DOUBLE_EQ(mixed.against_individually_best.homogeneous.energy_efficiency, 6.0 / 8);
}

TEST(Points, RepeatedWritesAreTakenFromBothSides) {
  monolith::ConditionResult result = example();
  result.outcomes[1].repeated_writes = 3;   // (i): 7 J -> 4 J
  result.outcomes[10].repeated_writes = 6;  // mixed: 8 J -> 2 J
  const monolith::Point mixed = monolith::points(result)[2];
  EXPECT_DOUBLE_EQ(mixed.without_repeated_writes.output_stationary_monolith.energy_efficiency, 4.0 / 2);
  EXPECT_DOUBLE_EQ(mixed.without_repeated_writes.output_stationary_monolith.throughput, 10.0 / 3);
  EXPECT_DOUBLE_EQ(mixed.against.output_stationary_monolith.energy_efficiency, 7.0 / 8);
}

TEST(Points, StandaloneIsHeldAgainstTheBestMonolith) {
  const monolith::Point mixed = monolith::points(example())[2];
  ASSERT_TRUE(mixed.standalone.has_value());
  EXPECT_DOUBLE_EQ(mixed.standalone->throughput, 5.0 / 10);
  monolith::ConditionResult result = example();
  std::erase_if(result.outcomes, [](const monolith::Outcome& each) { return each.strategy == "standalone"; });
  EXPECT_FALSE(monolith::points(result)[2].standalone.has_value());
}

TEST(Steps, AreOnesOwnAndMultiplyToTheWhole) {
  const monolith::Point mixed = monolith::points(example())[2];
  ASSERT_EQ(mixed.steps.size(), 4U);
  EXPECT_DOUBLE_EQ(mixed.steps[0].gain.throughput, 10.0 / 5);  // (i) -> (ii)
  EXPECT_DOUBLE_EQ(mixed.steps[1].gain.throughput, 5.0 / 7);   // -> sequential, all-os
  EXPECT_DOUBLE_EQ(mixed.steps[2].gain.throughput, 7.0 / 5);   // -> (iii)
  EXPECT_DOUBLE_EQ(mixed.steps[3].gain.throughput, 5.0 / 3);
  rc::check("for any latencies and energies", [] {
    monolith::ConditionResult result = example();
    for (monolith::Outcome& each : result.outcomes) {
      each.latency = static_cast<double>(*rc::gen::inRange(1, 1000));
      each.energy = static_cast<double>(*rc::gen::inRange(1, 1000));
    }
    for (const monolith::Point& point : monolith::points(result)) {
      monolith::Ratios product;
      for (const monolith::Step& step : point.steps) {
        product.throughput *= step.gain.throughput;
        product.energy_efficiency *= step.gain.energy_efficiency;
      }
      const monolith::Ratios& whole = point.against.output_stationary_monolith;
      RC_ASSERT(std::abs(product.throughput / whole.throughput - 1) < 1e-12);
      RC_ASSERT(std::abs(product.energy_efficiency / whole.energy_efficiency - 1) < 1e-12);
    }
  });
}

TEST(Steps, MeanIsGeometric) {
  std::vector<monolith::Point> pair = {monolith::points(example())[2], monolith::points(example())[2]};
  pair[0].steps[1].gain = {2.0, 9.0};
  pair[1].steps[1].gain = {8.0, 1.0};
  const std::vector<monolith::Step> means = monolith::mean_steps(pair);
  ASSERT_EQ(means.size(), 4U);
  EXPECT_EQ(means[1].name, "chiplets");
  EXPECT_DOUBLE_EQ(means[1].gain.throughput, 4.0);
  EXPECT_DOUBLE_EQ(means[1].gain.energy_efficiency, 3.0);
  EXPECT_TRUE(monolith::mean_steps({}).empty());
}

/// A heterogeneous point of a workload with these ratios against (i).
monolith::Point point(const std::string& workload, double throughput, double efficiency) {
  monolith::Point result;
  result.condition.workload = workload;
  result.outcome.organisation = monolith::Organisation::kHeterogeneous;
  result.against.output_stationary_monolith = {throughput, efficiency};
  return result;
}

TEST(Headline, IsTheLargestProductOfBothRatios) {
  const auto found =
      monolith::headline({point("pair", 9, 0.1), point("pair", 1.5, 1.5), point("pair", 0.1, 9)}, {"pair"});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->against.output_stationary_monolith.throughput, 1.5);
}

TEST(Headline, DoesNotChooseByTheOtherBaselines) {
  monolith::Point tempting = point("pair", 1.0, 1.0);
  tempting.against.published_monolith = {9, 9};
  tempting.against.homogeneous = {9, 9};
  EXPECT_EQ(monolith::headline({tempting, point("pair", 1.1, 1.0)}, {"pair"})
                ->against.output_stationary_monolith.throughput,
            1.1);
}

TEST(Headline, ComesFromHeterogeneousPackagesOnItsWorkloadsAlone) {
  monolith::Point homogeneous = point("pair", 5, 5);
  homogeneous.outcome.organisation = monolith::Organisation::kHomogeneous;
  const std::vector<monolith::Point> all = {homogeneous, point("alone", 4, 4), point("pair", 0.5, 0.5)};
  EXPECT_EQ(monolith::headline(all, {"pair"})->against.output_stationary_monolith.throughput, 0.5);
  EXPECT_FALSE(monolith::headline(all, {"other"}).has_value());
  EXPECT_FALSE(monolith::headline({}, {"pair"}).has_value());
}

TEST(Spread, IsLowestMedianHighest) {
  EXPECT_EQ(monolith::spread({3, 1, 2}).lowest, 1);
  EXPECT_EQ(monolith::spread({3, 1, 2}).median, 2);
  EXPECT_EQ(monolith::spread({3, 1, 2, 4}).median, 3);
  EXPECT_EQ(monolith::spread({3, 1, 2}).highest, 3);
  EXPECT_THROW(monolith::spread({}), base::DefectError);
}

}  // namespace
}  // namespace inlay::studies
