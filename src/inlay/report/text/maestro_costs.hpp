#pragma once

#include <string>
#include <vector>

#include "inlay/cost/maestro/model.hpp"
#include "inlay/importers/maestro/hardware_file.hpp"
#include "inlay/importers/maestro/mapping_file.hpp"

namespace inlay::report::text {

/// What MAESTRO computes for every layer of a mapping file.
struct MaestroCosts {
  importers::maestro::MappingFile mapping;
  importers::maestro::HardwareFile hardware;
  std::vector<cost::maestro::Analysis> analyses;  // [layer]
};

/// Analyses all layers. Throws base::InputError for a layer without Dataflow, and base::InfeasibleError with
/// the layer's place and the broken rule where MAESTRO refuses the layer on this hardware or crashes.
MaestroCosts maestro_costs(importers::maestro::MappingFile mapping,
                           const importers::maestro::HardwareFile& hardware);

/// MAESTRO's result file: the rows as it prints them, the header without blanks behind the commas, by which
/// Inlay knows the file as its own.
std::string maestro_csv(const MaestroCosts& costs);
/// One row per layer and totals, for the terminal.
std::string maestro_text(const MaestroCosts& costs);
std::string maestro_json(const MaestroCosts& costs);

}  // namespace inlay::report::text
