#include "inlay/search/sharding/plan_options.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "inlay/evaluate/coverage.hpp"
#include "inlay/evaluate/transfer.hpp"

namespace inlay::search::sharding {
namespace {

using evaluate::Exchange;
using schedule::Layout;
using schedule::Sharding;
using workload::Box;
using workload::Division;

/// What makes two layers alike: costs, divisions and the shapes of what they read and make.
using Likeness =
    std::tuple<int, std::int64_t, std::int64_t, std::vector<std::int64_t>, std::vector<std::int64_t>>;

void add_shape(const workload::Tensor& tensor, std::vector<std::int64_t>& shape) {
  shape.push_back(-tensor.bits);
  shape.insert(shape.end(), tensor.dimensions.begin(), tensor.dimensions.end());
}

/// `demands`: the constraints on the layer's shardings, by number.
Likeness likeness_of(const workload::Model& model, const workload::Layer& layer, int cost_class,
                     const std::vector<Division>& divisions, const std::vector<std::int64_t>& demands) {
  std::vector<std::int64_t> tensors;
  for (const std::vector<int>* list : {&layer.inputs, &layer.outputs}) {
    tensors.push_back(std::numeric_limits<std::int64_t>::min());
    for (const int index : *list) {
      add_shape(model.tensors[static_cast<std::size_t>(index)], tensors);
    }
  }
  std::vector<std::int64_t> ways;
  for (const Division& division : divisions) {
    ways.push_back(static_cast<std::int64_t>(division.by));
    for (const std::vector<workload::AxisUse>* uses : {&division.inputs, &division.outputs}) {
      for (const workload::AxisUse& use : *uses) {
        ways.insert(ways.end(), {use.axis, use.step, use.before, use.reach});
      }
    }
  }
  ways.push_back(std::numeric_limits<std::int64_t>::min());
  ways.insert(ways.end(), demands.begin(), demands.end());
  return {cost_class, layer.weight_bytes, layer.gathered_bytes, std::move(tensors), std::move(ways)};
}

std::vector<std::int64_t> demands_on(const schedule::Constraints& constraints, int model, int layer) {
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < constraints.shardings.size(); ++i) {
    if (constraints.shardings[i].covers(model, layer)) {
      numbers.push_back(static_cast<std::int64_t>(i));
    }
  }
  return numbers;
}

/// The goal per second and per joule: both in shares of what the whole model takes on single chiplets.
PlanGoal scaled(const schedule::Problem& problem, int model, std::int64_t mini_batch, const PlanGoal& goal) {
  const cost::ModelCosts& costs = problem.costs.models[static_cast<std::size_t>(model)];
  const int size = costs.index_of(mini_batch);
  double seconds = 0.0;
  double joules = 0.0;
  for (std::size_t layer = 0; layer < costs.class_of.size(); ++layer) {
    double fastest = std::numeric_limits<double>::infinity();
    double cheapest = std::numeric_limits<double>::infinity();
    for (int type = 0; type < costs.types; ++type) {
      const cost::LayerCost& cost = costs.at(static_cast<int>(layer), size, type);
      if (cost.mappable) {
        const double clock = problem.package.types[static_cast<std::size_t>(type)].clock;
        fastest = std::min(fastest, static_cast<double>(cost.cycles) / clock);
        cheapest = std::min(cheapest, cost.energy.total());
      }
    }
    seconds += fastest < std::numeric_limits<double>::infinity() ? fastest : 0.0;
    joules += cheapest < std::numeric_limits<double>::infinity() ? cheapest : 0.0;
  }
  return {seconds > 0.0 ? goal.time / seconds : goal.time, joules > 0.0 ? goal.energy / joules : goal.energy};
}

}  // namespace

PlanGoal plan_goal(const objective::Objective& objective) {
  constexpr double kLittle = 0.01;
  return {objective.counts_latency() ? 1.0 : kLittle, objective.counts_energy() ? 1.0 : kLittle};
}

PlanGoal plan_goal(const schedule::Problem& problem, const objective::Objective& objective) {
  return plan_goal(schedule::limits_time(problem) && objective == objective::Objective::kEnergy
                       ? objective::Objective(objective::Objective::kEdp)
                       : objective);
}

int LayoutNumbers::number_of(const Layout& layout) {
  const auto known = std::find(layouts_.begin(), layouts_.end(), layout);
  if (known != layouts_.end()) {
    return static_cast<int>(known - layouts_.begin());
  }
  layouts_.push_back(layout);
  return static_cast<int>(layouts_.size()) - 1;
}

int NeedNumbers::number_of(const Need& need) {
  const auto [known, added] = numbers_.try_emplace(need, static_cast<int>(needs_.size()));
  if (added) {
    needs_.push_back(&known->first);
  }
  return known->second;
}

PlanOptions::PlanOptions(const schedule::Problem& problem, int model, int first, int last,
                         std::int64_t mini_batch, const evaluate::GridTypes& members, const PlanGoal& goal)
    : problem_(problem),
      model_index_(model),
      model_(problem.scenario.models[static_cast<std::size_t>(model)].model),
      first_(first),
      mini_batch_(mini_batch),
      members_(members),
      prices_(problem, members),
      goal_(scaled(problem, model, mini_batch, goal)) {
  const hardware::Package& package = problem.package;
  const auto count = static_cast<double>(members.types.size());
  const double way = std::min(hardware::interface_bandwidth(package), package.network.bandwidth);
  seconds_per_weight_byte_ =
      package.memory.weight_loads == hardware::WeightLoads::kTimed
          ? std::max(1.0 / hardware::total_memory_bandwidth(package), 1.0 / (count * way))
          : 0.0;
  joules_per_weight_byte_ = 8.0 * package.memory.energy_per_bit;
  std::map<Likeness, std::shared_ptr<const LayerOptions>> known;
  const cost::ModelCosts& costs = problem.costs.models[static_cast<std::size_t>(model)];
  for (int layer = first; layer < last; ++layer) {
    const workload::Layer& node = model_.layers[static_cast<std::size_t>(layer)];
    const Likeness likeness =
        likeness_of(model_, node, costs.class_of[static_cast<std::size_t>(layer)],
                    workload::divisions(model_, layer), demands_on(problem.constraints, model, layer));
    std::shared_ptr<const LayerOptions>& options = known[likeness];
    if (!options) {
      options = build(layer);
    }
    layers_.push_back(options);
  }
}

std::unique_ptr<LayerOptions> PlanOptions::build(int layer) {
  const workload::Layer& node = model_.layers[static_cast<std::size_t>(layer)];
  auto result = std::make_unique<LayerOptions>();
  result->divisions = workload::divisions(model_, layer);
  for (const int index : node.inputs) {
    result->operands.push_back(model_.tensors[static_cast<std::size_t>(index)]);
    result->worst_exchange.push_back(worst_exchange(result->operands.back()));
  }
  for (const Sharding& sharding : schedule::shardings_on(result->divisions, members_.grid, mini_batch_)) {
    if (schedule::may_divide(problem_.constraints, model_index_, layer, sharding, members_.grid)) {
      add_option(layer, sharding, *result);
    }
  }
  result->exchanges.resize(result->options.size(),
                           std::vector<std::vector<PricedExchange>>(result->operands.size()));
  result->excesses.resize(result->operands.size());
  return result;
}

void PlanOptions::add_option(int layer, const Sharding& sharding, LayerOptions& result) {
  const workload::Layer& node = model_.layers[static_cast<std::size_t>(layer)];
  ShardingOption option;
  option.sharding = sharding;
  option.cost = evaluate::sharded_layer_cost(problem_, model_index_, layer, result.divisions, sharding,
                                             mini_batch_, members_);
  if (!option.cost.mappable) {
    return;
  }
  std::string why;
  const schedule::ShardedLayer resolved = schedule::resolve(model_, layer, result.divisions, sharding, why);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    option.outputs.push_back(numbers_.number_of(resolved.outputs[i]));
    if (!resolved.partial.empty()) {
      const Box whole =
          workload::whole_box(model_.tensors[static_cast<std::size_t>(node.outputs[i])], mini_batch_);
      const PricedExchange one =
          priced(evaluate::exchange(
                     prices_.routes(), evaluate::boxes_of(resolved.outputs[i], whole, members_.grid),
                     evaluate::boxes_of(resolved.partial[i], whole, members_.grid), prices_.per_chiplet()),
                 node.precision.accumulator);
      option.scatter.seconds += one.seconds;
      option.scatter.joules += one.joules;
      option.scatter.price += one.price;
      option.scatter.bytes += one.bytes;
    }
  }
  const schedule::ShardedLayer divided = schedule::resolve_divisions(result.divisions, sharding);
  for (std::size_t operand = 0; operand < result.operands.size(); ++operand) {
    const Box whole = workload::whole_box(result.operands[operand], mini_batch_);
    option.needs.push_back(
        needs_.number_of({whole, evaluate::needs_of(divided, result.divisions, sharding, operand, whole,
                                                    mini_batch_, members_.grid)}));
    const int arrival =
        numbers_.number_of(evaluate::arrival_layout(result.divisions, sharding, operand, whole));
    const int after = numbers_.number_of(evaluate::layout_after_use(result.divisions, sharding, operand));
    option.after_use.push_back(after);
    option.arrival.push_back(bringing(result.operands[operand].bits, arrival, option.needs.back(), after));
    option.after_arrival.push_back(option.arrival.back().settles ? after : arrival);
  }
  option.price =
      goal_.time * option.cost.seconds + goal_.energy * option.cost.energy.total() + option.scatter.price;
  option.weights_price =
      goal_.time * static_cast<double>(std::max(option.cost.weights_read, option.cost.weights)) *
          seconds_per_weight_byte_ +
      goal_.energy * static_cast<double>(option.cost.weights_read) * joules_per_weight_byte_;
  result.options.push_back(std::move(option));
}

PricedExchange PlanOptions::priced(const Exchange& exchange, std::int64_t bits) const {
  const evaluate::ExchangeCost cost = prices_.price(exchange, bits);
  PricedExchange result;
  result.seconds = cost.seconds;
  result.joules = cost.network_energy + cost.l2_energy;
  result.price = goal_.time * result.seconds + goal_.energy * result.joules;
  result.bytes = cost.bytes;
  result.moves = exchange.received > 0;
  return result;
}

PricedExchange PlanOptions::bringing(std::int64_t bits, int layout, int need, int after) const {
  const auto [known, added] = moved_.try_emplace({layout, need, after});
  Moved& moved = known->second;
  if (added) {
    const auto& [whole, needed] = needs_.need(need);
    const std::vector<Box> held = evaluate::boxes_of(numbers_.layout(layout), whole, members_.grid);
    moved.exchange = evaluate::exchange(prices_.routes(), held, needed, prices_.per_chiplet());
    moved.settles =
        evaluate::covered(evaluate::boxes_of(numbers_.layout(after), whole, members_.grid), held, needed);
  }
  PricedExchange result = priced(moved.exchange, bits);
  result.settles = moved.settles;
  return result;
}

/// Every element from one member to all others: no route is longer, and no link carries more than all of it
/// but from every member to every other.
double PlanOptions::worst_exchange(const workload::Tensor& tensor) const {
  const std::int64_t elements = workload::volume(workload::whole_box(tensor, mini_batch_));
  const std::int64_t others = members_.grid.members() - 1;
  Exchange worst;
  worst.load = elements;
  worst.hops = elements * others;
  worst.received = elements * others;
  worst.longest = members_.grid.rows + members_.grid.columns;
  return priced(worst, tensor.bits).price;
}

double PlanOptions::exchange_excess(const LayerOptions& layer, std::size_t operand, int from,
                                    int other) const {
  const auto [place, added] = layer.excesses[operand].try_emplace({from, other}, 0.0);
  if (added) {
    for (std::size_t option = 0; option < layer.options.size(); ++option) {
      const double here = exchange(layer, option, operand, from).price;
      place->second = std::max(place->second, here - exchange(layer, option, operand, other).price);
    }
  }
  return place->second;
}

const PricedExchange& PlanOptions::exchange(const LayerOptions& layer, std::size_t option,
                                            std::size_t operand, int layout) const {
  std::vector<PricedExchange>& known = layer.exchanges[option][operand];
  if (known.size() <= static_cast<std::size_t>(layout)) {
    known.resize(static_cast<std::size_t>(layout) + 1, PricedExchange{-1.0, 0.0, 0.0, 0, false, false});
  }
  PricedExchange& found = known[static_cast<std::size_t>(layout)];
  if (found.price < 0.0) {
    const ShardingOption& chosen = layer.options[option];
    found = bringing(layer.operands[operand].bits, layout, chosen.needs[operand], chosen.after_use[operand]);
  }
  return found;
}

}  // namespace inlay::search::sharding
