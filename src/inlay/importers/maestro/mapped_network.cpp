#include "inlay/importers/maestro/mapped_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/hardware/energy_table.hpp"

namespace inlay::importers::maestro {
namespace {

using cost::maestro::LayerKind;
using cost::maestro::MappedDirective;
using cost::maestro::Sizes;
using dataflow::Directive;
using dataflow::DirectiveKind;

[[noreturn]] void refuse(const MappingLayer& layer, const std::string& what) {
  throw base::InputError(layer.position, "",
                         fmt::format("layer '{}' {}; --engine maestro costs it", layer.name, what));
}

workload::Shape shape_of(const MappingLayer& layer) {
  using namespace cost::maestro;
  const Sizes& sizes = layer.mapped.sizes;
  if (layer.mapped.kind == LayerKind::kGemm) {
    return workload::GemmShape{sizes[kM], sizes[kN], sizes[kK], 1, true};
  }
  if (layer.type == "TRCONV") {
    refuse(layer, "is a transposed convolution whose own stride the file does not say (B10)");
  }
  if (sizes[kY] < sizes[kR] || sizes[kX] < sizes[kS]) {
    refuse(layer, "has a filter that is larger than its input");
  }
  const bool depthwise = layer.mapped.kind == LayerKind::kDepthwise;
  workload::ConvolutionShape shape;
  shape.groups = depthwise ? sizes[kC] : layer.mapped.kind == LayerKind::kGrouped ? sizes[kG] : 1;
  shape.in_channels = base::checked_multiply(shape.groups, depthwise ? 1 : sizes[kC]);
  shape.out_channels = base::checked_multiply(shape.groups, sizes[kK]);
  shape.kernel_height = sizes[kR];
  shape.kernel_width = sizes[kS];
  shape.stride_y = layer.mapped.stride_y;
  shape.stride_x = layer.mapped.stride_x;
  shape.out_height = (sizes[kY] - sizes[kR]) / shape.stride_y + 1;
  shape.out_width = (sizes[kX] - sizes[kS]) / shape.stride_x + 1;
  return shape;
}

/// Samples and groups run one after the other in our engines, as the outermost loops: a map that says so is
/// left out.
bool says_nothing(const MappingLayer& layer, const MappedDirective& map) {
  using namespace cost::maestro;
  const bool outermost =
      map.dimension == kG || (map.dimension == kN && layer.mapped.kind != LayerKind::kGemm);
  const bool plain = (!map.spatial && map.size == 1) || layer.mapped.sizes[map.dimension] == 1;
  if (outermost && !plain) {
    refuse(layer, fmt::format("maps {} otherwise than by TemporalMap(1, 1)",
                              cost::maestro::kDimensionNames[map.dimension]));
  }
  return outermost;
}

std::vector<Directive> directives_of(const MappingLayer& layer) {
  std::vector<Directive> directives;
  for (std::size_t level = 0; level < layer.mapped.levels; ++level) {
    if (level > 0) {
      directives.push_back(
          {DirectiveKind::kCluster, std::to_string(layer.mapped.cluster_sizes[level]), "", ""});
    }
    for (const MappedDirective& map : layer.mapped.directives[level]) {
      if (!says_nothing(layer, map)) {
        directives.push_back({map.spatial ? DirectiveKind::kSpatial : DirectiveKind::kTemporal,
                              std::to_string(map.size), std::to_string(map.offset),
                              cost::maestro::kDimensionNames[map.dimension]});
      }
    }
  }
  return directives;
}

dataflow::Dataflow dataflow_of(const MappingLayer& layer) {
  if (layer.mapped.levels == 0) {
    throw base::InputError(layer.position, "",
                           fmt::format("layer '{}' has no Dataflow, so it cannot be costed", layer.name));
  }
  dataflow::Dataflow flow;
  flow.name = "of " + layer.name;
  (layer.mapped.kind == LayerKind::kGemm ? flow.gemm : flow.convolution) = directives_of(layer);
  return flow;
}

}  // namespace

MappedNetwork mapped_network(const MappingFile& mapping) {
  MappedNetwork network;
  network.scenario.name = mapping.network;
  workload::Model model;
  model.name = mapping.network;
  model.source = mapping.file;
  for (const MappingLayer& from : mapping.layers) {
    workload::Layer layer;
    layer.name = from.name;
    layer.op = from.type;
    layer.shape = shape_of(from);
    model.layers.push_back(std::move(layer));
    network.dataflows.push_back(dataflow_of(from));
    const bool gemm = from.mapped.kind == LayerKind::kGemm;
    network.samples.push_back(gemm ? 1 : std::max(1, from.mapped.sizes[cost::maestro::kN]));
    network.places.push_back(from.position);
  }
  network.scenario.models.push_back({mapping.network, std::move(model), 1});
  return network;
}

hardware::ChipletType chiplet_of(const HardwareFile& hardware, const hardware::EnergyTable& energy) {
  constexpr double kAssumedClock = 1e9;
  const auto limit = [&energy](const std::optional<std::int64_t>& bytes, bool scaled, const char* key) {
    if (!bytes && scaled) {
      throw base::InputError(
          fmt::format("energy table '{}' depends on the sizes of buffers: the hardware file must state {}",
                      energy.name, key));
    }
    return bytes.value_or(std::numeric_limits<std::int64_t>::max());
  };
  hardware::ChipletType type;
  type.name = fmt::format("{} PEs", hardware.hardware.pes);
  type.pes = hardware.hardware.pes;
  type.noc_bytes_per_cycle = hardware.hardware.noc_bandwidth;
  type.noc_hops = hardware.hardware.noc_hops;
  type.l1_bytes = limit(hardware.l1_bytes, !energy.scaling.l1_access.empty(), "l1_size_cstr");
  type.l2_bytes = limit(hardware.l2_bytes, !energy.scaling.l2_access.empty(), "l2_size_cstr");
  type.clock = kAssumedClock;
  return hardware::with_energy(std::move(type), energy);
}

cost::CostTable mapped_costs(const MappedNetwork& network, const hardware::ChipletType& type,
                             const cost::CostEngine& engine) {
  cost::CostTable table{engine.name(), engine.version(), engine.assumptions(), {}, {}};
  table.assumptions.emplace_back("each layer by the mapping that the file gives it; a clock of 1 GHz");
  cost::ModelCosts costs;
  costs.types = 1;
  costs.mini_batches = {1};
  const auto& layers = network.scenario.models.front().model.layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    hardware::ChipletType mapped = type;
    mapped.dataflow = network.dataflows[i];
    costs.class_of.push_back(static_cast<int>(i));
    try {
      costs.entries.push_back(engine.evaluate(layers[i], network.samples[i], mapped));
    } catch (const base::InfeasibleError& error) {
      const base::SourcePosition& place = network.places[i];
      throw base::InfeasibleError(
          fmt::format("{}:{}:{}: {}", place.file, place.line, place.column, error.what()));
    }
  }
  table.models.push_back(std::move(costs));
  return table;
}

}  // namespace inlay::importers::maestro
