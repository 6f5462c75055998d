// Rates and deadlines beside what the worked example of docs/model.md takes: 28010 ns for 4 samples.
#include "inlay/report/figures/timing.hpp"

#include <gtest/gtest.h>

#include "inlay/evaluate/reference.hpp"
#include "support/problems.hpp"

namespace inlay::report {
namespace {

constexpr double kMicro = 1e-6;

std::vector<figures::TimingRow> rows_with(std::optional<double> rate, std::optional<double> deadline) {
  schedule::Problem problem = testing::worked_example();
  problem.scenario.models[0].rate = rate;
  problem.scenario.models[0].deadline = deadline;
  const schedule::Schedule schedule = testing::worked_example_schedule();
  return figures::timing_rows(problem, schedule, evaluate::evaluate_reference(problem, schedule));
}

TEST(Timing, OnlyOfModelsThatAskForIt) {
  EXPECT_TRUE(rows_with(std::nullopt, std::nullopt).empty());
}

TEST(Timing, RateIsThatOfTheScheduleRepeated) {  // 4 / 28.01 us = 142.8 k/s
  const auto kept = rows_with(142'800, std::nullopt);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].model, "chain");
  EXPECT_EQ(kept[0].rate, "1.428e+05/s asked for, 1.428e+05/s reached: kept");
  EXPECT_EQ(kept[0].deadline, "");
  EXPECT_EQ(rows_with(143'000, std::nullopt)[0].rate, "1.43e+05/s asked for, 1.428e+05/s reached: missed");
}

TEST(Timing, DeadlineIsOfTheWholeBatch) {
  EXPECT_EQ(rows_with(std::nullopt, 28.02 * kMicro)[0].deadline, "28.02 us, done after 28.01 us: kept");
  EXPECT_EQ(rows_with(std::nullopt, 20.01 * kMicro)[0].deadline,
            "20.01 us, done after 28.01 us: missed by 8 us");
}

TEST(Timing, WhatIsAskedForInWords) {
  workload::Scenario scenario;
  scenario.models.push_back({"eyes", {}, 60, 60.0, 0.96});
  scenario.models.push_back({"gaze", {}, 60, {}, {}, 0.25, {0}});
  scenario.models.push_back({"hands", {}, 1});
  EXPECT_EQ(figures::wanted_timing(scenario, 0), "60/s, done within 960 ms");
  EXPECT_EQ(figures::wanted_timing(scenario, 1), "after eyes, with probability 0.25");
  EXPECT_EQ(figures::wanted_timing(scenario, 2), "");
}

}  // namespace
}  // namespace inlay::report
