// Communication `contended`: closed forms, and what must hold of any window.
#include "inlay/evaluate/contention.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "inlay/base/random.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/evaluate/reference.hpp"
#include "support/problems.hpp"

namespace inlay::evaluate {
namespace {

using ::testing::ElementsAre;

WindowContention contended(const std::vector<PipelineLoad>& pipelines) {
  WindowContention window;
  contend(pipelines, window);
  return window;
}

TEST(Contention, OnePipelineIsAsFastAsAlone) {
  const WindowContention window = contended({{7.0, 3.0, {}}});
  EXPECT_DOUBLE_EQ(window.latency, 7.0);
  EXPECT_FALSE(window.memory_bound);
}

TEST(Contention, TwoThatOnlyMoveBytesTakeTurns) {
  const WindowContention window = contended({{5.0, 5.0, {}}, {5.0, 5.0, {}}});
  EXPECT_DOUBLE_EQ(window.latency, 10.0);
  EXPECT_TRUE(window.memory_bound);
  EXPECT_THAT(contended_ends(std::vector<PipelineLoad>{{5.0, 5.0, {}}, {5.0, 5.0, {}}}),
              ElementsAre(10.0, 10.0));
}

TEST(Contention, ComputingIsNotDelayed) {
  const std::vector<PipelineLoad> loads = {{10.0, 0.0, {}}, {4.0, 4.0, {}}};
  EXPECT_DOUBLE_EQ(contended(loads).latency, 10.0);
  EXPECT_THAT(contended_ends(loads), ElementsAre(10.0, 4.0));
}

// Equal shares of the memory: of the ten seconds of the other one, one is served while the short one runs.
TEST(Contention, AShortPipelineEndsLongBeforeTheBytesOfItsWindow) {
  const std::vector<PipelineLoad> loads = {{1.0, 1.0, {}}, {10.0, 10.0, {}}};
  EXPECT_DOUBLE_EQ(contended(loads).latency, 11.0);
  EXPECT_THAT(contended_ends(loads), ElementsAre(2.0, 11.0));
  EXPECT_THAT(shared_ends(loads), ElementsAre(2.0, 11.0));
  // Half of its time at the memory: the other one, always there, doubles that half.
  EXPECT_THAT(contended_ends(std::vector<PipelineLoad>{{1.0, 0.5, {}}, {10.0, 10.0, {}}}),
              ElementsAre(1.5, 10.5));
}

TEST(Contention, APipelineIsDelayedByEachOtherOneForNoMoreThanItsOwnTimeAtTheMemory) {
  // T = 1 + 0.5 * (1 + 0.5 / T): one that is always there, one that asks for 0.5 s.
  const std::vector<PipelineLoad> loads = {{1.0, 0.5, {}}, {100.0, 50.0, {}}, {1.0, 0.5, {}}};
  EXPECT_DOUBLE_EQ(contended_ends(loads)[0], delayed(1.5, 0.25));
}

TEST(Contention, HalfOfTheTimeAtTheMemoryTakesAFifthLonger) {
  // T = 1 + 0.5 * 0.5 / T
  const WindowContention window = contended({{1.0, 0.5, {}}, {1.0, 0.5, {}}});
  EXPECT_DOUBLE_EQ(window.latency, (1.0 + std::sqrt(2.0)) / 2.0);
}

TEST(Contention, InterfacesDelayOnlyThoseThatUseThem) {
  // Two of three pipelines at interface 0, each a quarter of the time; half of that at the memory as a whole.
  const std::vector<PipelineLoad> loads = {
      {1.0, 0.125, {0.25, 0.0}}, {1.0, 0.125, {0.25, 0.0}}, {1.0, 0.125, {0.0, 0.25}}};
  const std::vector<double> ends = contended_ends(loads);
  EXPECT_DOUBLE_EQ(ends[0], delayed(1.0, 0.25 * 0.25));
  EXPECT_DOUBLE_EQ(ends[2], delayed(1.0, 0.125 * 0.25));
}

std::vector<PipelineLoad> random_loads(base::Random& random) {
  std::vector<PipelineLoad> loads(static_cast<std::size_t>(random.between(1, 6)));
  const auto interfaces = static_cast<std::size_t>(random.between(0, 3));
  for (PipelineLoad& load : loads) {
    load.latency = random.fraction();
    load.memory = random.fraction() * random.fraction();
    for (std::size_t i = 0; i < interfaces; ++i) {
      load.interfaces.push_back(random.fraction() * random.fraction());
    }
  }
  return loads;
}

double shared(const std::vector<PipelineLoad>& loads) {
  double latency = 0.0;
  double memory = 0.0;
  for (const PipelineLoad& load : loads) {
    latency = std::max(latency, load.latency);
    memory += load.memory;
  }
  return std::max(latency, memory);
}

TEST(Contention, NeverTakesTimeAndRisesWithEveryLoad) {
  base::Random random(8);
  for (int trial = 0; trial < 100'000; ++trial) {
    std::vector<PipelineLoad> loads = random_loads(random);
    const WindowContention before = contended(loads);
    const std::vector<double> ends = contended_ends(loads);
    const std::vector<double> least = shared_ends(loads);
    ASSERT_GE(before.latency, shared(loads));
    ASSERT_NEAR(*std::max_element(ends.begin(), ends.end()), before.latency, 1e-12 * before.latency);
    ASSERT_NEAR(*std::max_element(least.begin(), least.end()), shared(loads), 1e-12);
    double busiest = 0.0;
    for (const double busy : before.interfaces) {
      busiest = std::max(busiest, busy);
    }
    ASSERT_GE(before.latency, busiest);
    const auto p = static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(loads.size()) - 1));
    (random.between(0, 1) == 0 ? loads[p].latency : loads[p].memory) += random.fraction();
    if (!loads[p].interfaces.empty()) {
      loads[p].interfaces.front() += random.fraction();
    }
    const std::vector<double> later = contended_ends(loads);
    const std::vector<double> least_later = shared_ends(loads);
    for (std::size_t q = 0; q < loads.size(); ++q) {
      ASSERT_GE(ends[q], least[q]);
      ASSERT_GE(later[q], ends[q] * (1.0 - 1e-12));
      ASSERT_GE(least_later[q], least[q] * (1.0 - 1e-12));
    }
    ASSERT_GE(contended(loads).latency, before.latency * (1.0 - 1e-12));
  }
}

TEST(Contention, FastEvaluatorAgreesAndSharedIsALowerBound) {
  base::Random random(9);
  int delayed_windows = 0;
  for (int trial = 0; trial < 2'000; ++trial) {
    schedule::Problem problem = testing::random_problem(random, {});
    problem.package.memory.scope = random.between(0, 1) == 0 ? hardware::BandwidthScope::kPerPackage
                                                             : hardware::BandwidthScope::kPerInterface;
    const schedule::Schedule schedule = testing::random_schedule(random, problem);
    try {
      problem.communication = schedule::Communication::kShared;
      const double least = evaluate_reference(problem, schedule).latency;
      problem.communication = schedule::Communication::kContended;
      const double latency = evaluate_reference(problem, schedule).latency;
      ASSERT_GE(latency, least);
      ASSERT_NEAR(FastEvaluator(problem).evaluate(schedule).latency, latency, 1e-12 * latency);
      delayed_windows += latency > least ? 1 : 0;
    } catch (const base::InfeasibleError&) {
      continue;
    }
  }
  EXPECT_GT(delayed_windows, 200);
}

}  // namespace
}  // namespace inlay::evaluate
