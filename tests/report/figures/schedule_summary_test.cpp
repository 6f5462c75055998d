// Shares and bottlenecks of the worked example of docs/model.md, from its times worked out by hand there.
#include "inlay/report/figures/schedule_summary.hpp"

#include <gtest/gtest.h>

#include "inlay/evaluate/reference.hpp"
#include "support/problems.hpp"

namespace inlay::report {
namespace {

constexpr double kNano = 1e-9;
constexpr double kLatency = 28010 * kNano;

struct Example {
  schedule::Problem problem = testing::worked_example();
  schedule::Schedule schedule = testing::worked_example_schedule();
  evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, schedule);
};

TEST(StageRows, TimesOfTheWorkedExample) {
  const Example example;
  const auto rows = figures::stage_rows(example.problem, example.schedule, example.cost);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_NEAR(rows[0].time.compute, 1000 * kNano, 1e-18);
  EXPECT_NEAR(rows[0].time.memory, 1000 * kNano, 1e-18);
  EXPECT_NEAR(rows[0].time.network, 835 * kNano, 1e-18);
  EXPECT_NEAR(rows[1].time.compute, 4000 * kNano, 1e-18);
  EXPECT_NEAR(rows[1].time.memory, 435 * kNano, 1e-18);
  EXPECT_EQ(rows[1].time.network, 0.0);
  EXPECT_EQ(rows[0].layers, 1);
  EXPECT_EQ(rows[1].layers, 2);
  EXPECT_EQ(rows[1].mini_batches, 4);
  for (const figures::StageRow& row : rows) {
    EXPECT_NEAR(row.time.compute + row.time.memory + row.time.network, row.steady, 1e-18) << "serial";
  }
}

TEST(Bottleneck, OfTheWorkedExampleIsComputeOnTheSecondChiplet) {
  const Example example;
  const figures::Bottleneck bottleneck =
      figures::find_bottleneck(example.problem, example.schedule, example.cost);
  EXPECT_FALSE(bottleneck.shared_memory);
  EXPECT_EQ(bottleneck.chiplet, "c1");
  EXPECT_EQ(bottleneck.stage, 1);
  EXPECT_EQ(bottleneck.what, "compute");
  EXPECT_NEAR(bottleneck.share, 4000.0 / 4435.0, 1e-12);
}

TEST(Bottleneck, IsMemoryWhenTheMemoryIsSlow) {
  Example example;
  example.problem.package.memory.bandwidth /= 100.0;
  example.cost = evaluate::evaluate_reference(example.problem, example.schedule);
  const figures::Bottleneck bottleneck =
      figures::find_bottleneck(example.problem, example.schedule, example.cost);
  EXPECT_EQ(bottleneck.what, "memory");
  EXPECT_EQ(bottleneck.chiplet, "c0") << "its input takes 40 kB at 0.5 GB/s = 80 us";
}

TEST(Bottleneck, IsTheNetworkWhenLinksAreSlow) {
  Example example;
  example.problem.package.network.bandwidth /= 1000.0;
  example.cost = evaluate::evaluate_reference(example.problem, example.schedule);
  const figures::Bottleneck bottleneck =
      figures::find_bottleneck(example.problem, example.schedule, example.cost);
  EXPECT_EQ(bottleneck.what, "network");
  EXPECT_EQ(bottleneck.chiplet, "c0") << "80 kB at 0.1 GB/s = 800 us, charged to the sender";
}

TEST(Use, SharesOfTheWorkedExample) {
  const Example example;
  const auto chiplets = figures::chiplet_use(example.problem, example.schedule, example.cost);
  ASSERT_EQ(chiplets.size(), 2U);
  EXPECT_NEAR(chiplets[0].computing, 4 * 1000 * kNano / kLatency, 1e-12);
  EXPECT_NEAR(chiplets[0].moving, (4 * 1835 + 2200) * kNano / kLatency, 1e-12);
  EXPECT_NEAR(chiplets[1].computing, 4 * 4000 * kNano / kLatency, 1e-12);
  EXPECT_NEAR(chiplets[1].moving, (4 * 435 + 5235) * kNano / kLatency, 1e-12);
  const auto interfaces = figures::interface_use(example.problem, example.schedule, example.cost);
  ASSERT_EQ(interfaces.size(), 1U);
  EXPECT_EQ(interfaces[0].bytes, 550'000);
  EXPECT_NEAR(interfaces[0].share, 11000 * kNano / kLatency, 1e-12);
}

}  // namespace
}  // namespace inlay::report
