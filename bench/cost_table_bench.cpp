// Time of cost tables: memoised over a network of equal blocks; tuned, per distinct layer; and of all of
// SCAR's scenarios, with an empty and with a full cache.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "../tests/cost/fixtures.hpp"
#include "inlay/cost/cost_cache.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/cost/whole_batch_table.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/importers/load_model.hpp"
#include "inlay/workload/model_file.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace {

using namespace inlay;

void count_per(benchmark::State& state, const char* what, std::size_t count) {
  state.counters[what] =
      benchmark::Counter(static_cast<double>(count),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// GPT-2 large by the engine maestro, one mini-batch: 36 equal blocks are costed once.
void memoised_gpt2_large(benchmark::State& state) {
  workload::Scenario scenario;
  scenario.models.push_back({"gpt2-large", workload::load_model("gpt2-large"), 1});
  const std::vector<hardware::ChipletType> types = {cost::chiplet_type("kcp_ws")};
  const auto engine = cost::make_engine("maestro");
  for (auto _ : state) {
    benchmark::DoNotOptimize(cost::build_cost_table(scenario, types, *engine, 1));
  }
  count_per(state, "per_layer", scenario.models[0].model.layers.size());
}

/// Distinct layers of a model, each tuned on a shipped chiplet.
void tune_layers(benchmark::State& state, const std::string& model, const std::string& chiplet) {
  std::vector<workload::Layer> layers;
  for (workload::Layer& layer : workload::load_model(model).layers) {
    const auto same = [&layer](const workload::Layer& other) { return other.shape == layer.shape; };
    if (!std::holds_alternative<workload::VectorShape>(layer.shape) &&
        std::none_of(layers.begin(), layers.end(), same)) {
      layers.push_back(std::move(layer));
    }
  }
  const hardware::ChipletType type = hardware::load_chiplet_type(chiplet);
  const auto engine = cost::make_engine("data-centric", cost::Tuning::kEdp);
  for (auto _ : state) {
    for (const workload::Layer& layer : layers) {
      benchmark::DoNotOptimize(engine->evaluate(layer, 1, type));
    }
  }
  count_per(state, "per_layer", layers.size());
}

struct Job {
  workload::Scenario scenario;
  std::vector<hardware::ChipletType> types;
};

/// SCAR's ten scenarios, each on both chiplet types of its size.
std::vector<Job> scar_jobs() {
  std::vector<Job> jobs;
  for (int number = 1; number <= 10; ++number) {
    const std::string pes = number <= 5 ? "4096" : "256";
    jobs.push_back({workload::load_scenario("scar-" + std::to_string(number), importers::load_model),
                    {hardware::load_chiplet_type("nvdla-ws-" + pes),
                     hardware::load_chiplet_type("shidiannao-os-" + pes)}});
  }
  return jobs;
}

void cost_all(const std::vector<Job>& jobs, cost::CostCache& cache) {
  const auto engine = cost::make_engine("data-centric", cost::Tuning::kEdp);
  for (const Job& job : jobs) {
    benchmark::DoNotOptimize(cost::whole_batch_table(job.scenario, job.types, *engine, 0, &cache));
  }
}

/// One mini-batch size, the scenario's batch, on all cores; `warm`: a cache of a former run is there.
void scar_scenarios(benchmark::State& state, bool warm) {
  const std::vector<Job> jobs = scar_jobs();
  const auto ignore = [](const std::string&) {};
  for (auto _ : state) {
    state.PauseTiming();
    std::string folder = (std::filesystem::temp_directory_path() / "inlay-bench-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
      state.SkipWithError("no temporary folder");
      return;
    }
    if (warm) {
      cost::CostCache cache(folder, ignore);
      cost_all(jobs, cache);
    }
    state.ResumeTiming();
    {
      cost::CostCache cache(folder, ignore);
      cost_all(jobs, cache);
    }
    state.PauseTiming();
    std::filesystem::remove_all(folder);
    state.ResumeTiming();
  }
}

BENCHMARK(memoised_gpt2_large);
BENCHMARK_CAPTURE(tune_layers, resnet50_ws, "resnet-50", "nvdla-ws-4096")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(tune_layers, resnet50_os, "resnet-50", "shidiannao-os-4096")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(tune_layers, gpt2_large_ws, "gpt2-large", "nvdla-ws-4096")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(tune_layers, gpt2_large_os, "gpt2-large", "shidiannao-os-4096")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(scar_scenarios, cold, false)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(scar_scenarios, warm, true)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

}  // namespace
