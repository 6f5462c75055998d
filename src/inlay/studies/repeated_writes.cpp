#include "inlay/studies/repeated_writes.hpp"

#include <algorithm>
#include <limits>
#include <variant>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/maestro/mapping.hpp"

namespace inlay::studies {
namespace {

namespace maestro = cost::maestro;

/// Elements that are written beyond the first time, in one analysis.
double writes_beyond(const maestro::MappedLayer& layer, const hardware::ChipletType& type,
                     std::int64_t outputs) {
  const maestro::Hardware hardware{type.pes, type.noc_bytes_per_cycle, type.noc_hops,
                                   std::numeric_limits<std::int64_t>::max(), 1};
  const maestro::Analysis analysis = maestro::analyse(layer, hardware, maestro::Occurrences::kExact64);
  return static_cast<double>(
      std::max<std::int64_t>(0, analysis.accesses[maestro::kOutput].l2_write - outputs));
}

double writes_beyond(const workload::GemmShape& shape, std::int64_t mini_batch,
                     const hardware::ChipletType& type) {
  // As the engine does: a batch makes a product with weights longer, and repeats one without.
  const std::int64_t rows = shape.weights ? base::checked_multiply(shape.m, mini_batch) : shape.m;
  const std::int64_t repeats =
      shape.weights ? shape.repeats : base::checked_multiply(shape.repeats, mini_batch);
  return static_cast<double>(repeats) *
         writes_beyond(maestro::map_gemm(rows, shape.n, shape.k, type.dataflow), type,
                       base::checked_multiply(rows, shape.n));
}

double writes_beyond(const workload::ConvolutionShape& shape, std::int64_t mini_batch,
                     const hardware::ChipletType& type) {
  const std::int64_t pixels = base::checked_multiply(shape.out_height, shape.out_width);
  const std::int64_t outputs = base::checked_multiply(shape.out_channels / shape.groups, pixels);
  const std::int64_t repeats = base::checked_multiply(shape.groups, mini_batch);
  return static_cast<double>(repeats) *
         writes_beyond(maestro::map_convolution(maestro::group_of(shape), type.dataflow), type, outputs);
}

}  // namespace

double repeated_write_energy(const workload::Layer& layer, std::int64_t mini_batch,
                             const hardware::ChipletType& type) {
  try {
    if (const auto* gemm = std::get_if<workload::GemmShape>(&layer.shape)) {
      return writes_beyond(*gemm, mini_batch, type) * type.energy.l2_access;
    }
    if (const auto* convolution = std::get_if<workload::ConvolutionShape>(&layer.shape)) {
      return writes_beyond(*convolution, mini_batch, type) * type.energy.l2_access;
    }
  } catch (const base::InfeasibleError&) {
    // The engine substitutes such a layer.
  }
  return 0.0;
}

RepeatedWrites::RepeatedWrites(const workload::Scenario& scenario, const cost::CostTable& costs,
                               const hardware::ChipletType& type) {
  for (std::size_t i = 0; i < scenario.models.size(); ++i) {
    const cost::ModelCosts& table = costs.models.at(i);
    const std::vector<workload::Layer>& layers = scenario.models[i].model.layers;
    Model model{scenario.models[i].batch, table.mini_batches, table.class_of, {}};
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
      const auto begin = static_cast<std::size_t>(table.class_of[layer]) * table.mini_batches.size();
      if (begin < model.entries.size()) {
        continue;  // a shape that an earlier layer has, too
      }
      for (const std::int64_t mini_batch : table.mini_batches) {
        model.entries.push_back(repeated_write_energy(layers[layer], mini_batch, type));
      }
    }
    models_.push_back(std::move(model));
  }
}

double RepeatedWrites::of_stage(const schedule::Pipeline& pipeline, const schedule::Stage& stage) const {
  const Model& model = models_.at(static_cast<std::size_t>(pipeline.model));
  const auto size = std::find(model.mini_batches.begin(), model.mini_batches.end(), pipeline.mini_batch);
  if (size == model.mini_batches.end()) {
    throw base::DefectError("a schedule's mini-batch is missing in the table of repeated writes");
  }
  double sum = 0.0;
  for (int layer = stage.first; layer < stage.last; ++layer) {
    const auto row = static_cast<std::size_t>(model.class_of[static_cast<std::size_t>(layer)]);
    sum += model.entries[row * model.mini_batches.size() +
                         static_cast<std::size_t>(size - model.mini_batches.begin())];
  }
  return sum * static_cast<double>(base::ceil_divide(model.batch, pipeline.mini_batch));
}

}  // namespace inlay::studies
