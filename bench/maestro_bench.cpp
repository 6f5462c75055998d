// Time of MAESTRO's analysis: the core alone, and the engine with its reading of the dataflow's expressions.
#include <benchmark/benchmark.h>

#include "../tests/cost/fixtures.hpp"
#include "inlay/cost/cost_table.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/cost/maestro/mapping.hpp"

namespace {

using namespace inlay;
using cost::maestro::MappedLayer;

std::vector<MappedLayer> mapped(const std::vector<workload::Layer>& layers,
                                const dataflow::Dataflow& dataflow) {
  std::vector<MappedLayer> result;
  for (const workload::Layer& layer : layers) {
    if (const auto* gemm = std::get_if<workload::GemmShape>(&layer.shape)) {
      result.push_back(cost::maestro::map_gemm(gemm->m, gemm->n, gemm->k, dataflow));
    } else {
      const auto& shape = std::get<workload::ConvolutionShape>(layer.shape);
      result.push_back(cost::maestro::map_convolution(cost::maestro::group_of(shape), dataflow));
    }
  }
  return result;
}

void analyse(benchmark::State& state, const std::string& dataflow,
             const std::vector<workload::Layer>& layers) {
  const std::vector<MappedLayer> mappings = mapped(layers, cost::chiplet_type(dataflow).dataflow);
  const cost::maestro::Hardware hardware{4096, 256, 1, 70000, 1};
  for (auto _ : state) {
    for (const MappedLayer& layer : mappings) {
      benchmark::DoNotOptimize(cost::maestro::analyse(layer, hardware));
    }
  }
  state.counters["per_layer"] =
      benchmark::Counter(static_cast<double>(layers.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void evaluate(benchmark::State& state, const std::string& dataflow,
              const std::vector<workload::Layer>& layers) {
  const hardware::ChipletType type = cost::chiplet_type(dataflow);
  const auto engine = cost::make_engine("maestro");
  for (auto _ : state) {
    for (const workload::Layer& layer : layers) {
      benchmark::DoNotOptimize(engine->evaluate(layer, 1, type));
    }
  }
  state.counters["per_layer"] =
      benchmark::Counter(static_cast<double>(layers.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// The table of GPT-2 large (36 equal blocks) with ResNet-50: each distinct shape is costed once.
void build_table(benchmark::State& state) {
  workload::Scenario scenario;
  scenario.models.resize(2);
  scenario.models[0].model.layers = cost::resnet50();
  for (int block = 0; block < 36; ++block) {
    for (const workload::Layer& layer : cost::gpt2_block(1280, 128)) {
      scenario.models[1].model.layers.push_back(layer);
    }
  }
  const std::vector<hardware::ChipletType> types = {cost::chiplet_type("kcp_ws"),
                                                    cost::chiplet_type("ykc_os")};
  const auto engine = cost::make_engine("maestro");
  for (auto _ : state) {
    benchmark::DoNotOptimize(cost::build_cost_table(scenario, types, *engine, 1));
  }
  state.counters["per_layer"] = benchmark::Counter(
      static_cast<double>(scenario.models[0].model.layers.size() + scenario.models[1].model.layers.size()) *
          2.0,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

BENCHMARK_CAPTURE(analyse, resnet50_kcp_ws, "kcp_ws", cost::resnet50());
BENCHMARK_CAPTURE(analyse, resnet50_yxp_os, "yxp_os", cost::resnet50());
BENCHMARK_CAPTURE(analyse, resnet50_ykc_os, "ykc_os", cost::resnet50());
BENCHMARK_CAPTURE(analyse, gpt2_kcp_ws, "kcp_ws", cost::gpt2_block(1280, 128));
BENCHMARK_CAPTURE(evaluate, resnet50_kcp_ws, "kcp_ws", cost::resnet50());
BENCHMARK_CAPTURE(evaluate, resnet50_ykc_os, "ykc_os", cost::resnet50());
BENCHMARK_CAPTURE(evaluate, gpt2_kcp_ws, "kcp_ws", cost::gpt2_block(1280, 128));
BENCHMARK(build_table);

}  // namespace
