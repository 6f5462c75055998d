#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "inlay/cost/engine.hpp"
#include "inlay/workload/scenario.hpp"

namespace inlay::cost {

/// What a layer takes at least when it is divided over several chiplets, each on its own.
struct LeastCost {
  double seconds = std::numeric_limits<double>::infinity();
  double chiplet_seconds = std::numeric_limits<double>::infinity();  // members times seconds
  double joules = std::numeric_limits<double>::infinity();
};

/// Costs of one model's layers on every chiplet type of a package, for every mini-batch size that matters.
/// Layers of the same shape and bit widths share a class, so that a repeated block is costed once.
struct ModelCosts {
  std::vector<std::int64_t> mini_batches;  // ascending
  std::vector<int> class_of;               // [layer]
  int types = 0;
  std::vector<LayerCost> entries;  // [class][mini-batch index][type]
  std::vector<LeastCost> divided;  // [layer][mini-batch index]; empty where no layer is divided

  /// No sharding of the layer takes less in any respect; infinite where none is considered.
  LeastCost least(int layer, int mini_batch_index) const {
    return divided.empty() ? LeastCost{}
                           : divided[static_cast<std::size_t>(layer) * mini_batches.size() +
                                     static_cast<std::size_t>(mini_batch_index)];
  }

  const LayerCost& at(int layer, int mini_batch_index, int type) const {
    const auto row =
        static_cast<std::size_t>(class_of[static_cast<std::size_t>(layer)]) * mini_batches.size() +
        static_cast<std::size_t>(mini_batch_index);
    return entries[row * static_cast<std::size_t>(types) + static_cast<std::size_t>(type)];
  }
  /// Whether some type can run the layer with this mini-batch.
  bool mappable(int layer, int mini_batch_index) const;
  /// Throws base::DefectError if the size is not among `mini_batches`.
  int index_of(std::int64_t mini_batch) const;
};

class ShareCosts;

struct CostTable {
  std::string engine;
  std::string engine_version;
  std::vector<std::string> assumptions;
  std::vector<ModelCosts> models;  // [model of the scenario]
  /// Why entries are not mappable: the engine's reason for the first mini-batch of each layer shape and type.
  std::vector<std::string> refusals;
  /// Costs of layers that are divided over several chiplets; nullptr: stages stand on one chiplet each.
  std::shared_ptr<const ShareCosts> shares = nullptr;
};

/// The distinct values of ceil(batch / i), i = 1..batch, ascending: the mini-batch sizes that matter.
std::vector<std::int64_t> mini_batch_sizes(std::int64_t batch);

class CostCache;

/// Lets the caller of build_cost_table watch it and end it.
struct CostWatch {
  const std::atomic<bool>* interrupted = nullptr;                  // set by Ctrl-C
  std::function<void(std::size_t done, std::size_t of)> progress;  // engine calls; from one thread at a time
};

/// Costs every distinct (shape, mini-batch, type) once, in parallel on `threads` threads (0: all cores);
/// where the engine is worth it, `cache` is asked first and told the answers. An engine that knows layers by
/// name makes the table itself. Neither threads nor cache change a number. A layer that one type cannot run
/// is an entry that is not mappable; one that no type can run, whatever the mini-batch, is a
/// base::InfeasibleError with the engine's reason, as is an interrupted table.
CostTable build_cost_table(const workload::Scenario& scenario,
                           const std::vector<hardware::ChipletType>& types, const CostEngine& engine,
                           int threads = 0, CostCache* cache = nullptr, const CostWatch& watch = {});

}  // namespace inlay::cost
