// A language model in a single stage: weights that exceed L2 are streamed, caches are read and appended to by
// each sample.
#include <gtest/gtest.h>

#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::evaluate {
namespace {

schedule::Problem problem_of(const char* model, const workload::ModelParameters& parameters,
                             std::int64_t batch) {
  schedule::Problem problem;
  problem.scenario.models.push_back({model, workload::load_model(model, parameters), batch});
  problem.package = hardware::load_package("simba-nvd-2x2");
  problem.costs =
      cost::build_cost_table(problem.scenario, problem.package.types, *cost::make_engine("roofline"), 1);
  return problem;
}

schedule::Schedule in_one_stage(const schedule::Problem& problem, std::int64_t mini_batch) {
  const auto layers = static_cast<int>(problem.scenario.models[0].model.layers.size());
  schedule::Schedule schedule;
  schedule.windows = {{{{0, mini_batch, {{0, layers, 0}}}}}};
  return schedule;
}

TEST(LanguageModels, DecodingStreamsWeightsAndKeepsACacheForEachSample) {
  constexpr std::int64_t kTexts = 16;
  constexpr std::int64_t kBefore = 1024;
  const schedule::Problem problem = problem_of("llama-2-70b-decode", {{"kv", kBefore}}, kTexts);
  const ScheduleCost cost = evaluate_reference(problem, in_one_stage(problem, kTexts));
  const StageCost& stage = cost.windows[0].pipelines[0].stages[0];
  EXPECT_TRUE(stage.streamed);
  EXPECT_EQ(stage.traffic.weights, workload::weight_bytes(problem.scenario.models[0].model));
  EXPECT_LE(stage.need_bytes, problem.package.types[0].l2_bytes);
  // Keys and values of 80 blocks, 8 heads of 128, a byte each; a token of 4 bytes, and its row of the
  // embedding.
  constexpr std::int64_t kToken = std::int64_t{2} * 80 * 8 * 128;
  EXPECT_EQ(stage.traffic.from_memory, kTexts * (kBefore * kToken + 4 + 8192));
  EXPECT_EQ(stage.traffic.to_memory, kTexts * (kToken + 32000));
}

// Prefill spills hundreds of tensors in one stage; both evaluators choose the same ones.
TEST(LanguageModels, EvaluatorsAgreeWhereLongStagesSpill) {
  const schedule::Problem problem = problem_of("llama-3.1-8b", {{"sequence", 1024}}, 1);
  const schedule::Schedule schedule = in_one_stage(problem, 1);
  const ScheduleCost reference = evaluate_reference(problem, schedule);
  EXPECT_GT(reference.windows[0].pipelines[0].stages[0].spilled.size(), 100U);
  const FastCost fast = FastEvaluator(problem).evaluate(schedule);
  EXPECT_TRUE(fast.feasible);
  EXPECT_EQ(fast.memory_bytes, reference.memory_bytes);
  EXPECT_NEAR(fast.latency, reference.latency, 1e-12 * reference.latency);
  EXPECT_NEAR(fast.energy, reference.energy.total(), 1e-12 * reference.energy.total());
}

}  // namespace
}  // namespace inlay::evaluate
