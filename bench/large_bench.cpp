// Large packages: the strategy against SCAR's evolution on the same problem in the same run, and the growth
// with chiplets.
#include <benchmark/benchmark.h>

#include <chrono>

#include "inlay/search/search.hpp"
#include "problems.hpp"

namespace {

using namespace inlay;

schedule::Problem problem_of(const std::string& scenario, const std::string& package) {
  return bench::problem_of(scenario, package, schedule::Communication::kShared, 0);
}

search::Certificate timed(const schedule::Problem& problem, const std::string& strategy,
                          const search::Options& options, double& seconds) {
  const auto begin = std::chrono::steady_clock::now();
  const search::Certificate certificate =
      search::solve(problem, search::Objective::kEdp, strategy, options).certificate;
  seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return certificate;
}

/// `time_ratio` and `value_ratio`: large's first quick schedule over SCAR's evolution with the published
/// settings; both below 1 are the target.
void large_against_scar(benchmark::State& state) {
  const schedule::Problem problem = problem_of("scar-4", "het-cross-6x6");
  search::Options options;
  for (const char* effort : {"large.partitions", "large.rounds", "large.changes"}) {
    options.settings.set(effort, "0");
  }
  double scar_seconds = 0.0;
  double large_seconds = 0.0;
  search::Certificate scar;
  search::Certificate large;
  for (auto _ : state) {
    scar = timed(problem, "scar", options, scar_seconds);
    large = timed(problem, "large", options, large_seconds);
  }
  state.counters["time_ratio"] = large_seconds / scar_seconds;
  state.counters["value_ratio"] = large.value / scar.value;
}
BENCHMARK(large_against_scar)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(5);

/// The whole strategy with a bound; 16x16 with twelve models.
void large_packages(benchmark::State& state, const std::string& scenario, const std::string& package) {
  const schedule::Problem problem = problem_of(scenario, package);
  search::Options options;
  options.threads = static_cast<int>(state.range(0));
  search::Certificate certificate;
  double seconds = 0.0;
  for (auto _ : state) {
    certificate = timed(problem, "large", options, seconds);
  }
  state.counters["gap"] = certificate.gap;
}
BENCHMARK_CAPTURE(large_packages, scar_4_het_sides_6x6, "scar-4", "het-sides-6x6")
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kSecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(large_packages, twelve_models_het_sides_16x16, "twelve-models", "het-sides-16x16")
    ->ArgName("threads")
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kSecond)
    ->Iterations(1);

}  // namespace
