#include "inlay/simulate/stage_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/quantity.hpp"

namespace inlay::simulate {
namespace {

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

/// When a tensor is made and used, as a stage of a window sees it.
struct Life {
  bool made_in_window = false;
  bool made_here = false;
  bool through_memory = false;
  int first_use_here = -1;  // -1: none
  int last_use_here = -1;
  int last_use_in_window = -1;
  bool used_elsewhere = false;  // by another stage of the window
  bool needed_later = false;    // by a later window or by the user

  bool used_here() const { return first_use_here >= 0; }
  bool forwarded() const { return made_in_window && !through_memory; }
  bool read() const { return used_here() && !made_here && !forwarded(); }
  bool written() const { return made_here && (needed_later || (through_memory && used_elsewhere)); }
};

class Planner {
 public:
  Planner(const schedule::Problem& problem, const PackageResources& resources,
          const schedule::Pipeline& pipeline, std::size_t index)
      : problem_(problem),
        pipeline_(pipeline),
        stage_(pipeline.stages[index]),
        model_(problem.scenario.models[at(pipeline.model)].model),
        window_first_(pipeline.stages.front().first),
        window_last_(pipeline.stages.back().last) {
    plan_.work = layers_of(problem, resources, pipeline, stage_);
    for (int tensor = 0; tensor < static_cast<int>(model_.tensors.size()); ++tensor) {
      lives_.push_back(life_of(tensor));
    }
    spilled_.resize(model_.tensors.size(), false);
  }

  StagePlan run() {
    fit();
    add_traffic();
    return std::move(plan_);
  }

 private:
  int layers() const { return stage_.last - stage_.first; }
  std::int64_t bytes(int tensor) const {
    return base::checked_multiply(pipeline_.mini_batch, model_.tensors[at(tensor)].bytes);
  }

  Life life_of(int tensor) const {
    const workload::Tensor& edge = model_.tensors[at(tensor)];
    Life life;
    life.made_in_window = window_first_ <= edge.producer && edge.producer < window_last_;
    life.made_here = stage_.first <= edge.producer && edge.producer < stage_.last;
    life.through_memory =
        schedule::goes_through_memory(problem_, pipeline_.model, tensor, pipeline_.mini_batch);
    life.needed_later = edge.is_output;
    for (const int user : edge.users) {
      const bool here = stage_.first <= user && user < stage_.last;
      const bool in_window = window_first_ <= user && user < window_last_;
      if (here) {
        life.first_use_here = life.used_here() ? life.first_use_here : user;
        life.last_use_here = user;
      }
      if (in_window) {
        life.last_use_in_window = user;
      }
      life.used_elsewhere = life.used_elsewhere || (in_window && !here);
      life.needed_later = life.needed_later || user >= window_last_;
    }
    return life;
  }

  /// Layers [from, to) of the stage that find a tensor in L2, and what it takes there.
  struct Stay {
    int from = 0;
    int to = 0;
    std::int64_t bytes = 0;
  };
  Stay stay_of(int tensor) const {
    const Life& life = lives_[at(tensor)];
    const int producer = model_.tensors[at(tensor)].producer;
    if (spilled_[at(tensor)] || !life.made_in_window || producer >= stage_.last) {
      return {};
    }
    if (life.through_memory && !life.made_here) {
      return {};  // streams from memory
    }
    const int last_use = life.through_memory ? life.last_use_here : life.last_use_in_window;
    const bool crosses = !life.through_memory && (!life.made_here || last_use >= stage_.last);
    return {std::max(producer, stage_.first), std::min(last_use + 1, stage_.last),
            (crosses ? 2 : 1) * plan_.work.held[at(tensor)].member};
  }

  std::int64_t resident_weights() const {
    std::int64_t total = 0;
    for (const StageLayer& layer : plan_.work.layers) {
      total = base::checked_add(total, layer.weight_bytes);
    }
    return total;
  }

  /// The layer that needs most, ties: the first, and what it needs.
  std::pair<int, std::int64_t> worst_layer() const {
    std::vector<std::int64_t> need(at(layers()) + 1, 0);
    for (int tensor = 0; tensor < static_cast<int>(lives_.size()); ++tensor) {
      const Stay stay = stay_of(tensor);
      if (stay.from < stay.to) {
        need[at(stay.from - stage_.first)] += stay.bytes;
        need[at(stay.to - stage_.first)] -= stay.bytes;
      }
    }
    std::pair<int, std::int64_t> worst = {0, -1};
    std::int64_t held = plan_.streamed ? 0 : resident_weights();
    for (int i = 0; i < layers(); ++i) {
      held += need[at(i)];
      if (held + plan_.work.layers[at(i)].tile_bytes > worst.second) {
        worst = {stage_.first + i, held + plan_.work.layers[at(i)].tile_bytes};
      }
    }
    return worst;
  }

  /// The largest tensor that may be spilled at a layer, ties: the lowest index; -1 if there is none.
  int largest_to_spill(int layer) const {
    int best = -1;
    std::int64_t most = 0;
    for (int tensor = 0; tensor < static_cast<int>(lives_.size()); ++tensor) {
      const Life& life = lives_[at(tensor)];
      const Stay stay = stay_of(tensor);
      const bool own = life.made_here && life.used_here() &&
                       (life.through_memory || life.last_use_in_window < stage_.last);
      if (own && stay.from <= layer && layer < stay.to && stay.bytes > most) {
        best = tensor;
        most = stay.bytes;
      }
    }
    return best;
  }

  std::int64_t capacity() const {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (const int chiplet : stage_.submesh.chiplets) {
      const int type = problem_.package.chiplets[at(chiplet)].type;
      least = std::min(least, problem_.package.types[at(type)].l2_bytes);
    }
    return least;
  }

  /// Streams the weights, then spills tensors, until the stage fits.
  void fit() {
    const std::int64_t l2 = capacity();
    auto [layer, need] = worst_layer();
    if (need > l2 && resident_weights() > 0) {
      plan_.streamed = true;
      std::tie(layer, need) = worst_layer();
    }
    while (need > l2) {
      const int tensor = largest_to_spill(layer);
      if (tensor < 0) {
        throw base::InfeasibleError(fmt::format("model '{}', layer '{}': needs {} of L2 on {}, which has {}",
                                                model_.name, model_.layers[at(layer)].name,
                                                base::format_bytes(static_cast<double>(need)),
                                                hardware::to_string(problem_.package, stage_.submesh),
                                                base::format_bytes(static_cast<double>(l2))));
      }
      spilled_[at(tensor)] = true;
      plan_.spilled.push_back(tensor);
      std::tie(layer, need) = worst_layer();
    }
    plan_.need = need;
    plan_.room = l2 - need;
  }

  LayerTraffic& traffic(int layer) { return plan_.traffic[at(layer - stage_.first)]; }

  void add_traffic() {
    plan_.traffic.resize(at(layers()));
    for (int i = 0; i < layers(); ++i) {
      plan_.traffic[at(i)].read = plan_.work.layers[at(i)].gathered_bytes;
    }
    for (int tensor = 0; tensor < static_cast<int>(lives_.size()); ++tensor) {
      const Life& life = lives_[at(tensor)];
      const int producer = model_.tensors[at(tensor)].producer;
      if (life.read()) {
        traffic(life.first_use_here).read += bytes(tensor);
      }
      if (life.written()) {
        traffic(producer).written += bytes(tensor);
      }
      if (life.forwarded() && producer < stage_.last && life.last_use_in_window >= stage_.last) {
        plan_.to_next = base::checked_add(plan_.to_next, bytes(tensor));
        plan_.hands_on = plan_.hands_on || !life.made_here;
      }
      if (spilled_[at(tensor)]) {
        const std::int64_t all = plan_.work.held[at(tensor)].all;
        traffic(producer).spill_written += life.written() ? 0 : all;
        traffic(life.last_use_here).spill_read += all;
      }
    }
  }

  const schedule::Problem& problem_;
  const schedule::Pipeline& pipeline_;
  const schedule::Stage& stage_;
  const workload::Model& model_;
  int window_first_;
  int window_last_;
  std::vector<Life> lives_;    // [tensor]
  std::vector<bool> spilled_;  // [tensor]
  StagePlan plan_;
};

}  // namespace

StagePlan plan_stage(const schedule::Problem& problem, const PackageResources& resources,
                     const schedule::Pipeline& pipeline, std::size_t index) {
  return Planner(problem, resources, pipeline, index).run();
}

}  // namespace inlay::simulate
