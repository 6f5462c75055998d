#include "inlay/evaluate/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/evaluate/contention.hpp"
#include "inlay/evaluate/sharded_stage.hpp"
#include "inlay/evaluate/transfer.hpp"

namespace inlay::evaluate {
namespace {

using schedule::Pipeline;
using schedule::Problem;
using schedule::Stage;
using workload::Tensor;

/// What a tensor means to a stage.
struct TensorRole {
  bool made_in_window = false;
  bool made_here = false;
  bool used_here = false;
  bool used_elsewhere = false;  // by another stage of this window
  bool needed_later = false;    // by a later window or by the user
  bool through_memory = false;
  int last_use_in_window = -1;
  int last_use_here = -1;

  /// Passed from stage to stage along the pipeline.
  bool forwarded() const { return made_in_window && !through_memory; }
  bool written() const { return made_here && (needed_later || (through_memory && used_elsewhere)); }
};

/// A stage with all that its cost depends on.
struct Place {
  const Problem& problem;
  const workload::Model& model;
  const Pipeline& pipeline;
  const Stage& stage;
  const hardware::Submesh* next;  // of the next stage; nullptr for the last one
  int window_first;
  int window_last;
  bool loaded;                               // weights that stay are there from the repetition before
  std::vector<TensorRole> roles = {};        // [tensor]
  std::optional<ShardedStage> sharded = {};  // of a submesh of several chiplets

  const hardware::ChipletType& type_of(int chiplet) const {
    const int type = problem.package.chiplets[static_cast<std::size_t>(chiplet)].type;
    return problem.package.types[static_cast<std::size_t>(type)];
  }
  const hardware::ChipletType& type() const { return type_of(stage.submesh.lead()); }
  /// Of the member that has least; a share that fits it fits all.
  std::int64_t capacity() const {
    std::int64_t least = type().l2_bytes;
    for (const int chiplet : stage.submesh.chiplets) {
      least = std::min(least, type_of(chiplet).l2_bytes);
    }
    return least;
  }
  const cost::LayerCost& layer_cost(int layer) const {
    const cost::ModelCosts& costs = problem.costs.models[static_cast<std::size_t>(pipeline.model)];
    const hardware::Chiplet& chiplet =
        problem.package.chiplets[static_cast<std::size_t>(stage.submesh.lead())];
    return costs.at(layer, costs.index_of(pipeline.mini_batch), chiplet.type);
  }
  std::int64_t tile_bytes(int layer) const {
    return sharded ? sharded->tile_bytes[static_cast<std::size_t>(layer - stage.first)]
                   : layer_cost(layer).tile_bytes;
  }
  std::int64_t bytes(const Tensor& tensor) const {
    return base::checked_multiply(pipeline.mini_batch, tensor.bytes);
  }
  /// What a tensor takes of L2: on a submesh, its share as it lies there; spread if no layer here touches it.
  HeldBytes held(int index) const {
    const Tensor& tensor = model.tensors[static_cast<std::size_t>(index)];
    if (!sharded) {
      return {bytes(tensor), bytes(tensor)};
    }
    const HeldBytes& here = sharded->held[static_cast<std::size_t>(index)];
    return here.all > 0
               ? here
               : spread_bytes(tensor, pipeline.mini_batch, {stage.submesh.rows, stage.submesh.columns});
  }
  /// Weights that stay in the L2 of one member.
  std::int64_t resident_weights(const StageTraffic& traffic) const {
    return sharded ? sharded->weights : traffic.weights;
  }
};

bool between(int layer, int first, int last) {
  return first <= layer && layer < last;
}

TensorRole find_role(const Place& place, int index) {
  const Tensor& tensor = place.model.tensors[static_cast<std::size_t>(index)];
  TensorRole role;
  role.made_in_window = between(tensor.producer, place.window_first, place.window_last);
  role.made_here = between(tensor.producer, place.stage.first, place.stage.last);
  role.needed_later = tensor.is_output;
  for (const int user : tensor.users) {
    if (between(user, place.stage.first, place.stage.last)) {
      role.used_here = true;
      role.last_use_here = user;
    } else if (between(user, place.window_first, place.window_last)) {
      role.used_elsewhere = true;
    } else if (user >= place.window_last) {
      role.needed_later = true;
    }
    if (between(user, place.window_first, place.window_last)) {
      role.last_use_in_window = user;
    }
  }
  role.through_memory =
      schedule::goes_through_memory(place.problem, place.pipeline.model, index, place.pipeline.mini_batch);
  return role;
}

const TensorRole& role_of(const Place& place, int index) {
  return place.roles[static_cast<std::size_t>(index)];
}

StageTraffic traffic_of(const Place& place) {
  StageTraffic traffic;
  const Stage& stage = place.stage;
  for (int index = 0; index < static_cast<int>(place.model.tensors.size()); ++index) {
    const Tensor& tensor = place.model.tensors[static_cast<std::size_t>(index)];
    const TensorRole& role = role_of(place, index);
    if (role.used_here && !role.made_here && !role.forwarded()) {
      traffic.from_memory += place.bytes(tensor);
    }
    if (role.written()) {
      traffic.to_memory += place.bytes(tensor);
    }
    if (role.forwarded() && tensor.producer < stage.last && role.last_use_in_window >= stage.last) {
      traffic.to_next += place.bytes(tensor);
    }
    if (role.forwarded() && tensor.producer < stage.first && role.last_use_in_window >= stage.first) {
      traffic.from_previous += place.bytes(tensor);
    }
  }
  for (int layer = stage.first; layer < stage.last; ++layer) {
    const workload::Layer& node = place.model.layers[static_cast<std::size_t>(layer)];
    if (!place.sharded) {
      traffic.from_memory += base::checked_multiply(place.pipeline.mini_batch, node.gathered_bytes);
      traffic.weights += node.weight_bytes;
    }
  }
  if (place.sharded) {
    traffic.from_memory += place.sharded->gathered;
    traffic.weights = place.sharded->weights_read;
    traffic.exchanged = place.sharded->exchanges.bytes;
  }
  return traffic;
}

/// L2 bytes that a tensor holds, in the member that holds most, while `layer` runs in the stage.
std::int64_t held_while(const Place& place, int index, const TensorRole& role, int layer) {
  const Tensor& tensor = place.model.tensors[static_cast<std::size_t>(index)];
  if (!role.made_in_window || tensor.producer > layer) {
    return 0;
  }
  if (role.through_memory) {
    // Other stages stream it from memory; its maker keeps it for its own users.
    return role.made_here && role.last_use_here >= layer ? place.held(index).member : 0;
  }
  if (role.last_use_in_window < layer) {
    return 0;
  }
  const bool crosses = !role.made_here || role.last_use_in_window >= place.stage.last;
  return (crosses ? 2 : 1) * place.held(index).member;
}

/// Made and used here and not passed on: it may be written out and read back.
bool may_spill(const Place& place, const TensorRole& role) {
  return role.made_here && role.used_here &&
         (role.through_memory || role.last_use_in_window < place.stage.last);
}

struct Need {
  std::int64_t bytes = 0;
  int layer = 0;
};

/// Which tensors have been spilled, by their indices.
std::vector<bool> marked(const Place& place, const std::vector<int>& spilled) {
  std::vector<bool> marks(place.model.tensors.size(), false);
  for (const int index : spilled) {
    marks[static_cast<std::size_t>(index)] = true;
  }
  return marks;
}

/// The worst layer of a stage; ties: the earliest.
Need need_of(const Place& place, bool streamed, const StageTraffic& traffic,
             const std::vector<int>& spilled) {
  const Stage& stage = place.stage;
  const std::vector<bool> is_spilled = marked(place, spilled);
  // By how much more a layer holds than the one before it: a tensor holds the same from its making to its
  // last use.
  std::vector<std::int64_t> more(static_cast<std::size_t>(stage.last - stage.first) + 1, 0);
  for (int index = 0; index < static_cast<int>(place.model.tensors.size()); ++index) {
    const Tensor& tensor = place.model.tensors[static_cast<std::size_t>(index)];
    const TensorRole& role = role_of(place, index);
    const int from = std::max(tensor.producer, stage.first);
    const int last_use = role.through_memory ? role.last_use_here : role.last_use_in_window;
    const int to = std::min(last_use + 1, stage.last);
    if (from < to && !is_spilled[static_cast<std::size_t>(index)]) {
      const std::int64_t bytes = held_while(place, index, role, from);
      more[static_cast<std::size_t>(from - stage.first)] += bytes;
      more[static_cast<std::size_t>(to - stage.first)] -= bytes;
    }
  }
  Need worst{-1, stage.first};
  std::int64_t held = 0;
  for (int layer = stage.first; layer < stage.last; ++layer) {
    held += more[static_cast<std::size_t>(layer - stage.first)];
    const std::int64_t bytes =
        held + place.tile_bytes(layer) + (streamed ? 0 : place.resident_weights(traffic));
    if (bytes > worst.bytes) {
      worst = {bytes, layer};
    }
  }
  return worst;
}

/// The largest tensor that may be spilled at a layer, ties: lowest index; -1 if there is none.
int largest_to_spill(const Place& place, int layer, const std::vector<int>& spilled) {
  const std::vector<bool> is_spilled = marked(place, spilled);
  int best = -1;
  std::int64_t best_bytes = 0;
  for (int index = 0; index < static_cast<int>(place.model.tensors.size()); ++index) {
    const TensorRole& role = role_of(place, index);
    if (!may_spill(place, role) || is_spilled[static_cast<std::size_t>(index)]) {
      continue;
    }
    const std::int64_t bytes = held_while(place, index, role, layer);
    if (bytes > best_bytes) {
      best = index;
      best_bytes = bytes;
    }
  }
  return best;
}

[[noreturn]] void refuse(const Place& place, const Need& need) {
  const hardware::Package& package = place.problem.package;
  const std::string members = place.sharded ? "each of " : "";
  throw base::InfeasibleError(
      fmt::format("model '{}', layer '{}': needs {} of L2 on {}chiplet{} '{}' (type {}), which has {}",
                  place.model.name, place.model.layers[static_cast<std::size_t>(need.layer)].name,
                  base::format_bytes(static_cast<double>(need.bytes)), members, place.sharded ? "s" : "",
                  hardware::to_string(package, place.stage.submesh), place.type().name,
                  base::format_bytes(static_cast<double>(place.capacity()))));
}

void check_mappable(const Place& place) {
  const std::string where =
      fmt::format("chiplet{} '{}' (type {})", place.sharded ? "s" : "",
                  hardware::to_string(place.problem.package, place.stage.submesh), place.type().name);
  if (place.sharded && !place.sharded->mappable) {
    throw base::InfeasibleError(
        fmt::format("model '{}', layers {} to {} (mini-batch {}): {} cannot run the shares", place.model.name,
                    place.stage.first, place.stage.last - 1, place.pipeline.mini_batch, where));
  }
  for (int layer = place.stage.first; layer < place.stage.last && !place.sharded; ++layer) {
    if (!place.layer_cost(layer).mappable) {
      throw base::InfeasibleError(fmt::format(
          "model '{}', layer '{}' (mini-batch {}): {} cannot run it", place.model.name,
          place.model.layers[static_cast<std::size_t>(layer)].name, place.pipeline.mini_batch, where));
    }
  }
}

/// Streams the weights, then spills tensors, until the stage fits its chiplet's L2.
void fit_into_l2(const Place& place, StageCost& cost) {
  const std::int64_t capacity = place.capacity();
  Need need = need_of(place, false, cost.traffic, cost.spilled);
  if (need.bytes > capacity && place.resident_weights(cost.traffic) > 0) {
    cost.streamed = true;
    need = need_of(place, true, cost.traffic, cost.spilled);
  }
  while (need.bytes > capacity) {
    const int index = largest_to_spill(place, need.layer, cost.spilled);
    if (index < 0) {
      refuse(place, need);
    }
    const std::int64_t bytes = place.held(index).all;
    // What is written to memory anyway need only be read back.
    const std::int64_t written = role_of(place, index).written() ? 0 : bytes;
    cost.traffic.spill_write += written;
    cost.traffic.spill_read += bytes;
    const int producer = place.model.tensors[static_cast<std::size_t>(index)].producer;
    if (role_of(place, index).last_use_here == producer + 1) {
      cost.traffic.spill_awaited += written + bytes;
    }
    cost.spilled.push_back(index);
    need = need_of(place, cost.streamed, cost.traffic, cost.spilled);
  }
  cost.need_bytes = need.bytes;
}

/// Times of a stage on one chiplet.
void time_on_chiplet(const Place& place, StageCost& cost) {
  const hardware::Package& package = place.problem.package;
  const int chiplet = place.stage.submesh.lead();
  std::int64_t cycles = 0;
  for (int layer = place.stage.first; layer < place.stage.last; ++layer) {
    const cost::LayerCost& one = place.layer_cost(layer);
    cycles = base::checked_add(cycles, one.cycles);
    cost.utilised += static_cast<double>(one.cycles) * one.utilisation / place.type().clock;
  }
  cost.compute = static_cast<double>(cycles) / place.type().clock;
  cost.in = memory_time(package, chiplet, cost.traffic.from_memory);
  cost.written = memory_time(package, chiplet, cost.traffic.to_memory);
  cost.spill = memory_time(package, chiplet, cost.traffic.spill_write) +
               memory_time(package, chiplet, cost.traffic.spill_read);
  cost.weights = weight_time(package, chiplet, cost.traffic.weights);
}

/// Of a stage on several chiplets, whose transfers to and from the memory share their ways to it.
void time_on_submesh(const Place& place, StageCost& cost) {
  const hardware::Package& package = place.problem.package;
  const hardware::MemoryAccess access = hardware::memory_access(package, place.stage.submesh);
  cost.compute = place.sharded->compute;
  cost.utilised = place.sharded->utilised;
  cost.exchange = place.sharded->exchanges.seconds;
  cost.in = memory_time(access, cost.traffic.from_memory);
  cost.written = memory_time(access, cost.traffic.to_memory);
  cost.spill = memory_time(access, cost.traffic.spill_write) + memory_time(access, cost.traffic.spill_read);
  cost.weights = weight_time(package, access, place.stage.submesh, *place.sharded);
}

/// Computing and exchanges of a stage's first two mini-batches, with the waiting for weights that its own
/// computing does not hide.
Passes computing_passes(const Place& place, const StageCost& cost) {
  const std::int64_t bytes = place.resident_weights(cost.traffic);
  if (cost.weights == 0.0) {
    return {cost.compute + cost.exchange, cost.compute + cost.exchange};
  }
  const double latency = place.sharded
                             ? hardware::memory_access(place.problem.package, place.stage.submesh).latency
                             : memory_latency(place.problem.package, place.stage.submesh.lead());
  std::vector<LayerWork> layers;
  for (int layer = place.stage.first; layer < place.stage.last; ++layer) {
    layers.push_back(place.sharded
                         ? place.sharded->work[static_cast<std::size_t>(layer - place.stage.first)]
                         : LayerWork{static_cast<double>(place.layer_cost(layer).cycles) / place.type().clock,
                                     place.model.layers[static_cast<std::size_t>(layer)].weight_bytes});
  }
  Passes result = passes(layers, (cost.weights - latency) / static_cast<double>(bytes),
                         cost.streamed ? place.capacity() - cost.need_bytes : kRoomForAll);
  result.first += latency;
  return result;
}

/// What no other layer computes meanwhile: a tensor is written and read back between a layer and the next.
double awaited_time(const Place& place, const StageTraffic& traffic) {
  const hardware::Package& package = place.problem.package;
  if (traffic.spill_awaited == 0) {
    return 0.0;
  }
  if (place.sharded) {
    const hardware::MemoryAccess access = hardware::memory_access(package, place.stage.submesh);
    return memory_time(access, traffic.spill_awaited) - access.latency;
  }
  const int chiplet = place.stage.submesh.lead();
  return memory_time(package, chiplet, traffic.spill_awaited) - memory_latency(package, chiplet);
}

void add_times(const Place& place, StageCost& cost) {
  if (place.sharded) {
    time_on_submesh(place, cost);
  } else {
    time_on_chiplet(place, cost);
  }
  if (place.next != nullptr) {
    cost.passing =
        crossing_time(place.problem.package, place.stage.submesh, *place.next, cost.traffic.to_next);
  }
  cost.out = cost.written + cost.passing;
  const double move = cost.in + cost.out + cost.spill;
  const double reload = cost.streamed ? cost.weights : 0.0;
  const double work = cost.compute + cost.exchange;
  if (place.problem.overlap == hardware::Overlap::kSerial) {
    cost.steady = work + move + reload;
    cost.first = work + move + cost.weights;
  } else {
    const Passes hidden = computing_passes(place, cost);
    cost.steady =
        std::max((cost.streamed ? hidden.second : work) + awaited_time(place, cost.traffic), move + reload);
    cost.first = move + hidden.first;
  }
}

/// What layers and exchanges of one mini-batch take.
EnergyBreakdown work_energy(const Place& place) {
  EnergyBreakdown each;
  const auto add = [&each](const cost::EnergySplit& split) {
    each.mac += split.mac;
    each.l1 += split.l1;
    each.l2 += split.l2;
    each.noc += split.noc;
    each.vector += split.vector;
  };
  if (place.sharded) {
    add(place.sharded->layers);
    each.network = place.sharded->exchanges.network_energy;
    each.l2_traffic = place.sharded->exchanges.l2_energy;
    return each;
  }
  for (int layer = place.stage.first; layer < place.stage.last; ++layer) {
    add(place.layer_cost(layer).energy);
  }
  return each;
}

/// Energy and bytes of n mini-batches.
void add_energy(const Place& place, std::int64_t n, StageCost& cost) {
  const hardware::Package& package = place.problem.package;
  const hardware::Submesh& submesh = place.stage.submesh;
  const StageTraffic& traffic = cost.traffic;
  EnergyBreakdown each = work_energy(place);
  const std::int64_t memory_bytes =
      traffic.from_memory + traffic.to_memory + traffic.spill_write + traffic.spill_read;
  const double l2_access = mean_l2_access(package, submesh);
  each.l2_traffic += l2_access * static_cast<double>(memory_bytes + traffic.to_next + traffic.from_previous);
  each.network +=
      memory_link_energy(package, submesh, memory_bytes) +
      (place.next == nullptr ? 0.0 : crossing_energy(package, submesh, *place.next, traffic.to_next));
  each.memory = memory_energy(package, memory_bytes);
  EnergyBreakdown load;
  const std::int64_t forwarded = place.sharded ? place.sharded->weights_sent : 0;
  load.l2_traffic = l2_access * static_cast<double>(traffic.weights + 2 * forwarded);
  load.network = memory_link_energy(package, submesh, traffic.weights) +
                 8.0 * static_cast<double>(forwarded) * package.network.energy_per_bit;
  load.memory = memory_energy(package, traffic.weights);
  const std::int64_t loads = cost.streamed ? n : place.loaded ? 0 : 1;
  cost.energy = each.scaled(static_cast<double>(n));
  cost.energy += load.scaled(static_cast<double>(loads));
  cost.memory_bytes = base::checked_add(base::checked_multiply(n, memory_bytes),
                                        base::checked_multiply(loads, traffic.weights));
}

/// Stage k of a pipeline, all of its n mini-batches.
StageCost stage_cost(const Problem& problem, const Pipeline& pipeline, std::size_t k, std::int64_t n,
                     bool loaded) {
  const workload::ScenarioModel& entry = problem.scenario.models[static_cast<std::size_t>(pipeline.model)];
  const bool last = k + 1 == pipeline.stages.size();
  Place place{problem,
              entry.model,
              pipeline,
              pipeline.stages[k],
              last ? nullptr : &pipeline.stages[k + 1].submesh,
              pipeline.stages.front().first,
              pipeline.stages.back().last,
              loaded};
  for (int index = 0; index < static_cast<int>(entry.model.tensors.size()); ++index) {
    place.roles.push_back(find_role(place, index));
  }
  if (!place.stage.submesh.single()) {
    place.sharded = replay_stage(problem, pipeline.model, pipeline.mini_batch, place.stage);
  }
  StageCost stage;
  check_mappable(place);
  stage.traffic = traffic_of(place);
  fit_into_l2(place, stage);
  add_times(place, stage);
  add_energy(place, n, stage);
  return stage;
}

PipelineCost pipeline_cost(const Problem& problem, const Pipeline& pipeline, bool loaded) {
  const workload::ScenarioModel& entry = problem.scenario.models[static_cast<std::size_t>(pipeline.model)];
  PipelineCost cost;
  cost.mini_batches = base::ceil_divide(entry.batch, pipeline.mini_batch);
  double sum_first = 0.0;
  double worst = -1.0;
  for (std::size_t k = 0; k < pipeline.stages.size(); ++k) {
    StageCost stage = stage_cost(problem, pipeline, k, cost.mini_batches, loaded);
    sum_first += stage.first;
    cost.largest_steady = std::max(cost.largest_steady, stage.steady);
    const double weight = cost.mini_batches > 1 ? stage.steady : stage.first;
    if (weight > worst) {
      worst = weight;
      cost.bottleneck = static_cast<int>(k);
    }
    cost.energy += stage.energy;
    cost.memory_bytes = base::checked_add(cost.memory_bytes, stage.memory_bytes);
    cost.stages.push_back(std::move(stage));
  }
  cost.latency = sum_first + static_cast<double>(cost.mini_batches - 1) * cost.largest_steady;
  return cost;
}

void set_ends(const std::vector<double>& ends, WindowCost& cost) {
  for (std::size_t p = 0; p < ends.size(); ++p) {
    cost.pipelines[p].end = ends[p];
  }
}

/// What pipelines cost each other.
void delay_each_other(const std::vector<PipelineLoad>& loads, WindowCost& cost) {
  WindowContention window;
  contend(loads, window);
  cost.latency = window.latency;
  cost.memory_bound = window.memory_bound;
  cost.bottleneck = window.slowest;
  set_ends(contended_ends(loads), cost);
}

WindowCost window_cost(const Problem& problem, const schedule::Window& window, bool loaded) {
  WindowCost cost;
  std::vector<PipelineLoad> loads;
  for (const Pipeline& pipeline : window.pipelines) {
    PipelineCost one = pipeline_cost(problem, pipeline, loaded);
    one.end = one.latency;
    cost.memory_bytes = base::checked_add(cost.memory_bytes, one.memory_bytes);
    if (one.latency > cost.latency) {
      cost.latency = one.latency;
      cost.bottleneck = static_cast<int>(cost.pipelines.size());
    }
    PipelineLoad& load = loads.emplace_back();
    load.latency = one.latency;
    for (std::size_t k = 0; k < one.stages.size(); ++k) {
      add_load(problem.package, pipeline.stages[k].submesh, one.stages[k].memory_bytes, load);
    }
    cost.pipelines.push_back(std::move(one));
  }
  cost.memory_time =
      static_cast<double>(cost.memory_bytes) / hardware::total_memory_bandwidth(problem.package);
  if (problem.communication == schedule::Communication::kContended) {
    delay_each_other(loads, cost);
  } else if (schedule::shares_memory(problem.communication)) {
    cost.memory_bound = cost.memory_time > cost.latency;
    cost.latency = std::max(cost.latency, cost.memory_time);
    set_ends(shared_ends(loads), cost);
  }
  return cost;
}

/// Of a single window whose pipelines run on without end: a pipeline moves on by its slowest stage.
double period_of(const Problem& problem, const schedule::Window& window, const WindowCost& cost) {
  std::vector<PipelineLoad> loads;
  double slowest = 0.0;
  for (std::size_t p = 0; p < cost.pipelines.size(); ++p) {
    const PipelineCost& pipeline = cost.pipelines[p];
    PipelineLoad& load = loads.emplace_back();
    load.latency = static_cast<double>(pipeline.mini_batches) * pipeline.largest_steady;
    slowest = std::max(slowest, load.latency);
    for (std::size_t k = 0; k < pipeline.stages.size(); ++k) {
      add_load(problem.package, window.pipelines[p].stages[k].submesh, pipeline.stages[k].memory_bytes, load);
    }
  }
  if (problem.communication == schedule::Communication::kContended) {
    WindowContention contention;
    contend(loads, contention);
    return contention.latency;
  }
  return schedule::shares_memory(problem.communication) ? std::max(slowest, cost.memory_time) : slowest;
}

}  // namespace

StageCost evaluate_stage(const Problem& problem, const Pipeline& pipeline, std::size_t stage) {
  const std::int64_t batch = problem.scenario.models[static_cast<std::size_t>(pipeline.model)].batch;
  return stage_cost(problem, pipeline, stage, base::ceil_divide(batch, pipeline.mini_batch), false);
}

ScheduleCost evaluate_reference(const Problem& problem, const schedule::Schedule& schedule) {
  ScheduleCost cost;
  double steady_time = 0.0;
  const bool one_window = problem.repeated && schedule.windows.size() == 1;
  for (const schedule::Window& window : schedule.windows) {
    WindowCost one = window_cost(problem, window, one_window);
    double slowest = 0.0;
    for (const PipelineCost& pipeline : one.pipelines) {
      slowest = std::max(slowest, static_cast<double>(pipeline.mini_batches) * pipeline.largest_steady);
      cost.energy += pipeline.energy;
    }
    steady_time += slowest;
    cost.pass += one.latency;
    cost.memory_bytes = base::checked_add(cost.memory_bytes, one.memory_bytes);
    cost.windows.push_back(std::move(one));
  }
  for (const workload::ScenarioModel& entry : problem.scenario.models) {
    cost.samples = base::checked_add(cost.samples, entry.batch);
  }
  // Several windows: each fills and empties its pipelines anew.
  cost.latency = one_window ? period_of(problem, schedule.windows.front(), cost.windows.front()) : cost.pass;
  if (problem.repeated) {
    steady_time = cost.latency;
  }
  cost.energy.static_power = problem.package.static_power * cost.latency;
  cost.steady_throughput = static_cast<double>(cost.samples) / steady_time;
  return cost;
}

}  // namespace inlay::evaluate
