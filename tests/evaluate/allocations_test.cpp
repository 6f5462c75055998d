// Costing a schedule anew allocates nothing: counted, not claimed.
#include <gtest/gtest.h>

#include "inlay/evaluate/fast.hpp"
#include "support/counted_allocations.hpp"
#include "support/problems.hpp"

namespace inlay::evaluate {
namespace {

TEST(FastEvaluator, AllocatesNothingOnceItsTablesAreThere) {
  base::Random random(7);
  for (int i = 0; i < 50; ++i) {
    const schedule::Problem problem = testing::random_problem(random);
    std::vector<schedule::Schedule> schedules;
    for (int k = 0; k < 20; ++k) {
      schedules.push_back(testing::random_schedule(random, problem));
    }
    FastEvaluator evaluator(problem);
    double first = 0.0;
    for (const schedule::Schedule& schedule : schedules) {
      first += evaluator.evaluate(schedule).energy;
    }
    const long before = testing::allocations;
    EXPECT_GT(before, 0);
    double again = 0.0;
    for (const schedule::Schedule& schedule : schedules) {
      again += evaluator.evaluate(schedule).energy;
    }
    EXPECT_EQ(testing::allocations, before);
    EXPECT_EQ(again, first);
  }
}

}  // namespace
}  // namespace inlay::evaluate
