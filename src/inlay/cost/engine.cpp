#include "inlay/cost/engine.hpp"

namespace inlay::cost {

std::shared_ptr<const CostTable> CostEngine::named_costs(
    const workload::Scenario& /*scenario*/, const std::vector<hardware::ChipletType>& /*types*/) const {
  return nullptr;
}

bool CostEngine::worth_caching(const hardware::ChipletType& /*type*/) const {
  return false;
}

std::string CostEngine::tuning_objective() const {
  return {};
}

std::string CostEngine::tiling(const workload::Layer& /*layer*/, std::int64_t /*mini_batch*/,
                               const hardware::ChipletType& /*type*/) const {
  return {};
}

}  // namespace inlay::cost
