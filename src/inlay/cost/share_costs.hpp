#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "inlay/cost/cost_table.hpp"

namespace inlay::cost {

/// A share of a layer (workload::share_of) in mini-batches of so many samples.
struct Share {
  workload::Layer layer;
  std::int64_t mini_batch = 1;
};

/// Costs of shares of layers on every chiplet type of a package, by what an engine tells layers apart by.
class ShareCosts {
 public:
  using Key = std::tuple<workload::Shape, workload::Precision, std::int64_t, std::int64_t>;
  static Key key_of(const Share& share) {
    return {share.layer.shape, share.layer.precision, share.layer.fused_operations, share.mini_batch};
  }

  /// [type]; nullptr if the share has not been costed.
  const std::vector<LayerCost>* find(const Share& share) const {
    const auto known = costs_.find(key_of(share));
    return known == costs_.end() ? nullptr : &known->second;
  }
  void add(const Key& key, std::vector<LayerCost> costs) { costs_.insert_or_assign(key, std::move(costs)); }
  const std::map<Key, std::vector<LayerCost>>& all() const { return costs_; }

 private:
  std::map<Key, std::vector<LayerCost>> costs_;
};

/// Costs those of the shares that are not yet in `costs`, each distinct one once, as build_cost_table does. A
/// share that a type cannot run is an entry that is not mappable. Throws base::InfeasibleError when
/// interrupted.
void add_share_costs(const std::vector<Share>& shares, const std::vector<hardware::ChipletType>& types,
                     const CostEngine& engine, ShareCosts& costs, int threads = 0, CostCache* cache = nullptr,
                     const CostWatch& watch = {});

}  // namespace inlay::cost
