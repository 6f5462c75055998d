#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "inlay/evaluate/sharded_stage.hpp"
#include "inlay/objective/objective.hpp"
#include "inlay/schedule/shares.hpp"

// What a plan of shardings chooses among: for every layer its shardings on a grid, what each costs, and what
// it costs to bring the operands from any layout. Layers that are alike share all of it. Start at
// PlanOptions.

namespace inlay::search::sharding {

/// What a second and a joule count in the choice of shardings.
struct PlanGoal {
  double time = 1.0;
  double energy = 1.0;
  bool operator==(const PlanGoal&) const = default;
};
/// A part of the objective that does not count weighs 1%, so that ties go to the better in it.
PlanGoal plan_goal(const objective::Objective& objective);
/// The same for a search within limits on time: plans of least energy would wrongly put them out of reach, so
/// that time counts, too.
PlanGoal plan_goal(const schedule::Problem& problem, const objective::Objective& objective);

/// An exchange with what it counts.
struct PricedExchange {
  double price = 0.0;
  double seconds = 0.0;
  double joules = 0.0;
  std::int64_t bytes = 0;
  bool moves = false;    // some member lacks something
  bool settles = false;  // all members then have what their layout after use says
};

/// Layouts by number.
class LayoutNumbers {
 public:
  int number_of(const schedule::Layout& layout);
  const schedule::Layout& layout(int number) const { return layouts_[static_cast<std::size_t>(number)]; }

 private:
  std::vector<schedule::Layout> layouts_;
};

/// What the members need of a tensor, by number.
class NeedNumbers {
 public:
  struct Need {
    workload::Box whole;               // all of the tensor
    std::vector<workload::Box> boxes;  // [member]
    auto operator<=>(const Need&) const = default;
  };
  int number_of(const Need& need);
  const Need& need(int number) const { return *needs_[static_cast<std::size_t>(number)]; }

 private:
  std::map<Need, int> numbers_;
  std::vector<const Need*> needs_;
};

/// One sharding of a layer.
struct ShardingOption {
  schedule::Sharding sharding;
  evaluate::ShardedLayerCost cost;
  double price = 0.0;                   // of compute and the layer's energy, and of scattering partial sums
  double weights_price = 0.0;           // of loading the weights once
  PricedExchange scatter;               // of partial sums
  std::vector<int> needs;               // [operand] what the members need, by number
  std::vector<int> after_use;           // [operand] layout, by number
  std::vector<int> outputs;             // [output] layout, by number
  std::vector<PricedExchange> arrival;  // [operand] from where it is spread over the members
  std::vector<int> after_arrival;       // [operand] layout after that, by number
};

/// A layer's options.
struct LayerOptions {
  std::vector<workload::Division> divisions;
  std::vector<ShardingOption> options;
  std::vector<workload::Tensor> operands;  // their shapes; of a layer that stands for all that are alike
  /// The most that bringing an operand can count, whatever its layout and the sharding.
  std::vector<double> worst_exchange;
  /// [option][operand][layout] prices that have been asked for; negative: not yet.
  mutable std::vector<std::vector<std::vector<PricedExchange>>> exchanges;
  /// [operand] by pairs of layouts: what exchange_excess() has answered.
  mutable std::vector<std::map<std::pair<int, int>, double>> excesses;
};

/// The options of all layers [first, last) of a model on one kind of submesh, for one mini-batch size, within
/// the problem's constraints on shardings. Not for several threads at once.
class PlanOptions {
 public:
  PlanOptions(const schedule::Problem& problem, int model, int first, int last, std::int64_t mini_batch,
              const evaluate::GridTypes& members, const PlanGoal& goal);

  /// What a second and a joule count.
  const PlanGoal& goal() const { return goal_; }
  const LayerOptions& of(int layer) const { return *layers_[static_cast<std::size_t>(layer - first_)]; }
  /// Of bringing an operand from a layout to where the option needs it.
  const PricedExchange& exchange(const LayerOptions& layer, std::size_t option, std::size_t operand,
                                 int layout) const;
  /// The most that bringing an operand from one layout can count more than from another one, whatever the
  /// sharding.
  double exchange_excess(const LayerOptions& layer, std::size_t operand, int from, int other) const;
  /// The most that bringing a tensor from anywhere to anywhere can count.
  double worst_exchange(const workload::Tensor& tensor) const;

 private:
  std::unique_ptr<LayerOptions> build(int layer);
  void add_option(int layer, const schedule::Sharding& sharding, LayerOptions& result);
  PricedExchange priced(const evaluate::Exchange& exchange, std::int64_t bits) const;
  /// Of bringing a tensor of so many bits an element from a layout to where it is needed; it then lies as
  /// `after` says if that settles it.
  PricedExchange bringing(std::int64_t bits, int layout, int need, int after) const;

  const schedule::Problem& problem_;
  int model_index_;
  const workload::Model& model_;
  int first_;
  std::int64_t mini_batch_;
  evaluate::GridTypes members_;
  evaluate::ExchangePrices prices_;
  PlanGoal goal_;  // per second and per joule
  double seconds_per_weight_byte_ = 0.0;
  double joules_per_weight_byte_ = 0.0;
  LayoutNumbers numbers_;
  NeedNumbers needs_;
  struct Moved {
    evaluate::Exchange exchange;
    bool settles = false;
  };
  /// By layout before, need and layout after: layers of other costs move tensors of the same shape.
  mutable std::map<std::tuple<int, int, int>, Moved> moved_;
  std::vector<std::shared_ptr<const LayerOptions>> layers_;
};

}  // namespace inlay::search::sharding
