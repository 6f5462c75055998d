#pragma once

#include <string>
#include <vector>

#include "inlay/cost/layer_cost.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/studies/silicon/measured_rows.hpp"

namespace inlay::studies::silicon {

struct EyerissPrediction {
  const EyerissRow* row = nullptr;
  double milliseconds = 0.0;
  double ideal_milliseconds = 0.0;  // MACs over the active PEs
  std::int64_t active_pes = 0;
  double milliwatts = 0.0;  // with the published idle power
  cost::EnergySplit energy;
  double error() const { return milliseconds / row->milliseconds - 1.0; }
};

/// AlexNet's convolutions with the mapping that the chip ran (Chen et al., JSSC 2017), batch 4, on the
/// chiplet type `eyeriss`. No constant is fitted. Throws base::InputError for a layer that is none of conv1
/// to conv5.
std::vector<EyerissPrediction> study_eyeriss(const std::vector<EyerissRow>& rows,
                                             const hardware::ChipletType& type);

/// One layer's energy by level for batch 16 in the units of ISCA 2016, Figure 10 (one MAC): published and
/// counted.
struct EnergyByLevel {
  std::string layer;
  double alu_published = 0.0;  // all in 10^9 MACs
  double alu = 0.0;
  double rf_published = 0.0;
  double rf = 0.0;
  double dram_published = 0.0;
  double dram_least = 0.0;  // each tensor once
};
std::vector<EnergyByLevel> energy_by_level();

/// Energies per access relative to a MAC of 16 bits: a table's, and the range of what is published.
struct AccessEnergy {
  std::string table;
  double mac = 0.0;            // pJ, operands of 16 bits
  double register_file = 0.0;  // of 512 B, per word of 16 bits over the MAC
  double buffer = 0.0;         // of 108 KiB, likewise
  double buffer_over_register_file = 0.0;
};
/// The shipped energy tables that scale, and the two published sets of ratios.
std::vector<AccessEnergy> access_energies();

}  // namespace inlay::studies::silicon
