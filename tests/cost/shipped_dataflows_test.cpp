// The dataflows in data/dataflows on ResNet-50 and GPT-2: what the rules make of them is sane, and the
// output-stationary baseline is no straw man.
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>

#include "cost/fixtures.hpp"
#include "inlay/cost/engine.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/cost/maestro/mapping.hpp"

namespace inlay::cost {
namespace {

std::vector<workload::Layer> workload_layers() {
  std::vector<workload::Layer> layers = resnet50();
  for (const workload::Layer& layer : gpt2_block(1280, 128)) {
    layers.push_back(layer);
  }
  return layers;
}

std::vector<std::string> shipped() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(base::data_folder() / "dataflows")) {
    names.push_back(entry.path().stem().string());
  }
  return names;
}

maestro::MappedLayer mapped(const workload::Layer& layer, const dataflow::Dataflow& dataflow) {
  if (const auto* gemm = std::get_if<workload::GemmShape>(&layer.shape)) {
    return maestro::map_gemm(gemm->m, gemm->n, gemm->k, dataflow);
  }
  return maestro::map_convolution(maestro::group_of(std::get<workload::ConvolutionShape>(layer.shape)),
                                  dataflow);
}

struct Total {
  double cycles = 0.0;
  double joules = 0.0;
};

Total total(const std::vector<workload::Layer>& layers, const std::string& dataflow, std::int64_t pes) {
  const hardware::ChipletType type = chiplet_type(dataflow, pes);
  const auto engine = make_engine("maestro");
  Total sum;
  for (const workload::Layer& layer : layers) {
    const LayerCost cost = engine->evaluate(layer, 1, type);
    sum.cycles += static_cast<double>(cost.cycles);
    sum.joules += cost.energy.total();
  }
  return sum;
}

TEST(ShippedDataflows, DoTheLayersWorkWithinThePeak) {
  const auto engine = make_engine("maestro");
  for (const std::string& dataflow : shipped()) {
    // The published columns of several outputs count strided layers too often (docs/engines.md).
    const bool counts_strides_right = dataflow.rfind("yxp_os", 0) != 0;
    for (const std::int64_t pes : {4096, 16384}) {
      const hardware::ChipletType type = chiplet_type(dataflow, pes);
      for (const workload::Layer& layer : workload_layers()) {
        const LayerCost cost = engine->evaluate(layer, 1, type);
        const auto expected = static_cast<double>(workload::macs(layer.shape));
        const double counted = cost.energy.mac / type.energy.mac;
        EXPECT_FALSE(cost.substituted) << dataflow << " " << layer.name;
        EXPECT_GE(counted, expected * (1 - 1e-12)) << dataflow << " " << layer.name;
        EXPECT_LE(counted, expected * (counts_strides_right ? 1 + 1e-12 : 4))
            << dataflow << " " << layer.name;
        EXPECT_LE(expected, static_cast<double>(cost.cycles * pes)) << dataflow << " " << layer.name;
        EXPECT_GT(cost.utilisation, 0.0);
        EXPECT_LE(cost.utilisation, 1.0);
      }
    }
  }
}

TEST(ShippedDataflows, FitASmallL1) {
  for (const std::string& dataflow : shipped()) {
    const hardware::ChipletType type = chiplet_type(dataflow);
    for (const workload::Layer& layer : workload_layers()) {
      const auto request =
          maestro::analyse(mapped(layer, type.dataflow), {4096, 256, 1, 70000, 1}).l1_request;
      EXPECT_LE(std::accumulate(request.begin(), request.end(), std::int64_t{0}), type.l1_bytes)
          << dataflow << " " << layer.name;
    }
  }
}

TEST(ShippedDataflows, TheOutputStationaryBaselineIsTheBestOfItsKind) {
  for (const auto& layers : {resnet50(), gpt2_block(1280, 128)}) {
    for (const auto& [baseline, pes] :
         {std::pair<std::string, std::int64_t>{"ykc_os", 4096}, {"ykc_os_wide", 16384}}) {
      const Total best = total(layers, baseline, pes);
      for (const std::string& dataflow : shipped()) {
        if (chiplet_type(dataflow).dataflow.stationary == "output" && dataflow != baseline) {
          const Total other = total(layers, dataflow, pes);
          EXPECT_LE(best.cycles * best.joules, other.cycles * other.joules) << dataflow << " on " << pes;
        }
      }
      const Total weight_stationary = total(layers, pes == 4096 ? "kcp_ws" : "kcp_ws128", pes);
      EXPECT_LT(best.cycles, weight_stationary.cycles);
    }
  }
}

}  // namespace
}  // namespace inlay::cost
