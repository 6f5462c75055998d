#include "inlay/evaluate/sharded_stage.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/evaluate/coverage.hpp"

namespace inlay::evaluate {
namespace {

using schedule::AxisLayout;
using schedule::Grid;
using schedule::Layout;
using schedule::Sharding;
using workload::Box;
using workload::Division;

const Division& division_of(const std::vector<Division>& divisions, workload::LoopDimension by) {
  for (const Division& division : divisions) {
    if (division.by == by) {
      return division;
    }
  }
  throw base::DefectError("a layer is divided by a dimension that it does not offer");
}

AxisLayout axis_after_use(const std::vector<Division>& divisions, workload::LoopDimension by,
                          std::size_t operand) {
  const workload::AxisUse& use = division_of(divisions, by).inputs[operand];
  return use.axis == workload::kReplicatedAxis ? AxisLayout{} : AxisLayout{use.axis, use.step};
}

/// Follows the layouts of a stage's tensors through its layers.
class Replay {
 public:
  Replay(const schedule::Problem& problem, int model, std::int64_t mini_batch, const schedule::Stage& stage)
      : problem_(problem),
        model_index_(model),
        model_(problem.scenario.models[static_cast<std::size_t>(model)].model),
        mini_batch_(mini_batch),
        stage_(stage),
        members_(members_of(problem.package, stage.submesh)),
        prices_(problem, members_),
        layouts_(model_.tensors.size()) {
    result_.held.resize(model_.tensors.size());
  }

  ShardedStage run() {
    for (int layer = stage_.first; layer < stage_.last; ++layer) {
      run_layer(layer, workload::divisions(model_, layer), stage_.sharding_of(layer));
    }
    return std::move(result_);
  }

 private:
  const workload::Tensor& tensor(int index) const { return model_.tensors[static_cast<std::size_t>(index)]; }

  void run_layer(int layer, const std::vector<Division>& divisions, const Sharding& sharding) {
    const workload::Layer& node = model_.layers[static_cast<std::size_t>(layer)];
    std::string why;
    const schedule::ShardedLayer resolved = schedule::resolve(model_, layer, divisions, sharding, why);
    if (!why.empty()) {
      throw base::DefectError(why);
    }
    const double before = result_.compute + result_.exchanges.seconds;
    const std::int64_t weights_before = result_.weights;
    for (std::size_t operand = 0; operand < node.inputs.size(); ++operand) {
      bring(resolved, divisions, sharding, operand, node.inputs[operand]);
    }
    add(sharded_layer_cost(problem_, model_index_, layer, divisions, sharding, mini_batch_, members_));
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const workload::Tensor& output = tensor(node.outputs[i]);
      if (!resolved.partial.empty()) {
        const Box whole = workload::whole_box(output, mini_batch_);
        // Every flow of a gather turned round: partial sums meet on their way to the member that keeps them.
        const Exchange scatter =
            exchange(prices_.routes(), boxes_of(resolved.outputs[i], whole, members_.grid),
                     boxes_of(resolved.partial[i], whole, members_.grid), prices_.per_chiplet());
        result_.exchanges += prices_.price(scatter, node.precision.accumulator);
      }
      lies(node.outputs[i], resolved.outputs[i]);
    }
    result_.work.push_back(
        {result_.compute + result_.exchanges.seconds - before, result_.weights - weights_before});
  }

  /// Lets every member have what it needs of an operand.
  void bring(const schedule::ShardedLayer& resolved, const std::vector<Division>& divisions,
             const Sharding& sharding, std::size_t operand, int index) {
    const Box whole = workload::whole_box(tensor(index), mini_batch_);
    std::optional<Layout>& layout = layouts_[static_cast<std::size_t>(index)];
    const bool arrives = !layout.has_value();
    if (arrives) {
      layout = arrival_layout(divisions, sharding, operand, whole);
    }
    const std::vector<Box> held = boxes_of(*layout, whole, members_.grid);
    const std::vector<Box> needed =
        needs_of(resolved, divisions, sharding, operand, whole, mini_batch_, members_.grid);
    const Exchange moved = exchange(prices_.routes(), held, needed, prices_.per_chiplet());
    result_.exchanges += prices_.price(moved, tensor(index).bits);
    if (arrives || moved.received > 0) {
      const Layout after = layout_after_use(divisions, sharding, operand);
      takes(index, after);
      lies(index, covered(boxes_of(after, whole, members_.grid), held, needed) ? after : *layout);
    }
  }

  void lies(int index, const Layout& layout) {
    layouts_[static_cast<std::size_t>(index)] = layout;
    takes(index, layout);
  }

  void takes(int index, const Layout& layout) {
    const HeldBytes here = held_bytes(layout, tensor(index), mini_batch_, members_.grid);
    HeldBytes& most = result_.held[static_cast<std::size_t>(index)];
    most.member = std::max(most.member, here.member);
    most.all = std::max(most.all, here.all);
  }

  void add(const ShardedLayerCost& cost) {
    result_.mappable = result_.mappable && cost.mappable;
    result_.compute += cost.seconds;
    result_.utilised += cost.utilised;
    result_.layers.mac += cost.energy.mac;
    result_.layers.l1 += cost.energy.l1;
    result_.layers.l2 += cost.energy.l2;
    result_.layers.noc += cost.energy.noc;
    result_.layers.vector += cost.energy.vector;
    result_.tile_bytes.push_back(cost.tile_bytes);
    result_.weights = base::checked_add(result_.weights, cost.weights);
    result_.weights_read = base::checked_add(result_.weights_read, cost.weights_read);
    result_.weights_sent = base::checked_add(result_.weights_sent, cost.weights_sent);
    result_.weights_forwarded = base::checked_add(result_.weights_forwarded, cost.weights_forwarded);
    result_.gathered = base::checked_add(result_.gathered, cost.gathered);
  }

  const schedule::Problem& problem_;
  int model_index_;
  const workload::Model& model_;
  std::int64_t mini_batch_;
  const schedule::Stage& stage_;
  GridTypes members_;
  ExchangePrices prices_;
  std::vector<std::optional<Layout>> layouts_;  // [tensor]; nothing: not yet seen in the stage
  ShardedStage result_;
};

}  // namespace

ExchangeCost& ExchangeCost::operator+=(const ExchangeCost& other) {
  seconds += other.seconds;
  network_energy += other.network_energy;
  l2_energy += other.l2_energy;
  bytes = base::checked_add(bytes, other.bytes);
  return *this;
}

ExchangePrices::ExchangePrices(const schedule::Problem& problem, const GridTypes& members)
    : routes_(members.grid),
      per_chiplet_(problem.package.network.scope == hardware::BandwidthScope::kPerChiplet),
      bandwidth_(problem.package.network.bandwidth),
      hop_latency_(problem.package.network.hop_latency),
      network_energy_(problem.package.network.energy_per_bit),
      l2_energy_(0.0) {
  for (const int type : members.types) {
    l2_energy_ += 2.0 * problem.package.types[static_cast<std::size_t>(type)].energy.l2_access;
  }
  l2_energy_ /= static_cast<double>(members.types.size());
}

ExchangeCost ExchangePrices::price(const Exchange& exchange, std::int64_t bits) const {
  if (exchange.received == 0) {
    return {};
  }
  const auto width = static_cast<double>(bits);
  ExchangeCost cost;
  cost.seconds =
      static_cast<double>(exchange.load) * width / 8.0 / bandwidth_ + exchange.longest * hop_latency_;
  cost.network_energy = static_cast<double>(exchange.hops) * width * network_energy_;
  cost.l2_energy = static_cast<double>(exchange.received) * width / 8.0 * l2_energy_;
  cost.bytes = bytes_of_elements(exchange.received, bits);
  return cost;
}

Layout arrival_layout(const std::vector<Division>& divisions, const Sharding& sharding, std::size_t operand,
                      const Box& whole) {
  Layout layout = layout_after_use(divisions, sharding, operand);
  std::size_t longest = 0;
  for (std::size_t axis = 1; axis < whole.size(); ++axis) {
    longest = whole[axis].size() > whole[longest].size() ? axis : longest;
  }
  for (AxisLayout* axis : {&layout.rows, &layout.columns}) {
    if (axis->axis == workload::kReplicatedAxis) {
      *axis = {static_cast<int>(longest), 1};
    }
  }
  return layout;
}

Layout layout_after_use(const std::vector<Division>& divisions, const Sharding& sharding,
                        std::size_t operand) {
  return {axis_after_use(divisions, sharding.rows.by, operand),
          axis_after_use(divisions, sharding.columns.by, operand)};
}

std::vector<Box> boxes_of(const Layout& layout, const Box& whole, const Grid& grid) {
  std::vector<Box> boxes;
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      boxes.push_back(schedule::held_by(layout, whole, grid, row, column));
    }
  }
  return boxes;
}

std::vector<Box> needs_of(const schedule::ShardedLayer& layer, const std::vector<Division>& divisions,
                          const Sharding& sharding, std::size_t operand, const Box& whole,
                          std::int64_t mini_batch, const Grid& grid) {
  std::vector<Box> boxes;
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      boxes.push_back(schedule::needed_of(
          layer, operand, whole, schedule::ranges_of(divisions, sharding, mini_batch, grid, row, column)));
    }
  }
  return boxes;
}

std::int64_t bytes_of_elements(std::int64_t elements, std::int64_t bits) {
  return base::ceil_divide(base::checked_multiply(elements, bits), 8);
}

HeldBytes held_bytes(const Layout& layout, const workload::Tensor& tensor, std::int64_t mini_batch,
                     const Grid& grid) {
  HeldBytes bytes;
  for (const Box& box : boxes_of(layout, workload::whole_box(tensor, mini_batch), grid)) {
    const std::int64_t here = bytes_of_elements(workload::volume(box), tensor.bits);
    bytes.member = std::max(bytes.member, here);
    bytes.all = base::checked_add(bytes.all, here);
  }
  return bytes;
}

HeldBytes spread_bytes(const workload::Tensor& tensor, std::int64_t mini_batch, const Grid& grid) {
  const std::int64_t all = base::checked_multiply(mini_batch, tensor.bytes);
  return {base::ceil_divide(all, grid.members()), all};
}

std::int64_t least_l2(const hardware::Package& package, const GridTypes& members) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const int type : members.types) {
    least = std::min(least, package.types[static_cast<std::size_t>(type)].l2_bytes);
  }
  return least;
}

GridTypes members_of(const hardware::Package& package, const hardware::Submesh& submesh) {
  GridTypes members{{submesh.rows, submesh.columns}, {}};
  for (const int chiplet : submesh.chiplets) {
    members.types.push_back(package.chiplets[static_cast<std::size_t>(chiplet)].type);
  }
  return members;
}

ShardedStage replay_stage(const schedule::Problem& problem, int model, std::int64_t mini_batch,
                          const schedule::Stage& stage) {
  return Replay(problem, model, mini_batch, stage).run();
}

}  // namespace inlay::evaluate
