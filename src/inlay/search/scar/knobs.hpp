#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/search/settings.hpp"

namespace inlay::search::scar {

/// What can be chosen of SCAR's pipeline; the option records say what each means.
struct ScarKnobs {
  int splits = 4;
  bool uniform_packing = false;
  bool all_provisions = false;
  std::string weight;
  int top = 16;
  std::int64_t segmentations = 0;
  int cuts = 0;
  int cap = 0;
  int cap_layers = 0;
  bool whole_batch = false;
  std::string search;
  int population = 10;
  int generations = 4;
  double crossover = 0.0;
  double mutation = 0.0;
  int walks = 0;
};

/// The records of a strategy that runs the pipeline, `strategy.splits` and so on.
std::vector<OptionRecord> option_records(const std::string& strategy);
ScarKnobs scar_knobs(const Settings& settings, const std::string& strategy);

}  // namespace inlay::search::scar
