// What one stage sends another receives; what is read was written.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "support/problems.hpp"

namespace inlay::evaluate {
namespace {

void check_pipeline(const schedule::Problem& problem, const schedule::Pipeline& pipeline,
                    const PipelineCost& cost) {
  const workload::Model& model = problem.scenario.models[static_cast<std::size_t>(pipeline.model)].model;
  std::int64_t weights = 0;
  for (std::size_t k = 0; k < cost.stages.size(); ++k) {
    const StageTraffic& traffic = cost.stages[k].traffic;
    RC_ASSERT(traffic.from_previous == (k == 0 ? 0 : cost.stages[k - 1].traffic.to_next));
    RC_ASSERT(traffic.spill_write <= traffic.spill_read);
    weights += traffic.weights;
  }
  RC_ASSERT(cost.stages.back().traffic.to_next == 0);
  std::int64_t expected = 0;
  for (int layer = pipeline.stages.front().first; layer < pipeline.stages.back().last; ++layer) {
    expected += model.layers[static_cast<std::size_t>(layer)].weight_bytes;
  }
  RC_ASSERT(weights == expected);
}

TEST(Bytes, AreConserved) {
  EXPECT_TRUE(rc::check("conservation", [] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    const schedule::Problem problem = testing::random_problem(random);
    for (int i = 0; i < 20; ++i) {
      const schedule::Schedule schedule = testing::random_schedule(random, problem);
      try {
        const ScheduleCost cost = evaluate_reference(problem, schedule);
        std::int64_t bytes = 0;
        for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
          for (std::size_t p = 0; p < schedule.windows[w].pipelines.size(); ++p) {
            check_pipeline(problem, schedule.windows[w].pipelines[p], cost.windows[w].pipelines[p]);
            bytes += cost.windows[w].pipelines[p].memory_bytes;
          }
        }
        RC_ASSERT(bytes == cost.memory_bytes);
      } catch (const base::InfeasibleError&) {
        continue;
      }
    }
  }));
}

}  // namespace
}  // namespace inlay::evaluate
