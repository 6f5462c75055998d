#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/workload/scenario.hpp"

namespace inlay::app {

/// `inlay cost --mapping FILE`.
struct FixedMappingOptions {
  std::string file;
  std::string layer;                // empty: the file states it
  std::vector<std::string> levels;  // NAME=LEVEL
  std::string engine;
  std::string objective;
  std::int64_t batch = 0;  // 0: the file's or the model's own
  bool json = false;
  std::string chiplet;  // empty: the file names it
  std::string energy;   // empty: the chiplet's own
};

/// Costs a layer as its mapping is written, beside what the engine chooses for it. `model`: the one that has
/// the layer, or none. Returns the exit code.
int cost_mapping(const FixedMappingOptions& options, const workload::ScenarioModel* model);

}  // namespace inlay::app
