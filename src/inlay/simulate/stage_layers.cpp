#include "inlay/simulate/stage_layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/schedule/shares.hpp"
#include "inlay/simulate/exchange_flows.hpp"

namespace inlay::simulate {
namespace {

using schedule::AxisLayout;
using schedule::Layout;
using schedule::Sharding;
using workload::Box;
using workload::Division;
using workload::Interval;
using workload::LoopDimension;
using workload::LoopRanges;

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

std::int64_t bytes_of(std::int64_t elements, std::int64_t bits) {
  return base::ceil_divide(base::checked_multiply(elements, bits), 8);
}

[[noreturn]] void refuse(const workload::Model& model, int layer, std::int64_t mini_batch,
                         const std::string& where) {
  throw base::InfeasibleError(fmt::format("model '{}', layer '{}' (mini-batch {}): {} cannot run it",
                                          model.name, model.layers[at(layer)].name, mini_batch, where));
}

/// On one chiplet: what the cost table says.
StageLayers on_chiplet(const schedule::Problem& problem, const PackageResources& resources,
                       const schedule::Pipeline& pipeline, const schedule::Stage& stage) {
  const workload::Model& model = problem.scenario.models[at(pipeline.model)].model;
  const cost::ModelCosts& costs = problem.costs.models[at(pipeline.model)];
  const int chiplet = stage.submesh.lead();
  const hardware::Chiplet& place = problem.package.chiplets[at(chiplet)];
  const double clock = problem.package.types[at(place.type)].clock;
  StageLayers result;
  for (int layer = stage.first; layer < stage.last; ++layer) {
    const workload::Layer& node = model.layers[at(layer)];
    const cost::LayerCost& cost = costs.at(layer, costs.index_of(pipeline.mini_batch), place.type);
    if (!cost.mappable) {
      refuse(model, layer, pipeline.mini_batch, fmt::format("chiplet '{}'", place.name));
    }
    StageLayer one;
    one.seconds = {static_cast<double>(cost.cycles) / clock};
    one.tile_bytes = cost.tile_bytes;
    one.weight_bytes = node.weight_bytes;
    one.gathered_bytes = base::checked_multiply(pipeline.mini_batch, node.gathered_bytes);
    if (node.weight_bytes > 0) {
      one.weights.flows.push_back({resources.from_memory(chiplet), static_cast<double>(node.weight_bytes)});
    }
    result.layers.push_back(std::move(one));
  }
  for (const workload::Tensor& tensor : model.tensors) {
    const std::int64_t bytes = base::checked_multiply(pipeline.mini_batch, tensor.bytes);
    result.held.push_back({bytes, bytes});
  }
  return result;
}

Interval common(const Interval& a, const Interval& b) {
  const std::int64_t first = std::max(a.first, b.first);
  return {first, std::max(first, std::min(a.last, b.last))};
}

Box common(const Box& a, const Box& b) {
  Box both;
  for (std::size_t axis = 0; axis < both.size(); ++axis) {
    both[axis] = common(a[axis], b[axis]);
  }
  return both;
}

/// Whether two boxes together have all of a third one.
bool cover(const Box& wanted, const Box& a, const Box& b) {
  const Box in_a = common(wanted, a);
  const Box in_b = common(wanted, b);
  return workload::volume(in_a) + workload::volume(in_b) - workload::volume(common(in_a, in_b)) ==
         workload::volume(wanted);
}

/// Follows the layouts of the tensors of a stage through its layers.
class SubmeshWalk {
 public:
  SubmeshWalk(const schedule::Problem& problem, const PackageResources& resources,
              const schedule::Pipeline& pipeline, const schedule::Stage& stage)
      : problem_(problem),
        resources_(resources),
        model_(problem.scenario.models[at(pipeline.model)].model),
        mini_batch_(pipeline.mini_batch),
        stage_(stage),
        submesh_(stage.submesh),
        grid_{stage.submesh.rows, stage.submesh.columns},
        layouts_(model_.tensors.size()) {
    result_.held.resize(model_.tensors.size());
  }

  StageLayers run() {
    for (layer_ = stage_.first; layer_ < stage_.last; ++layer_) {
      divisions_ = workload::divisions(model_, layer_);
      sharding_ = stage_.sharding_of(layer_);
      add_layer();
    }
    for (std::size_t i = 0; i < model_.tensors.size(); ++i) {
      if (result_.held[i].all == 0) {
        const std::int64_t all = base::checked_multiply(mini_batch_, model_.tensors[i].bytes);
        result_.held[i] = {base::ceil_divide(all, submesh_.members()), all};
      }
    }
    return std::move(result_);
  }

 private:
  void add_layer() {
    const workload::Layer& node = model_.layers[at(layer_)];
    std::string why;
    resolved_ = schedule::resolve(model_, layer_, divisions_, sharding_, why);
    if (!why.empty()) {
      throw base::DefectError(why);
    }
    StageLayer& one = result_.layers.emplace_back();
    for (std::size_t operand = 0; operand < node.inputs.size(); ++operand) {
      bring(operand, node.inputs[operand], one);
    }
    add_members(node, one);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const int output = node.outputs[i];
      if (!resolved_.partial.empty()) {
        Transfer scatter = exchange_flows(resources_, submesh_, boxes(resolved_.outputs[i], output),
                                          boxes(resolved_.partial[i], output), node.precision.accumulator,
                                          Direction::kScatter);
        if (!scatter.empty()) {
          one.scatters.push_back(std::move(scatter));
        }
      }
      layouts_[at(output)] = resolved_.outputs[i];
      holds(output, resolved_.outputs[i]);
    }
  }

  LoopRanges ranges_of(int member) const {
    return schedule::ranges_of(divisions_, sharding_, mini_batch_, grid_, member / grid_.columns,
                               member % grid_.columns);
  }

  /// [member]
  std::vector<Box> boxes(const Layout& layout, int tensor) const {
    const Box whole = workload::whole_box(model_.tensors[at(tensor)], mini_batch_);
    std::vector<Box> result;
    for (int member = 0; member < grid_.members(); ++member) {
      result.push_back(
          schedule::held_by(layout, whole, grid_, member / grid_.columns, member % grid_.columns));
    }
    return result;
  }

  /// How an operand lies once every member has what it needs: cut as the layer cuts it.
  Layout as_needed(std::size_t operand) const {
    const auto along = [&](LoopDimension by) {
      for (const Division& division : divisions_) {
        if (division.by == by && division.inputs[operand].axis != workload::kReplicatedAxis) {
          return AxisLayout{division.inputs[operand].axis, division.inputs[operand].step};
        }
      }
      return AxisLayout{};
    };
    return {along(sharding_.rows.by), along(sharding_.columns.by)};
  }

  /// How a tensor of another stage or of the memory lies: spread over all members, cut as needed where the
  /// layer cuts it, else along its longest axis.
  Layout as_it_arrives(std::size_t operand, int tensor) const {
    const Box whole = workload::whole_box(model_.tensors[at(tensor)], mini_batch_);
    const auto longest = std::max_element(whole.begin(), whole.end(),
                                          [](const auto& a, const auto& b) { return a.size() < b.size(); });
    Layout layout = as_needed(operand);
    for (AxisLayout* axis : {&layout.rows, &layout.columns}) {
      if (axis->axis == workload::kReplicatedAxis) {
        *axis = {static_cast<int>(longest - whole.begin()), 1};
      }
    }
    return layout;
  }

  /// Lets every member have what it needs of an operand.
  void bring(std::size_t operand, int tensor, StageLayer& one) {
    const workload::Tensor& edge = model_.tensors[at(tensor)];
    const Box whole = workload::whole_box(edge, mini_batch_);
    std::optional<Layout>& layout = layouts_[at(tensor)];
    const bool arrives = !layout.has_value();
    if (arrives) {
      layout = as_it_arrives(operand, tensor);
    }
    const std::vector<Box> held = boxes(*layout, tensor);
    std::vector<Box> needed;
    for (int member = 0; member < grid_.members(); ++member) {
      needed.push_back(schedule::needed_of(resolved_, operand, whole, ranges_of(member)));
    }
    Transfer gather = exchange_flows(resources_, submesh_, held, needed, edge.bits, Direction::kGather);
    if (!arrives && gather.empty()) {
      return;
    }
    const Layout after = as_needed(operand);
    holds(tensor, after);
    const std::vector<Box> wanted = boxes(after, tensor);
    bool complete = true;
    for (std::size_t member = 0; member < wanted.size(); ++member) {
      complete = complete && cover(wanted[member], held[member], needed[member]);
    }
    layout = complete ? after : *layout;
    holds(tensor, *layout);
    if (!gather.empty()) {
      one.gathers.push_back(std::move(gather));
    }
  }

  void holds(int tensor, const Layout& layout) {
    Held here;
    for (const Box& box : boxes(layout, tensor)) {
      const std::int64_t bytes = bytes_of(workload::volume(box), model_.tensors[at(tensor)].bits);
      here.member = std::max(here.member, bytes);
      here.all = base::checked_add(here.all, bytes);
    }
    Held& most = result_.held[at(tensor)];
    most = {std::max(most.member, here.member), std::max(most.all, here.all)};
  }

  bool idle(const LoopRanges& ranges) const {
    const auto none = [&](LoopDimension by) {
      return by != LoopDimension::kNone && ranges[static_cast<std::size_t>(by)].size() == 0;
    };
    return none(sharding_.rows.by) || none(sharding_.columns.by);
  }

  /// Computing, weights and gathered rows of every member.
  void add_members(const workload::Layer& node, StageLayer& one) {
    one.seconds.assign(at(grid_.members()), 0.0);
    std::map<LoopRanges, std::vector<int>> same_weights;
    for (int member = 0; member < grid_.members(); ++member) {
      LoopRanges ranges = ranges_of(member);
      if (idle(ranges)) {
        continue;
      }
      add_computing(member, ranges, one);
      std::int64_t gathered = base::checked_multiply(
          node.gathered_bytes, ranges[static_cast<std::size_t>(LoopDimension::kSamples)].size());
      for (const Division* division : resolved_.by) {
        const std::int64_t part = ranges[static_cast<std::size_t>(division->by)].size();
        gathered = base::ceil_divide(base::checked_multiply(gathered, part), division->extent);
      }
      one.gathered_bytes = base::checked_add(one.gathered_bytes, gathered);
      same_weights[weight_ranges(ranges)].push_back(member);
    }
    for (const auto& [ranges, members] : same_weights) {
      add_weights(node, ranges, members, one);
    }
  }

  void add_computing(int member, const LoopRanges& ranges, StageLayer& one) {
    const cost::Share share{workload::share_of(model_, layer_, resolved_.by, ranges),
                            ranges[static_cast<std::size_t>(LoopDimension::kSamples)].size()};
    const auto* costs = problem_.costs.shares == nullptr ? nullptr : problem_.costs.shares->find(share);
    const hardware::Chiplet& place = problem_.package.chiplets[at(submesh_.chiplets[at(member)])];
    if (costs == nullptr) {
      throw base::InputError(
          fmt::format("model '{}', layer '{}': the cost of its share under sharding {} on {} is "
                      "not in the cost table",
                      model_.name, model_.layers[at(layer_)].name, schedule::to_string(sharding_),
                      hardware::to_string(problem_.package, submesh_)));
    }
    const cost::LayerCost& cost = (*costs)[at(place.type)];
    if (!cost.mappable) {
      refuse(model_, layer_, mini_batch_, fmt::format("chiplet '{}'", place.name));
    }
    one.seconds[at(member)] = static_cast<double>(cost.cycles) / problem_.package.types[at(place.type)].clock;
    one.tile_bytes = std::max(one.tile_bytes, cost.tile_bytes);
  }

  /// The ranges that weights depend on; members with equal ones need the same weights.
  LoopRanges weight_ranges(LoopRanges ranges) const {
    for (const Division* division : resolved_.by) {
      if (!division->divides_weights) {
        ranges[static_cast<std::size_t>(division->by)] = {0, 1};
      }
    }
    ranges[static_cast<std::size_t>(LoopDimension::kSamples)] = {0, 1};
    return ranges;
  }

  /// The same weights for some members: each reads them, or the first one does and they are forwarded.
  void add_weights(const workload::Layer& node, const LoopRanges& ranges, const std::vector<int>& members,
                   StageLayer& one) {
    const std::int64_t bytes = workload::share_of_weights(node, resolved_.by, ranges);
    if (bytes == 0) {
      return;
    }
    one.weight_bytes = std::max(one.weight_bytes, bytes);
    const auto size = static_cast<double>(bytes);
    const auto chiplet = [&](int member) { return submesh_.chiplets[at(member)]; };
    if (!problem_.package.network.multicast || members.size() == 1) {
      for (const int member : members) {
        one.weights.flows.push_back({resources_.from_memory(chiplet(member)), size});
      }
      return;
    }
    const std::vector<int> others(members.begin() + 1, members.end());
    std::vector<int> receivers;
    for (const int member : others) {
      receivers.push_back(chiplet(member));
    }
    one.weights.flows.push_back({resources_.from_memory(chiplet(members.front())), size});
    one.weights.flows.push_back({resources_.along(tree_within(submesh_, members.front(), others),
                                                  {chiplet(members.front())}, receivers),
                                 size});
  }

  const schedule::Problem& problem_;
  const PackageResources& resources_;
  const workload::Model& model_;
  std::int64_t mini_batch_;
  const schedule::Stage& stage_;
  const hardware::Submesh& submesh_;
  schedule::Grid grid_;
  std::vector<std::optional<Layout>> layouts_;  // [tensor]; nothing: not yet seen in the stage
  StageLayers result_;
  // Of the layer that is being added.
  int layer_ = 0;
  std::vector<Division> divisions_;
  Sharding sharding_;
  schedule::ShardedLayer resolved_;
};

}  // namespace

StageLayers layers_of(const schedule::Problem& problem, const PackageResources& resources,
                      const schedule::Pipeline& pipeline, const schedule::Stage& stage) {
  return stage.submesh.single() ? on_chiplet(problem, resources, pipeline, stage)
                                : SubmeshWalk(problem, resources, pipeline, stage).run();
}

}  // namespace inlay::simulate
