// Networks as exporters spell them out: what comes back is the network, not its arithmetic.
#include "support/onnx_networks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "inlay/base/file.hpp"
#include "inlay/importers/load_model.hpp"
#include "inlay/importers/onnx/onnx_model.hpp"
#include "inlay/workload/model_file.hpp"
#include "inlay/workload/scenario_file.hpp"

namespace inlay::importers {
namespace {

using namespace onnx_writer;

workload::Model imported(const std::string& bytes, const ImportOptions& options = {}) {
  const std::string text = onnx_yaml(bytes, "test.onnx", "test.onnx", options);
  SCOPED_TRACE(text);
  return workload::parse_model("fuse: false\n" + text, "test.yaml");  // every operator that was recognised
}

std::map<std::string, int> operators(const workload::Model& model) {
  std::map<std::string, int> counts;
  for (const workload::Layer& layer : model.layers) {
    ++counts[layer.op];
  }
  return counts;
}

TEST(OnnxNetworks, Gpt2LargeIsTheShippedOne) {
  const ImportOptions options = {{{"batch", 1}, {"sequence", 128}}, {}, false, 0, 0};
  const workload::Model model =
      workload::parse_model(onnx_yaml(gpt2({}), "test.onnx", "test.onnx", options), "test.yaml");
  const workload::Model shipped = workload::load_model("gpt2-large", {{"sequence", 128}});
  EXPECT_EQ(workload::parameters(model), 774'030'080);  // Radford et al., 2019
  EXPECT_EQ(workload::macs(model), workload::macs(shipped));
  EXPECT_EQ(operators(model), operators(shipped));
  ASSERT_EQ(model.layers.size(), shipped.layers.size());
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    EXPECT_EQ(model.layers[i].shape, shipped.layers[i].shape) << model.layers[i].name;
  }
}

TEST(OnnxNetworks, ABlockIsWrittenOnce) {
  const ImportOptions options = {{{"batch", 1}, {"sequence", 128}}, {}, false, 0, 0};
  const std::string small = onnx_yaml(gpt2({4, 64, 2, 100}), "a.onnx", "a.onnx", options);
  const std::string large = onnx_yaml(gpt2({36, 64, 2, 100}), "a.onnx", "a.onnx", options);
  EXPECT_EQ(std::count(small.begin(), small.end(), '\n'), std::count(large.begin(), large.end(), '\n'));
  EXPECT_EQ(large, onnx_yaml(gpt2({36, 64, 2, 100}), "a.onnx", "a.onnx", options));
}

TEST(OnnxNetworks, LlamaSharesKeysAndRotates) {
  const Llama size;
  const workload::Model model = imported(llama(size));
  const std::int64_t head = size.width / size.heads;
  const std::int64_t kv = size.kv_heads * head;
  const std::int64_t weights =
      2 * size.width * size.width + 2 * size.width * kv + 3 * size.width * size.inner;
  EXPECT_EQ(workload::macs(model),
            size.blocks * (size.length * weights + 2 * size.heads * size.length * size.length * head));
  EXPECT_EQ(workload::parameters(model),
            size.blocks * (weights + 2 * size.width) + size.width + size.vocabulary * size.width);
  const std::map<std::string, int> expected = {
      {"embedding", 1}, {"rms-norm", 5}, {"gemm", 14}, {"rotary-embedding", 4}, {"matrix-product", 4},
      {"softmax", 2},   {"add", 4},      {"silu", 2},  {"multiply", 2}};
  EXPECT_EQ(operators(model), expected);
  for (const workload::Layer& layer : model.layers) {
    if (layer.op == "matrix-product") {
      EXPECT_EQ(std::get<workload::GemmShape>(layer.shape).repeats, size.kv_heads);
    }
  }
}

TEST(OnnxNetworks, AScenarioNamesOne) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "inlay-onnx-scenario";
  std::filesystem::create_directories(folder);
  Gpt2 size;
  size.blocks = 1;
  base::write_file(folder / "net.onnx", gpt2(size));
  base::write_file(folder / "s.yaml",
                   "name: s\nmodels: [{model: net.onnx, batch: 3, parameters: {batch: 1, sequence: 16}}]\n");
  const base::ReadLog log;  // what a schedule lists as its inputs
  const workload::Scenario scenario = workload::load_scenario((folder / "s.yaml").string(), load_model);
  std::filesystem::remove_all(folder);
  std::map<std::string, std::string> read;
  for (const base::ReadLog::Entry& entry : log.entries()) {
    read[entry.path.filename().string()] = entry.hash;
  }
  EXPECT_EQ(read["net.onnx"], base::content_hash(gpt2(size)));
  EXPECT_EQ(read.count("s.yaml"), 1U);
  const ImportOptions options = {{{"batch", 1}, {"sequence", 16}}, {}, false, 0, 0};
  EXPECT_EQ(workload::macs(scenario), 3 * workload::macs(imported(gpt2(size), options)));
}

}  // namespace
}  // namespace inlay::importers
