#pragma once

#include <cstdint>

#include "inlay/cost/cost_table.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/schedule/schedule.hpp"
#include "inlay/workload/scenario.hpp"

namespace inlay::studies {

/// J that the engine `maestro` charges a layer's mini-batch for writing outputs to L2 more than once: rule B1
/// of docs/maestro.md, by which every step of the top level writes its tile of outputs, also while only input
/// channels or the filter advance. A layer that the engine substitutes counts as none.
double repeated_write_energy(const workload::Layer& layer, std::int64_t mini_batch,
                             const hardware::ChipletType& type);

/// The same for all layers of a scenario on one chiplet type.
class RepeatedWrites {
 public:
  /// `costs`: the scenario's cost table; its classes and mini-batches are used.
  RepeatedWrites(const workload::Scenario& scenario, const cost::CostTable& costs,
                 const hardware::ChipletType& type);

  /// J of all mini-batches of one stage of a model.
  double of_stage(const schedule::Pipeline& pipeline, const schedule::Stage& stage) const;

 private:
  struct Model {
    std::int64_t batch;
    std::vector<std::int64_t> mini_batches;
    std::vector<int> class_of;    // [layer]
    std::vector<double> entries;  // [class][mini-batch]
  };
  std::vector<Model> models_;
};

}  // namespace inlay::studies
