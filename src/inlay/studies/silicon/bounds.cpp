#include "inlay/studies/silicon/bounds.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "inlay/base/file.hpp"
#include "inlay/cost/data_centric/analysis.hpp"
#include "inlay/cost/data_centric/offchip.hpp"
#include "inlay/cost/engines.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/workload/model_file.hpp"

namespace inlay::studies::silicon {
namespace {

workload::Model resnet50() {
  return workload::load_model(base::find_data_file("resnet-50", "models").string());
}

/// Bytes of inputs, weights and outputs, each once; 0 for an operator without MACs, which is fused to its
/// producer here.
double bytes_of(const workload::Layer& layer) {
  using namespace cost::data_centric;
  const auto traffic = [&](const auto& shape) {
    const LoopNest nest = map_layer(shape, 1, dataflow::Dataflow{}, 1);
    return static_cast<double>(memory_traffic(without_loops(nest), layer.precision).total());
  };
  if (const auto* convolution = std::get_if<workload::ConvolutionShape>(&layer.shape)) {
    return traffic(*convolution);
  }
  const auto* product = std::get_if<workload::GemmShape>(&layer.shape);
  return product != nullptr ? traffic(*product) : 0.0;
}

/// Seconds of all layers with MACs one after the other, each at least as long as its bytes at the memory's
/// bandwidth.
double seconds_of(const workload::Model& model, const hardware::ChipletType& type, double bytes_per_second) {
  const auto engine = cost::make_engine("data-centric", cost::Tuning::kLatency);
  double seconds = 0.0;
  for (const workload::Layer& layer : model.layers) {
    if (!std::holds_alternative<workload::VectorShape>(layer.shape)) {
      seconds += std::max(static_cast<double>(engine->evaluate(layer, 1, type).cycles) / type.clock,
                          bytes_of(layer) / bytes_per_second);
    }
  }
  return seconds;
}

void replace_size(std::vector<dataflow::Directive>& directives, const std::string& from,
                  const std::string& to) {
  for (dataflow::Directive& directive : directives) {
    directive.size = directive.size == from ? to : directive.size;
    directive.offset = directive.offset == from ? to : directive.offset;
  }
}

hardware::ChipletType nvdla(const NvdlaRow& row, std::int64_t atomic_c, std::int64_t atomic_k) {
  hardware::ChipletType type = hardware::load_chiplet_type("nvdla-2048");
  type.pes = row.macs;
  type.l2_bytes = row.buffer_bytes;
  type.array->rows = atomic_c;
  type.array->columns = atomic_k;
  type.array->accumulator_bytes = 128 * atomic_k;  // 16 pixels of 4 B, twice
  type.offchip.reset();  // charged by bandwidth: some configurations have less than a byte per cycle
  type.vector_lanes = std::max<std::int64_t>(1, row.macs / 16);
  const std::string width = std::to_string(atomic_c);
  replace_size(type.dataflow.convolution, "64", width);
  replace_size(type.dataflow.gemm, "64", width);
  return type;
}

double macs_of(const workload::Model& model) {
  return static_cast<double>(workload::macs(model));
}

BoundCheck simba() {
  const workload::Model model = resnet50();
  const hardware::ChipletType type = hardware::load_chiplet_type("simba-1024");
  constexpr double kChiplets = 36.0;
  // Shared out without a loss, at 1 GHz; 1,988 images/s at batch 1 (Shao et al., MICRO 2019).
  return {"Simba, 36 chiplets, ResNet-50, batch 1, layers shared out without a loss",
          1e3 * macs_of(model) / (kChiplets * static_cast<double>(type.pes) * type.clock), 1e3 / 1988.0,
          1e3 * seconds_of(model, type, std::numeric_limits<double>::infinity()) / kChiplets, "ms"};
}

/// FSRCNN on DepFiN as Stream's validation states it: 128 output columns x 16 output channels, layers one by
/// one.
BoundCheck depfin() {
  struct Layer {
    std::int64_t k, c, taps;
  };
  constexpr std::array<Layer, 8> kLayers = {{{56, 1, 5},
                                             {12, 56, 1},
                                             {12, 12, 3},
                                             {12, 12, 3},
                                             {12, 12, 3},
                                             {12, 12, 3},
                                             {56, 12, 1},
                                             {16, 56, 3}}};
  double ideal = 0.0;
  double cycles = 0.0;
  for (const Layer& layer : kLayers) {
    cost::data_centric::LoopNest nest;
    nest.extent = {1, 1, layer.k, layer.c, 540, 960, layer.taps, layer.taps};
    using namespace cost::data_centric;
    for (const Loop& loop : {Loop{kY, 1, 1}, Loop{kX, 1, 128}, Loop{kK, 1, 16}, Loop{kC, 1, 1},
                             Loop{kR, 1, 1}, Loop{kS, 1, 1}}) {
      nest.loops.push_back(loop);
    }
    const auto analysis = analyse(nest, {1024 / 8, 1, {8, 8, 8, 16}});
    cycles += static_cast<double>(analysis.cycles);
    ideal += static_cast<double>(analysis.products) / 2048.0;
  }
  return {"DepFiN, FSRCNN 960 x 540, layers one after the other", ideal / 1e6, 6.18, cycles / 1e6,
          "10^6 cycles"};
}

}  // namespace

std::vector<NvdlaPrediction> study_nvdla(const std::vector<NvdlaRow>& rows) {
  const workload::Model model = resnet50();
  std::vector<NvdlaPrediction> predictions;
  for (const NvdlaRow& row : rows) {
    NvdlaPrediction prediction;
    prediction.row = &row;
    while (prediction.atomic_c * prediction.atomic_k < row.macs) {
      (prediction.atomic_c <= prediction.atomic_k && prediction.atomic_c < 64 ? prediction.atomic_c
                                                                              : prediction.atomic_k) *= 2;
    }
    const hardware::ChipletType type = nvdla(row, prediction.atomic_c, prediction.atomic_k);
    prediction.frames_per_second = 1.0 / seconds_of(model, type, row.bytes_per_second);
    prediction.bound = static_cast<double>(row.macs) * type.clock / macs_of(model);
    predictions.push_back(prediction);
  }
  return predictions;
}

std::vector<BoundCheck> bound_checks() {
  return {simba(), depfin()};
}

}  // namespace inlay::studies::silicon
