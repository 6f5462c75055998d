#include "inlay/cost/memoizing_engine.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "inlay/cost/cost_cache_key.hpp"
#include "inlay/cost/cost_table.hpp"

namespace inlay::cost {
namespace {

class RememberingEngine : public CostEngine {
 public:
  explicit RememberingEngine(std::unique_ptr<CostEngine> engine) : engine_(std::move(engine)) {}

  std::string name() const override { return engine_->name(); }
  std::string version() const override { return engine_->version(); }
  std::vector<std::string> assumptions() const override { return engine_->assumptions(); }
  std::string tuning_objective() const override { return engine_->tuning_objective(); }

  bool knows_names() const override { return engine_->knows_names(); }
  std::shared_ptr<const CostTable> named_costs(
      const workload::Scenario& scenario, const std::vector<hardware::ChipletType>& types) const override {
    return engine_->named_costs(scenario, types);
  }
  bool worth_caching(const hardware::ChipletType& type) const override {
    return engine_->worth_caching(type);
  }
  std::string tiling(const workload::Layer& layer, std::int64_t mini_batch,
                     const hardware::ChipletType& type) const override {
    return engine_->tiling(layer, mini_batch, type);
  }

  LayerCost evaluate(const workload::Layer& layer, std::int64_t mini_batch,
                     const hardware::ChipletType& type) const override {
    if (!engine_->worth_caching(type)) {
      return engine_->evaluate(layer, mini_batch, type);
    }
    const std::string key = context_key(*engine_, type) +
                            layer_key(layer.shape, layer.precision, layer.fused_operations, mini_batch);
    if (const auto known = find(key)) {
      return *known;
    }
    const LayerCost cost = engine_->evaluate(layer, mini_batch, type);
    const std::lock_guard lock(mutex_);
    return costs_.emplace(key, cost).first->second;
  }

 private:
  std::optional<LayerCost> find(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = costs_.find(key);
    return found == costs_.end() ? std::nullopt : std::optional(found->second);
  }

  std::unique_ptr<CostEngine> engine_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, LayerCost> costs_;
};

}  // namespace

std::unique_ptr<CostEngine> memoizing(std::unique_ptr<CostEngine> engine) {
  return std::make_unique<RememberingEngine>(std::move(engine));
}

}  // namespace inlay::cost
