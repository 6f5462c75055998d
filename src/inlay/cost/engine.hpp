#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "inlay/cost/layer_cost.hpp"
#include "inlay/cost/tuning.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/model.hpp"
#include "inlay/workload/scenario.hpp"

namespace inlay::cost {

struct CostTable;

/// Maps (layer with mini-batch, chiplet type) to a cost. Stateless; safe to call from several threads.
class CostEngine {
 public:
  virtual ~CostEngine() = default;
  virtual std::string name() const = 0;
  virtual std::string version() const = 0;
  /// One line for the list of assumptions that every output carries.
  virtual std::vector<std::string> assumptions() const = 0;
  /// Throws base::InfeasibleError naming layer, chiplet type and limit if the layer cannot be mapped.
  virtual LayerCost evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                             const hardware::ChipletType& type) const = 0;

  /// For engines that know layers by their names: the costs of a whole scenario, or one base::InputError that
  /// lists all that is missing. None: the engine knows shapes, and layers of equal shape cost the same.
  virtual std::shared_ptr<const CostTable> named_costs(const workload::Scenario& scenario,
                                                       const std::vector<hardware::ChipletType>& types) const;
  /// Whether layers are known by their names: then shares of layers, which have none, cannot be costed.
  virtual bool knows_names() const { return false; }
  /// Does an answer take much longer to work out than to read from disk, some 2 us (docs/engines.md)?
  virtual bool worth_caching(const hardware::ChipletType& type) const;
  /// What the engine tunes free tile sizes for; empty if it tunes nothing. Part of the key of the cache.
  virtual std::string tuning_objective() const;
  /// The sizes that it has chosen for a layer that it can map, as text; empty if there were none to choose.
  virtual std::string tiling(const workload::Layer& layer, std::int64_t mini_batch,
                             const hardware::ChipletType& type) const;
};

}  // namespace inlay::cost
