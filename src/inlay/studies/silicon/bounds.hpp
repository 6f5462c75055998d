#pragma once

#include <string>
#include <vector>

#include "inlay/studies/silicon/measured_rows.hpp"

namespace inlay::studies::silicon {

/// ResNet-50 on a configuration of NVDLA, batch 1: the vendor's estimate and ours.
struct NvdlaPrediction {
  const NvdlaRow* row = nullptr;
  std::int64_t atomic_c = 1;
  std::int64_t atomic_k = 1;
  double frames_per_second = 0.0;
  double bound = 0.0;  // all MACs at work all the time
};

/// Configurations of the chiplet type `nvdla-2048`; MACs are split into atomic-C and atomic-K as evenly as
/// powers of two allow, at most 64 x 32.
std::vector<NvdlaPrediction> study_nvdla(const std::vector<NvdlaRow>& rows);

/// A published figure that a model must not contradict.
struct BoundCheck {
  std::string what;
  double least = 0.0;  // what no model may fall below
  double published = 0.0;
  double predicted = 0.0;
  std::string unit;
  bool holds() const { return published >= least * (1 - 1e-9) && predicted >= least * (1 - 1e-9); }
};

/// Simba's 36 chiplets on ResNet-50, and DepFiN's single layers of FSRCNN one after the other.
std::vector<BoundCheck> bound_checks();

}  // namespace inlay::studies::silicon
