#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "inlay/cost/layer_cost.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/model.hpp"

namespace inlay::cost {

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
};

std::vector<std::string> engine_names();
/// Throws base::InputError with the nearest spelling for an unknown name.
std::unique_ptr<CostEngine> make_engine(const std::string& name);

}  // namespace inlay::cost
