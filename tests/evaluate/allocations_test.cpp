// Costing a schedule anew allocates nothing: counted, not claimed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "inlay/evaluate/fast.hpp"
#include "support/problems.hpp"

namespace {
thread_local long allocations = 0;
}

// Replaced for this whole test program; not inlined, or GCC takes malloc and free for a mismatched pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) {
    return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

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
    const long before = allocations;
    EXPECT_GT(before, 0);
    double again = 0.0;
    for (const schedule::Schedule& schedule : schedules) {
      again += evaluator.evaluate(schedule).energy;
    }
    EXPECT_EQ(allocations, before);
    EXPECT_EQ(again, first);
  }
}

}  // namespace
}  // namespace inlay::evaluate
