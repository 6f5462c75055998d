// What a stage does in one mini-batch: what its layers compute and exchange, what it moves, what stays in L2.
// Worked out from docs/model.md ("What moves", "Capacity"), not by the evaluator that this room is a witness
// of.
#pragma once

#include <cstdint>
#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/simulate/stage_layers.hpp"

namespace inlay::simulate {

/// Bytes that move to or from the memory because of one layer; of all members together.
struct LayerTraffic {
  std::int64_t read = 0;     // before it: tensors that the stage first uses here, gathered rows
  std::int64_t written = 0;  // after it
  std::int64_t spill_written = 0;
  std::int64_t spill_read = 0;  // before it
};

struct StagePlan {
  StageLayers work;
  std::vector<LayerTraffic> traffic;  // [layer of the stage]
  std::int64_t to_next = 0;           // bytes to the next stage
  bool hands_on = false;              // some of them come from the previous stage
  bool streamed = false;              // weights are read in every mini-batch
  std::vector<int> spilled;           // tensors, in the order in which they were chosen
  std::int64_t need = 0;              // bytes of L2 of the member that needs most
  std::int64_t room = 0;              // bytes of L2 that no layer needs
};

/// Stage `index` of a pipeline. Throws base::InfeasibleError if it does not fit its chiplets, and what
/// layers_of throws.
StagePlan plan_stage(const schedule::Problem& problem, const PackageResources& resources,
                     const schedule::Pipeline& pipeline, std::size_t index);

}  // namespace inlay::simulate
