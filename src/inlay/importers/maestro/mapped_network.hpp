#pragma once

#include <string>
#include <vector>

#include "inlay/cost/cost_table.hpp"
#include "inlay/dataflow/dataflow.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/importers/maestro/hardware_file.hpp"
#include "inlay/importers/maestro/mapping_file.hpp"
#include "inlay/workload/scenario.hpp"

namespace inlay::importers::maestro {

/// The layers of a mapping file for an engine of ours, each with the dataflow that the file gives it.
struct MappedNetwork {
  workload::Scenario scenario;                // one model of layers without tensors, batch 1
  std::vector<dataflow::Dataflow> dataflows;  // [layer]
  std::vector<std::int64_t> samples;          // [layer] N of a convolution
  std::vector<base::SourcePosition> places;   // [layer]
};

/// Throws base::InputError naming the layer for what only MAESTRO knows: a layer without Dataflow, TRCONV,
/// and maps of N and G other than TemporalMap(1, 1).
MappedNetwork mapped_network(const MappingFile& mapping);

/// The hardware of a file as a chiplet type at 1 GHz (the file states no clock) with this energy table;
/// buffers that the file does not state are unlimited. Throws base::InputError if the energy of such a buffer
/// depends on its size.
hardware::ChipletType chiplet_of(const HardwareFile& hardware, const hardware::EnergyTable& energy);

/// Costs every layer under its own dataflow, all its samples at once. Throws base::InfeasibleError with the
/// layer's place in the file if it cannot be mapped.
cost::CostTable mapped_costs(const MappedNetwork& network, const hardware::ChipletType& type,
                             const cost::CostEngine& engine);

}  // namespace inlay::importers::maestro
