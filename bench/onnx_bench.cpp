// Time of importing ONNX graphs: from bytes to a model's YAML, and with the YAML read back as inlay import
// does.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "../tests/support/onnx_networks.hpp"
#include "inlay/base/file.hpp"
#include "inlay/importers/onnx/onnx_model.hpp"
#include "inlay/workload/model_file.hpp"

namespace {

using namespace inlay;

void import_bytes(benchmark::State& state, const std::string& bytes,
                  const importers::ImportOptions& options) {
  for (auto _ : state) {
    const std::string text = importers::onnx_yaml(bytes, "bench.onnx", "bench.onnx", options);
    benchmark::DoNotOptimize(workload::parse_model(text, "bench.yaml"));
  }
}

void resnet50(benchmark::State& state) {
  const std::filesystem::path path = std::string(SOURCE_DIR) + "/../shared/models/onnx_light_resnet50.onnx";
  if (!std::filesystem::exists(path)) {
    state.SkipWithError("ResNet-50's file is not there");
    return;
  }
  import_bytes(state, base::read_file(path), {});
}

void gpt2_of_36_blocks(benchmark::State& state) {
  import_bytes(state, onnx_writer::gpt2({}), {{{"batch", 1}, {"sequence", 128}}, {}, false, 0, 0});
}

void chain_of_nodes(benchmark::State& state) {
  import_bytes(state, onnx_writer::chain(state.range(0)), {});
  state.SetComplexityN(state.range(0));
}

/// Every node is of another size, so that nothing repeats.
void pyramid_of_nodes(benchmark::State& state) {
  onnx_writer::Model model;
  model.input("x", {1, 8});
  std::string last = "x";
  std::int64_t width = 8;
  for (std::int64_t i = 0; i + 1 < state.range(0); i += 2) {
    const std::string name = "n" + std::to_string(i);
    model.weight(name + ".w", {width, width + 1});
    width += 1;
    model.node("MatMul", {last, name + ".w"}, {name}).node("Relu", {name}, {name + "r"});
    last = name + "r";
  }
  import_bytes(state, model.output(last).bytes(), {});
  state.SetComplexityN(state.range(0));
}

}  // namespace

BENCHMARK(resnet50)->Unit(benchmark::kMillisecond);
BENCHMARK(gpt2_of_36_blocks)->Unit(benchmark::kMillisecond);
BENCHMARK(chain_of_nodes)
    ->RangeMultiplier(10)
    ->Range(100, 100'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK(pyramid_of_nodes)
    ->Arg(1'250)
    ->Arg(2'500)
    ->Arg(5'000)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
