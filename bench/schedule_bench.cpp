// Evaluation and search of the first issue's problem: GPT-2 large + ResNet-50 on a 2x2 package.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/evaluate/fast.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/search/search.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace {

using namespace inlay;

schedule::Problem problem_of(std::int64_t batch) {
  schedule::Problem problem;
  problem.scenario = workload::load_scenario("gpt2-resnet50");
  for (workload::ScenarioModel& model : problem.scenario.models) {
    model.batch = batch;
  }
  problem.package = hardware::load_package("het-3ws-1os-2x2");
  problem.costs =
      cost::build_cost_table(problem.scenario, problem.package.types, *cost::make_engine("maestro"), 1);
  return problem;
}

search::Options options_of(int splits) {
  search::Options options;
  options.settings.set("exact.splits", std::to_string(splits));
  return options;
}

/// Target: at most 2 us.
void fast_evaluation(benchmark::State& state) {
  const schedule::Problem problem = problem_of(state.range(0));
  search::Options options = options_of(static_cast<int>(state.range(1)));
  options.stop.gap = 0.1;
  const schedule::Schedule schedule =
      search::solve(problem, search::Objective::kEdp, "exact", options).schedule;
  evaluate::FastEvaluator evaluator(problem);
  std::int64_t stages = 0;
  for (const schedule::Window& window : schedule.windows) {
    for (const schedule::Pipeline& pipeline : window.pipelines) {
      stages += static_cast<std::int64_t>(pipeline.stages.size());
    }
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.evaluate(schedule));
  }
  state.counters["stages"] = static_cast<double>(stages);
}
BENCHMARK(fast_evaluation)->ArgNames({"batch", "splits"})->Args({1, 0})->Args({16, 0})->Args({16, 4});

void reference_evaluation(benchmark::State& state) {
  const schedule::Problem problem = problem_of(state.range(0));
  search::Options options = options_of(0);
  options.stop.gap = 0.1;
  const schedule::Schedule schedule =
      search::solve(problem, search::Objective::kEdp, "exact", options).schedule;
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluate::evaluate_reference(problem, schedule));
  }
}
BENCHMARK(reference_evaluation)->ArgName("batch")->Arg(1)->Arg(16)->Unit(benchmark::kMillisecond);

/// Target: batch 1, no splits: at most 0.2 s on one core. Proven optimum each time.
void exact_search(benchmark::State& state) {
  const schedule::Problem problem = problem_of(state.range(0));
  const search::Options options = options_of(static_cast<int>(state.range(1)));
  search::Certificate certificate;
  for (auto _ : state) {
    certificate = search::solve(problem, search::Objective::kEdp, "exact", options).certificate;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["evaluations"] = static_cast<double>(certificate.evaluations);
  state.counters["proven"] = certificate.proven ? 1 : 0;
  state.counters["peak_MB"] = static_cast<double>(usage.ru_maxrss) / 1000.0;
}
BENCHMARK(exact_search)
    ->ArgNames({"batch", "splits"})
    ->Args({1, 0})
    ->Args({1, 4})
    ->Args({4, 0})
    ->Args({16, 0})
    ->Args({64, 0})
    ->Unit(benchmark::kMillisecond);

}  // namespace
