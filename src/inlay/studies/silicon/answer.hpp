#pragma once

#include <string>
#include <vector>

#include "inlay/studies/silicon/bounds.hpp"
#include "inlay/studies/silicon/eyeriss.hpp"
#include "inlay/studies/silicon/gemmini.hpp"
#include "inlay/studies/study.hpp"

namespace inlay::studies::silicon {

/// All that the study says.
struct SiliconAnswer {
  std::string data;  // folder
  GemminiStudy gemmini;
  std::vector<ErrorSummary> gemmini_uncalibrated;
  std::vector<ErrorSummary> gemmini_errors;  // by set and half, by kind, by array size, by what bounds a row
  std::vector<EyerissPrediction> eyeriss;
  std::vector<EnergyByLevel> energy;
  std::vector<AccessEnergy> accesses;
  std::vector<NvdlaPrediction> nvdla;
  std::vector<BoundCheck> bounds;
};

std::string answer_text(const SiliconAnswer& answer);
/// schemas/study-silicon.schema.json.
std::string answer_json(const SiliconAnswer& answer);
/// silicon-gemmini-16.svg, silicon-gemmini-sizes.svg, silicon-eyeriss.svg.
std::vector<StudyFile> answer_drawings(const SiliconAnswer& answer);

}  // namespace inlay::studies::silicon
