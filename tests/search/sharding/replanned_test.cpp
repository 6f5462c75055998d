// Schedules whose stages are planned anew within constraints on shardings.
#include "inlay/search/sharding/replanned.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/search/search.hpp"
#include "support/submesh_problems.hpp"

namespace inlay::search::sharding {
namespace {

TEST(Replanned, KeepsStagesAndTheDemand) {
  base::Random random(5);
  int changed = 0;
  int without_plan = 0;
  int single = 0;
  for (int trial = 0; trial < 300; ++trial) {
    schedule::Problem problem = testing::random_submesh_problem(random);
    schedule::Schedule schedule;
    try {
      schedule = solve(problem, Objective::kLatency, "exact", {}).schedule;
    } catch (const base::InfeasibleError&) {
      continue;
    }
    const schedule::ShardingDemand demand = testing::random_sharding_demand(random, problem);
    problem.constraints.shardings = {demand};
    try {
      const schedule::Schedule other = replanned(problem, {1.0, 0.01}, {demand}, schedule);
      EXPECT_TRUE(schedule::check(problem, other).empty());
      ASSERT_EQ(other.windows.size(), schedule.windows.size());
      changed += other == schedule ? 0 : 1;
      for (std::size_t w = 0; w < other.windows.size(); ++w) {
        for (std::size_t p = 0; p < other.windows[w].pipelines.size(); ++p) {
          const schedule::Pipeline& before = schedule.windows[w].pipelines[p];
          const schedule::Pipeline& after = other.windows[w].pipelines[p];
          EXPECT_EQ(after.mini_batch, before.mini_batch);
          for (std::size_t s = 0; s < before.stages.size(); ++s) {
            EXPECT_EQ(after.stages[s].submesh, before.stages[s].submesh);
            EXPECT_EQ(after.stages[s].first, before.stages[s].first);
            EXPECT_EQ(after.stages[s].last, before.stages[s].last);
          }
        }
      }
    } catch (const base::InputError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("there is nothing to divide"));
      ++single;
    } catch (const base::InfeasibleError& error) {
      EXPECT_THAT(error.what(), ::testing::AnyOf(::testing::HasSubstr("the layer allows (rows,columns): -,-"),
                                                 ::testing::HasSubstr("of any plan within the constraints")));
      ++without_plan;
    }
  }
  EXPECT_GT(changed, 20);
  EXPECT_GT(without_plan, 5);
  EXPECT_GT(single, 20);
}

}  // namespace
}  // namespace inlay::search::sharding
