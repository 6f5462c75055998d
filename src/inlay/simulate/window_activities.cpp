#include "inlay/simulate/window_activities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/simulate/weight_pieces.hpp"

namespace inlay::simulate {
namespace {

std::size_t at(std::int64_t index) {
  return static_cast<std::size_t>(index);
}

enum class Way { kFromMemory, kToMemory };

/// Transfers of a layer by their place in the graph; -1: none.
struct LayerTransfers {
  int read = -1;
  int weights = -1;
  int spill_read = -1;
  int write = -1;
  int spill_write = -1;
  std::vector<int> gathers;
  std::vector<int> scatters;
};

/// Claims on a stage's mover: what a mini-batch waits for, then the results of the one before it, then its
/// weights. Were the results first, they would hold up the next mini-batch and then come late themselves.
std::int64_t rank_of(ActivityKind kind, std::int64_t mini_batch) {
  switch (kind) {
    case ActivityKind::kWrite:
    case ActivityKind::kPass:
      return 3 * (mini_batch + 1) + 1;
    case ActivityKind::kWeights:
      return 3 * mini_batch + 2;
    default:
      return 3 * mini_batch;
  }
}

/// Adds the activities of one stage, mini-batch by mini-batch.
class StageActivities {
 public:
  StageActivities(const schedule::Problem& problem, const PackageResources& resources,
                  const schedule::Pipeline& pipeline, int pipeline_index, std::size_t stage_index,
                  const StagePlan& plan, const Jitter& jitter, ActivityGraph& graph)
      : problem_(problem),
        resources_(resources),
        stage_(pipeline.stages[stage_index]),
        pipeline_index_(pipeline_index),
        stage_index_(static_cast<int>(stage_index)),
        plan_(plan),
        jitter_(jitter),
        graph_(graph),
        overlapped_(problem.overlap == hardware::Overlap::kOverlapped),
        timed_(problem.package.memory.weight_loads == hardware::WeightLoads::kTimed) {
    for (const int chiplet : stage_.submesh.chiplets) {
      latency_ = std::max(latency_, resources.memory_latency(chiplet));
    }
    add_transfers();
    if (stage_index + 1 < pipeline.stages.size()) {
      pass_ = add_pass(pipeline.stages[stage_index + 1].submesh);
    }
    if (overlapped_) {
      mover_ = graph.add_mover();
      std::vector<std::int64_t> weights;
      for (const StageLayer& layer : plan.work.layers) {
        weights.push_back(timed_ && !layer.weights.empty() ? layer.weight_bytes : 0);
      }
      pieces_ = weight_pieces(weights, plan.streamed ? plan.room : kRoomForAll);
    }
  }

  /// Mini-batch `i`, whose inputs are there once `arrived` is done.
  void add(std::int64_t i, int arrived, const StageActivities* next) {
    mini_batch_ = i;
    if (overlapped_) {
      add_overlapped(arrived, next);
    } else {
      add_serial(arrived, next);
    }
  }

  /// With what a mini-batch has left the stage.
  int sent(std::int64_t i) const { return earlier(sent_, i); }
  /// With what the room that a mini-batch's inputs took is free again.
  int consumed(std::int64_t i) const { return earlier(plan_.hands_on ? sent_ : computed_, i); }

 private:
  static constexpr std::int64_t kRoomForAll = std::numeric_limits<std::int64_t>::max();

  static int earlier(const std::vector<int>& done, std::int64_t i) { return i < 0 ? -1 : done[at(i)]; }

  int add_memory(Way way, std::int64_t bytes) {
    if (bytes == 0) {
      return -1;
    }
    Transfer transfer;
    for (const int chiplet : stage_.submesh.chiplets) {
      transfer.flows.push_back(
          {way == Way::kFromMemory ? resources_.from_memory(chiplet) : resources_.to_memory(chiplet),
           static_cast<double>(bytes) / stage_.submesh.members()});
    }
    return graph_.add_transfer(std::move(transfer));
  }

  void add_transfers() {
    std::int64_t read = 0;
    std::int64_t written = 0;
    for (std::size_t l = 0; l < plan_.traffic.size(); ++l) {
      const StageLayer& work = plan_.work.layers[l];
      const LayerTraffic& traffic = plan_.traffic[l];
      LayerTransfers layer;
      if (!overlapped_) {
        layer.read = add_memory(Way::kFromMemory, traffic.read);
        layer.write = add_memory(Way::kToMemory, traffic.written);
      }
      layer.spill_read = add_memory(Way::kFromMemory, traffic.spill_read);
      layer.spill_write = add_memory(Way::kToMemory, traffic.spill_written);
      layer.weights = timed_ && !work.weights.empty() ? graph_.add_transfer(work.weights) : -1;
      for (const Transfer& gather : work.gathers) {
        layer.gathers.push_back(graph_.add_transfer(gather));
      }
      for (const Transfer& scatter : work.scatters) {
        layer.scatters.push_back(graph_.add_transfer(scatter));
      }
      layers_.push_back(std::move(layer));
      read = base::checked_add(read, traffic.read);
      written = base::checked_add(written, traffic.written);
    }
    if (overlapped_) {
      read_ = add_memory(Way::kFromMemory, read);
      write_ = add_memory(Way::kToMemory, written);
    }
  }

  /// Every member sends and every member of the next stage receives an equal part, in order.
  int add_pass(const hardware::Submesh& next) {
    if (plan_.to_next == 0) {
      return -1;
    }
    Transfer transfer;
    const std::int64_t senders = stage_.submesh.members();
    const std::int64_t receivers = next.members();
    for (std::int64_t i = 0; i < senders; ++i) {
      for (std::int64_t j = 0; j < receivers; ++j) {
        const std::int64_t both =
            std::min((i + 1) * receivers, (j + 1) * senders) - std::max(i * receivers, j * senders);
        if (both > 0) {
          const int from = stage_.submesh.chiplets[at(i)];
          const int to = next.chiplets[at(j)];
          const double share = static_cast<double>(both) / static_cast<double>(senders * receivers);
          transfer.flows.push_back(
              {resources_.between(from, to), static_cast<double>(plan_.to_next) * share});
          transfer.delay =
              std::max(transfer.delay, resources_.hop_latency(problem_.package.hops[at(from)][at(to)]));
        }
      }
    }
    return graph_.add_transfer(std::move(transfer));
  }

  Activity activity(ActivityKind kind, int layer) const {
    Activity one;
    one.label = {kind, pipeline_index_, stage_index_, mini_batch_, layer < 0 ? -1 : stage_.first + layer};
    return one;
  }

  int join(std::initializer_list<int> before) {
    const int index = graph_.add(activity(ActivityKind::kJoin, -1));
    for (const int one : before) {
      graph_.wait(index, one);
    }
    return index;
  }

  /// Until the first weights come, none of a stage's layers begins. Later ones are asked for ahead.
  int add_wait_for_memory(int before) {
    Activity one = activity(ActivityKind::kJoin, -1);
    one.seconds = latency_;
    const int index = graph_.add(one);
    graph_.wait(index, before);
    return index;
  }

  int add_compute(int layer, int before) {
    Activity one = activity(ActivityKind::kCompute, layer);
    for (const double seconds : plan_.work.layers[at(layer)].seconds) {
      const double factor =
          jitter_.random == nullptr ? 1.0 : 1.0 + jitter_.amount * (2.0 * jitter_.random->fraction() - 1.0);
      one.seconds = std::max(one.seconds, seconds * factor);
    }
    const int index = graph_.add(one);
    graph_.wait(index, before);
    return index;
  }

  /// A transfer after `before`; `before` itself if there is none.
  int add_move(ActivityKind kind, int layer, int transfer, double delay, int before) {
    if (transfer < 0) {
      return before;
    }
    Activity one = activity(kind, layer);
    one.transfer = transfer;
    one.seconds = delay;
    if (kind != ActivityKind::kExchange && mover_ >= 0) {
      one.mover = mover_;
      one.rank = rank_of(kind, mini_batch_);
    }
    const int index = graph_.add(one);
    graph_.wait(index, before);
    return index;
  }

  int add_exchanges(int layer, const std::vector<int>& transfers, int before) {
    for (const int transfer : transfers) {
      before =
          add_move(ActivityKind::kExchange, layer, transfer, graph_.transfers()[at(transfer)].delay, before);
    }
    return before;
  }

  int add_passing(int before, const StageActivities* next) {
    const int index = add_move(ActivityKind::kPass, -1, pass_,
                               pass_ < 0 ? 0.0 : graph_.transfers()[at(pass_)].delay, before);
    if (pass_ >= 0) {
      graph_.wait(index, earlier(sent_, mini_batch_ - 1));
      graph_.wait(index, next->consumed(mini_batch_ - kBuffers));
    }
    return index;
  }

  /// Everything one after the other, layer by layer. The latency of the memory shows in the first transfer
  /// of a kind: the others are asked for ahead.
  void add_serial(int arrived, const StageActivities* next) {
    std::array<bool, 16> asked{};
    int here = join({arrived, earlier(sent_, mini_batch_ - 1)});
    const auto move = [&](ActivityKind kind, int layer, int transfer) {
      bool& again = asked[static_cast<std::size_t>(kind)];
      here = add_move(kind, layer, transfer, again ? 0.0 : latency_, here);
      again = again || transfer >= 0;
    };
    for (int l = 0; l < static_cast<int>(layers_.size()); ++l) {
      const LayerTransfers& layer = layers_[at(l)];
      move(ActivityKind::kRead, l, layer.read);
      if (mini_batch_ == 0 || plan_.streamed) {
        move(ActivityKind::kWeights, l, layer.weights);
      }
      move(ActivityKind::kSpillRead, l, layer.spill_read);
      here = add_exchanges(l, layer.gathers, here);
      here = add_compute(l, here);
      here = add_exchanges(l, layer.scatters, here);
      move(ActivityKind::kWrite, l, layer.write);
      move(ActivityKind::kSpillWrite, l, layer.spill_write);
    }
    computed_.push_back(here);
    sent_.push_back(add_passing(here, next));
  }

  /// Three things at once: computing, reading weights, and one mover for all transfers but exchanges.
  void add_overlapped(int arrived, const StageActivities* next) {
    const int buffer = earlier(computed_, mini_batch_ - kBuffers);
    int ready = join({arrived, buffer});
    ready = add_move(ActivityKind::kRead, -1, read_, latency_, ready);
    int here = join({ready, earlier(computed_, mini_batch_ - 1), earlier(sent_, mini_batch_ - kBuffers)});
    if (mini_batch_ == 0 && !pieces_.empty()) {
      here = add_wait_for_memory(here);
    }
    begins_before_.swap(begins_);
    begins_.clear();
    std::size_t piece = 0;
    int spilled = -1;
    for (int l = 0; l < static_cast<int>(layers_.size()); ++l) {
      const LayerTransfers& layer = layers_[at(l)];
      begins_.push_back(here);
      const int begin = here;
      if (layer.spill_read >= 0) {
        // It may come in while the layer before computes.
        const int back = add_move(ActivityKind::kSpillRead, l, layer.spill_read, latency_,
                                  begins_[at(std::max(0, l - 1))]);
        graph_.wait(back, spilled);
        here = join({here, back});
      }
      here = add_exchanges(l, layer.gathers, here);
      here = add_compute(l, here);
      here = add_exchanges(l, layer.scatters, here);
      const int loaded = add_pieces(l, begin, piece);
      here = loaded < 0 ? here : join({here, loaded});
      if (layer.spill_write >= 0) {
        spilled = add_move(ActivityKind::kSpillWrite, l, layer.spill_write, latency_, here);
      }
    }
    computed_.push_back(here);
    const int results = spilled < 0 ? here : join({here, spilled});
    sent_.push_back(add_passing(add_move(ActivityKind::kWrite, -1, write_, latency_, results), next));
  }

  /// The weights of a layer that begins with `begin`; returns the last piece, -1 if nothing is read.
  int add_pieces(int layer, int begin, std::size_t& piece) {
    int last = -1;
    for (; piece < pieces_.size() && pieces_[piece].layer == layer; ++piece) {
      if (mini_batch_ > 0 && !plan_.streamed) {
        continue;
      }
      const WeightPiece& part = pieces_[piece];
      // The first mini-batch finds nothing that was read ahead.
      const int gate = !part.mini_batch_before ? begins_[at(part.gate)]
                       : mini_batch_ > 0       ? begins_before_[at(part.gate)]
                                               : begins_.front();
      Activity one = activity(ActivityKind::kWeights, layer);
      one.transfer = layers_[at(layer)].weights;
      one.scale = part.fraction;
      one.mover = mover_;
      one.rank = rank_of(one.label.kind, mini_batch_);
      one.urgent_after = begin;
      last = graph_.add(one);
      graph_.wait(last, gate);
      graph_.wait(last, last_piece_);
      last_piece_ = last;
    }
    return last;
  }

  const schedule::Problem& problem_;
  const PackageResources& resources_;
  const schedule::Stage& stage_;
  int pipeline_index_;
  int stage_index_;
  const StagePlan& plan_;
  const Jitter& jitter_;
  ActivityGraph& graph_;
  bool overlapped_;
  bool timed_;
  double latency_ = 0.0;  // of the memory, for the member that is farthest from it
  std::vector<LayerTransfers> layers_;
  int read_ = -1;
  int write_ = -1;
  int pass_ = -1;
  int mover_ = -1;
  std::vector<WeightPiece> pieces_;
  // While mini-batches are added.
  std::int64_t mini_batch_ = 0;
  std::vector<int> computed_;  // [mini-batch]
  std::vector<int> sent_;      // [mini-batch]
  std::vector<int> begins_;    // [layer] of this mini-batch
  std::vector<int> begins_before_;
  int last_piece_ = -1;
};

/// At least as many as the pipeline will have.
std::int64_t most_activities(const std::vector<StagePlan>& plans, std::int64_t mini_batches) {
  std::int64_t each = 0;
  for (const StagePlan& plan : plans) {
    each += 8;
    for (const StageLayer& layer : plan.work.layers) {
      each += 10 + static_cast<std::int64_t>(layer.gathers.size() + layer.scatters.size());
    }
  }
  return base::checked_multiply(each, mini_batches);
}

void add_pipeline(const schedule::Problem& problem, const PackageResources& resources,
                  const schedule::Pipeline& pipeline, int index, const Jitter& jitter,
                  WindowActivities& window) {
  const workload::ScenarioModel& entry = problem.scenario.models[at(pipeline.model)];
  const std::int64_t mini_batches = base::ceil_divide(entry.batch, pipeline.mini_batch);
  const std::vector<StagePlan>& plans = window.plans[at(index)];
  std::vector<StageActivities> stages;
  stages.reserve(plans.size());
  for (std::size_t k = 0; k < plans.size(); ++k) {
    stages.emplace_back(problem, resources, pipeline, index, k, plans[k], jitter, window.graph);
  }
  for (std::int64_t i = 0; i < mini_batches; ++i) {
    int arrived = -1;
    for (std::size_t k = 0; k < stages.size(); ++k) {
      stages[k].add(i, arrived, k + 1 < stages.size() ? &stages[k + 1] : nullptr);
      arrived = stages[k].sent(i);
    }
  }
  window.last.push_back(stages.back().sent(mini_batches - 1));
}

}  // namespace

WindowActivities activities_of(const schedule::Problem& problem, const PackageResources& resources,
                               const schedule::Window& window, const Jitter& jitter) {
  WindowActivities result;
  std::int64_t most = 0;
  for (const schedule::Pipeline& pipeline : window.pipelines) {
    std::vector<StagePlan>& plans = result.plans.emplace_back();
    for (std::size_t k = 0; k < pipeline.stages.size(); ++k) {
      plans.push_back(plan_stage(problem, resources, pipeline, k));
    }
    const std::int64_t batch = problem.scenario.models[at(pipeline.model)].batch;
    most = base::checked_add(most, most_activities(plans, base::ceil_divide(batch, pipeline.mini_batch)));
  }
  if (most > kMostActivities) {
    throw base::InfeasibleError(
        fmt::format("the replay of a window would take up to {} activities; at most {} are simulated", most,
                    kMostActivities));
  }
  for (int i = 0; i < static_cast<int>(window.pipelines.size()); ++i) {
    add_pipeline(problem, resources, window.pipelines[at(i)], i, jitter, result);
  }
  return result;
}

}  // namespace inlay::simulate
