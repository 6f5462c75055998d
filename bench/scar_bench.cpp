// SCAR's pipeline. Target: exhaustive on 3x3, scenario 5 (six models), below 30 s on two cores.
#include <benchmark/benchmark.h>

#include "inlay/search/search.hpp"
#include "problems.hpp"

namespace {

using namespace inlay;

schedule::Problem problem_of(const std::string& scenario, const std::string& package) {
  return bench::problem_of(scenario, package, schedule::Communication::kShared, 0);
}

void run(benchmark::State& state, const schedule::Problem& problem, const search::Options& options) {
  search::Certificate certificate;
  for (auto _ : state) {
    certificate = search::solve(problem, search::Objective::kEdp, "scar", options).certificate;
  }
  state.counters["EDP"] = certificate.value;
  state.counters["evaluations"] = benchmark::Counter(static_cast<double>(certificate.evaluations),
                                                     benchmark::Counter::kIsIterationInvariantRate);
}

/// By rule, then all provisions with `top` segmentations of each model, on one thread and on two.
void scar_exhaustive(benchmark::State& state) {
  const schedule::Problem problem = problem_of("scar-5", "het-sides-3x3");
  search::Options options;
  options.threads = static_cast<int>(state.range(0));
  options.settings.set("scar.provisioning", state.range(1) != 0 ? "exhaustive" : "rule");
  options.settings.set("scar.top", std::to_string(state.range(2)));
  run(state, problem, options);
}
BENCHMARK(scar_exhaustive)
    ->ArgNames({"threads", "all", "top"})
    ->Args({1, 0, 16})
    ->Args({2, 0, 16})
    ->Args({1, 1, 16})
    ->Args({2, 1, 16})
    ->Args({1, 1, 128})
    ->Args({2, 1, 128})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// The published setting for 6x6: population 10, 4 generations.
void scar_evolutionary(benchmark::State& state) {
  const schedule::Problem problem = problem_of("scar-4", "het-cross-6x6");
  search::Options options;
  options.threads = static_cast<int>(state.range(0));
  run(state, problem, options);
}
BENCHMARK(scar_evolutionary)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
