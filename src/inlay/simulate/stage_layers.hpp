// What the layers of a stage compute, load and exchange, on a single chiplet or on a submesh. Worked out from
// the sharding rules of docs/model.md, not by the evaluator that this room is a witness of.
#pragma once

#include <cstdint>
#include <vector>

#include "inlay/schedule/problem.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/simulate/activities.hpp"
#include "inlay/simulate/package_resources.hpp"

namespace inlay::simulate {

/// A layer of a stage, one mini-batch.
struct StageLayer {
  std::vector<double> seconds;      // [member] computing
  std::vector<Transfer> gathers;    // before computing, one after the other
  std::vector<Transfer> scatters;   // of partial sums, after it
  Transfer weights;                 // without delay; empty if the layer has none
  std::int64_t weight_bytes = 0;    // of the member that holds most
  std::int64_t gathered_bytes = 0;  // rows of tables, of all members
  std::int64_t tile_bytes = 0;      // L2 of the member that needs most
};

/// L2 bytes of a tensor in its widest layout.
struct Held {
  std::int64_t member = 0;  // of the member that holds most
  std::int64_t all = 0;     // of all members
};

struct StageLayers {
  std::vector<StageLayer> layers;  // [layer of the stage]
  std::vector<Held> held;          // [tensor of the model]; that of an equal part where no layer touches it
};

/// Throws base::InfeasibleError for a layer that its chiplets cannot run, base::InputError if the cost of a
/// share is missing.
StageLayers layers_of(const schedule::Problem& problem, const PackageResources& resources,
                      const schedule::Pipeline& pipeline, const schedule::Stage& stage);

}  // namespace inlay::simulate
