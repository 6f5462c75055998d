// Time of the analysis of the engine data-centric: the core alone, and the engine with its reading of the
// dataflow's expressions.
#include <benchmark/benchmark.h>

#include "../tests/cost/fixtures.hpp"
#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/workload/model_file.hpp"

namespace {

using namespace inlay;
using cost::data_centric::LoopNest;

void count_layers(benchmark::State& state, const std::vector<workload::Layer>& layers) {
  state.counters["per_layer"] =
      benchmark::Counter(static_cast<double>(layers.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void analyse_nests(benchmark::State& state, const std::string& dataflow,
                   const std::vector<workload::Layer>& layers) {
  const hardware::ChipletType type = cost::chiplet_type(dataflow);
  std::vector<LoopNest> nests;
  for (const workload::Layer& layer : layers) {
    if (const auto* gemm = std::get_if<workload::GemmShape>(&layer.shape)) {
      nests.push_back(cost::data_centric::map_layer(*gemm, 1, type.dataflow, type.pes));
    } else {
      nests.push_back(cost::data_centric::map_layer(std::get<workload::ConvolutionShape>(layer.shape), 1,
                                                    type.dataflow, type.pes));
    }
  }
  for (auto _ : state) {
    for (const LoopNest& nest : nests) {
      benchmark::DoNotOptimize(cost::data_centric::analyse(nest, {256, 1}));
    }
  }
  count_layers(state, layers);
}

void evaluate_layers(benchmark::State& state, const std::string& dataflow,
                     const std::vector<workload::Layer>& layers) {
  const hardware::ChipletType type = cost::chiplet_type(dataflow);
  const auto engine = cost::make_engine("data-centric");
  for (auto _ : state) {
    for (const workload::Layer& layer : layers) {
      benchmark::DoNotOptimize(engine->evaluate(layer, 1, type));
    }
  }
  count_layers(state, layers);
}

/// The shipped ResNet-50: with its padding, which makes the steps at the border kinds of their own.
std::vector<workload::Layer> padded_resnet50() {
  std::vector<workload::Layer> layers = workload::load_model("resnet-50").layers;
  std::erase_if(layers, [](const workload::Layer& layer) {
    return std::holds_alternative<workload::VectorShape>(layer.shape);
  });
  return layers;
}

BENCHMARK_CAPTURE(analyse_nests, padded_resnet50_kcp_ws, "kcp_ws", padded_resnet50());
BENCHMARK_CAPTURE(analyse_nests, padded_resnet50_ykc_os, "ykc_os", padded_resnet50());
BENCHMARK_CAPTURE(analyse_nests, resnet50_kcp_ws, "kcp_ws", cost::resnet50());
BENCHMARK_CAPTURE(analyse_nests, resnet50_ykp_os64, "ykp_os64", cost::resnet50());
BENCHMARK_CAPTURE(analyse_nests, resnet50_ykc_os, "ykc_os", cost::resnet50());
BENCHMARK_CAPTURE(analyse_nests, resnet50_yxp_os64, "yxp_os64", cost::resnet50());
BENCHMARK_CAPTURE(analyse_nests, gpt2_kcp_ws, "kcp_ws", cost::gpt2_block(1280, 128));
BENCHMARK_CAPTURE(analyse_nests, gpt2_ykc_os, "ykc_os", cost::gpt2_block(1280, 128));
BENCHMARK_CAPTURE(evaluate_layers, resnet50_kcp_ws, "kcp_ws", cost::resnet50());
BENCHMARK_CAPTURE(evaluate_layers, resnet50_ykc_os, "ykc_os", cost::resnet50());
BENCHMARK_CAPTURE(evaluate_layers, gpt2_kcp_ws, "kcp_ws", cost::gpt2_block(1280, 128));

}  // namespace
