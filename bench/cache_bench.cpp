// Is a cache of layer costs on disk faster than working them out again?
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>

#include "../tests/cost/fixtures.hpp"
#include "inlay/cost/cost_cache.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"

namespace {

using namespace inlay;

std::vector<cost::CacheQuestion> questions() {
  std::vector<cost::CacheQuestion> all;
  for (const workload::Layer& layer : cost::resnet50()) {
    for (const std::int64_t mini_batch : {1, 2, 3, 4, 5, 8}) {
      all.push_back({layer.shape, layer.precision, mini_batch});
    }
  }
  return all;
}

/// Time per layer of a warm cache, the opening of its file included.
void find_in_cache(benchmark::State& state) {
  std::string folder = (std::filesystem::temp_directory_path() / "inlay-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    state.SkipWithError("no temporary folder");
    return;
  }
  const auto engine = cost::make_engine("maestro");
  const hardware::ChipletType type = cost::chiplet_type("kcp_ws");
  const auto asked = questions();
  const auto ignore = [](const std::string&) {};
  cost::CostCache(folder, ignore).store(*engine, type, asked, std::vector<cost::LayerCost>(asked.size()));
  for (auto _ : state) {
    cost::CostCache cache(folder, ignore);
    benchmark::DoNotOptimize(cache.find(*engine, type, asked));
  }
  state.counters["per_layer"] =
      benchmark::Counter(static_cast<double>(asked.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  std::filesystem::remove_all(folder);
}

/// Time per layer of an engine for the same layers.
void work_out(benchmark::State& state, const std::string& name) {
  const auto engine = cost::make_engine(name);
  const hardware::ChipletType type = cost::chiplet_type("kcp_ws");
  const auto asked = questions();
  for (auto _ : state) {
    for (const cost::CacheQuestion& question : asked) {
      benchmark::DoNotOptimize(
          engine->evaluate(cost::layer_of("layer", question.shape), question.mini_batch, type));
    }
  }
  state.counters["per_layer"] =
      benchmark::Counter(static_cast<double>(asked.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

BENCHMARK(find_in_cache);
BENCHMARK_CAPTURE(work_out, maestro, "maestro");
BENCHMARK_CAPTURE(work_out, roofline, "roofline");

}  // namespace
