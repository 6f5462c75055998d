// How the searches' time grows with models, layers and chiplets, one thread. bench/plot_growth.py draws it.
#include <benchmark/benchmark.h>

#include "inlay/search/search.hpp"
#include "inlay/workload/model_file.hpp"
#include "inlay/workload/scenario_file.hpp"
#include "problems.hpp"

namespace {

using namespace inlay;

schedule::Problem problem_of(workload::Scenario scenario, const std::string& package) {
  return bench::problem_of(std::move(scenario), package, schedule::Communication::kPaper, 1);
}

void search(benchmark::State& state, const schedule::Problem& problem, const std::string& strategy) {
  search::Options options;
  if (strategy == "exact") {
    options.settings.set("exact.splits", "0");
    options.stop.gap = 0.05;
    options.stop.evaluations = 3'000'000;
  }
  search::Certificate certificate;
  for (auto _ : state) {
    certificate = search::solve(problem, search::Objective::kEdp, strategy, options).certificate;
  }
  std::size_t layers = 0;
  for (const workload::ScenarioModel& entry : problem.scenario.models) {
    layers += entry.model.layers.size();
  }
  state.counters["models"] = static_cast<double>(problem.scenario.models.size());
  state.counters["layers"] = static_cast<double>(layers);
  state.counters["chiplets"] = static_cast<double>(problem.package.chiplets.size());
  state.counters["gap"] = certificate.gap;
}

/// The first models of SCAR's scenario 5 on 3x3.
void growth_models(benchmark::State& state, const std::string& strategy) {
  workload::Scenario scenario = workload::load_scenario("scar-5");
  scenario.models.resize(static_cast<std::size_t>(state.range(0)));
  search(state, problem_of(std::move(scenario), "het-sides-3x3"), strategy);
}

/// GPT-2 of so many blocks, batch 8, on 3x3.
void growth_layers(benchmark::State& state, const std::string& strategy) {
  workload::Scenario scenario;
  scenario.name = "growth";
  const workload::Model model = workload::load_model("gpt2-small", {{"depth", state.range(0)}});
  scenario.models.push_back({model.name, model, 8});
  search(state, problem_of(std::move(scenario), "het-sides-3x3"), strategy);
}

/// GPT-2 large and ResNet-50, batch 4, on a mesh of so many rows.
void growth_chiplets(benchmark::State& state, const std::string& strategy) {
  workload::Scenario scenario = workload::load_scenario("gpt2-resnet50");
  for (workload::ScenarioModel& entry : scenario.models) {
    entry.batch = 4;
  }
  const std::string side = std::to_string(state.range(0));
  search(state, problem_of(std::move(scenario), "het-sides-" + side + "x" + side), strategy);
}

BENCHMARK_CAPTURE(growth_models, scar, "scar")
    ->DenseRange(1, 6)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(growth_layers, scar, "scar")
    ->RangeMultiplier(2)
    ->Range(3, 96)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(growth_chiplets, scar, "scar")
    ->Arg(2)
    ->Arg(3)
    ->Arg(6)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(growth_models, exact, "exact")
    ->DenseRange(1, 6)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(growth_layers, exact, "exact")
    ->RangeMultiplier(2)
    ->Range(3, 96)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
BENCHMARK_CAPTURE(growth_chiplets, exact, "exact")
    ->Arg(2)
    ->Arg(3)
    ->Arg(6)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace
