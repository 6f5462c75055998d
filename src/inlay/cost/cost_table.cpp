#include "inlay/cost/cost_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <tuple>

#include "inlay/base/error.hpp"
#include "inlay/cost/balanced_pieces.hpp"
#include "inlay/cost/cost_cache.hpp"
#include "inlay/cost/share_costs.hpp"
#include "inlay/cost/whole_batch_table.hpp"

namespace inlay::cost {
namespace {

/// What tells layers apart for an engine: shape, bit widths, and the operations that are fused to it.
using Kind = std::tuple<workload::Shape, workload::Precision, std::int64_t>;

Kind kind_of(const workload::Layer& layer) {
  return {layer.shape, layer.precision, layer.fused_operations};
}

/// One engine call: a layer that stands for all of its kind.
struct Task {
  const workload::Layer* layer;
  std::int64_t mini_batch;
  int type;
};

/// The distinct tasks of a scenario, each once, in the order in which they are first met.
class Tasks {
 public:
  explicit Tasks(int types) : types_(types) {}

  /// Index of the task for the first type; the others follow.
  std::size_t add(const workload::Layer& layer, std::int64_t mini_batch) {
    const auto [place, added] = index_.try_emplace({kind_of(layer), mini_batch}, list_.size());
    for (int type = 0; added && type < types_; ++type) {
      list_.push_back({&layer, mini_batch, type});
    }
    return place->second;
  }
  const std::vector<Task>& list() const { return list_; }

 private:
  int types_;
  std::map<std::pair<Kind, std::int64_t>, std::size_t> index_;
  std::vector<Task> list_;
};

/// body(i) for i in [0, count), on a thread for every `worth_a_thread` of them. Rethrows the error of the
/// lowest index that failed: indices are taken in order, so all below it have been taken before and finish.
template <typename Body>
void for_each_index(std::size_t count, int threads, std::size_t worth_a_thread, const Body& body) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t failed = count;
  std::exception_ptr error;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i < failed) {
          failed = i;
          error = std::current_exception();
        }
        next = count;
      }
    }
  };
  const std::size_t wanted =
      threads > 0 ? static_cast<std::size_t>(threads) : std::thread::hardware_concurrency();
  const std::size_t used =
      std::clamp<std::size_t>(count / worth_a_thread, 1, std::max<std::size_t>(wanted, 1));
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < used; ++i) {
      others.emplace_back(work);
    }
    work();
  }
  if (error) {
    std::rethrow_exception(error);
  }
}

/// Where a model's entries come from: the first task of each (class, mini-batch).
struct ModelPlan {
  ModelCosts costs;
  std::vector<std::size_t> rows;
};

ModelPlan plan(const workload::ScenarioModel& model, std::vector<std::int64_t> mini_batches, int types,
               Tasks& tasks) {
  ModelPlan result;
  result.costs.types = types;
  result.costs.mini_batches = std::move(mini_batches);
  std::map<Kind, int> classes;
  for (const workload::Layer& layer : model.model.layers) {
    const auto [place, added] = classes.try_emplace(kind_of(layer), static_cast<int>(classes.size()));
    result.costs.class_of.push_back(place->second);
    if (!added) {
      continue;
    }
    for (const std::int64_t mini_batch : result.costs.mini_batches) {
      result.rows.push_back(tasks.add(layer, mini_batch));
    }
  }
  return result;
}

/// Counts engine calls for the caller's eyes, and ends them at his wish.
class Progress {
 public:
  Progress(const CostWatch& watch, std::size_t of) : watch_(watch), of_(of) {}

  void before_next() {
    const bool interrupted =
        watch_.interrupted != nullptr && watch_.interrupted->load(std::memory_order_relaxed);
    if (!interrupted && !watch_.progress) {
      return;
    }
    const std::lock_guard lock(mutex_);
    if (interrupted) {
      throw base::InfeasibleError(fmt::format("interrupted after {} of {} layer costs", done_, of_));
    }
    watch_.progress(done_++, of_);
  }

 private:
  const CostWatch& watch_;
  std::size_t of_;
  std::size_t done_ = 0;
  std::mutex mutex_;
};

/// Tasks of one chiplet type and what the cache is asked for them.
struct Remembered {
  std::vector<std::size_t> tasks;
  std::vector<CacheQuestion> questions;
};

/// Tells the cache what is new. A layer that cannot be mapped is asked again: its reason is wanted, too.
void keep(const Remembered& fresh, const std::vector<LayerCost>& costs, const CostEngine& engine,
          const hardware::ChipletType& type, CostCache* cache) {
  Remembered kept;
  std::vector<LayerCost> values;
  for (std::size_t i = 0; i < fresh.tasks.size(); ++i) {
    if (costs[fresh.tasks[i]].mappable) {
      kept.questions.push_back(fresh.questions[i]);
      values.push_back(costs[fresh.tasks[i]]);
    }
  }
  if (!values.empty()) {
    cache->store(engine, type, kept.questions, values);
  }
}

/// [task]: its cost, and the engine's reason where there is none.
struct Answers {
  std::vector<LayerCost> costs;
  std::vector<std::string> reasons;
};

/// How many costs take longer to work out than a thread to start.
std::size_t worth_a_thread(const CostEngine& engine, const std::vector<hardware::ChipletType>& types) {
  const bool slow = std::any_of(types.begin(), types.end(), [&engine](const hardware::ChipletType& type) {
    return engine.worth_caching(type);
  });
  return slow ? 1 : 64;
}

Answers answers(const std::vector<Task>& tasks, const std::vector<hardware::ChipletType>& types,
                const CostEngine& engine, int threads, CostCache* cache, const CostWatch& watch) {
  Answers result{std::vector<LayerCost>(tasks.size()), std::vector<std::string>(tasks.size())};
  std::vector<LayerCost>& costs = result.costs;
  std::vector<bool> known(tasks.size(), false);
  std::vector<Remembered> unknown(types.size());
  for (std::size_t type = 0; cache != nullptr && type < types.size(); ++type) {
    if (!engine.worth_caching(types[type])) {
      continue;
    }
    Remembered asked;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      if (tasks[i].type == static_cast<int>(type)) {
        asked.tasks.push_back(i);
        const workload::Layer& layer = *tasks[i].layer;
        asked.questions.push_back(
            {layer.shape, layer.precision, layer.fused_operations, tasks[i].mini_batch});
      }
    }
    const auto found = cache->find(engine, types[type], asked.questions);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (found[i]) {
        costs[asked.tasks[i]] = *found[i];
        known[asked.tasks[i]] = true;
      } else {
        unknown[type].tasks.push_back(asked.tasks[i]);
        unknown[type].questions.push_back(asked.questions[i]);
      }
    }
  }
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (!known[i]) {
      open.push_back(i);
    }
  }
  Progress progress(watch, open.size());
  for_each_index(open.size(), threads, worth_a_thread(engine, types), [&](std::size_t i) {
    progress.before_next();
    const Task& task = tasks[open[i]];
    try {
      costs[open[i]] =
          engine.evaluate(*task.layer, task.mini_batch, types[static_cast<std::size_t>(task.type)]);
    } catch (const base::InfeasibleError& error) {
      costs[open[i]].mappable = false;
      result.reasons[open[i]] = error.what();
    }
  });
  for (std::size_t type = 0; type < types.size(); ++type) {
    keep(unknown[type], costs, engine, types[type], cache);
  }
  return result;
}

/// Throws the engine's reason if no type can run a layer, whatever the mini-batch.
void check_mappable(const ModelCosts& costs, const std::vector<std::size_t>& rows,
                    const std::vector<std::string>& reasons) {
  const std::size_t sizes = costs.mini_batches.size();
  for (std::size_t layer = 0; layer < costs.class_of.size(); ++layer) {
    bool runs = false;
    for (std::size_t size = 0; size < sizes && !runs; ++size) {
      runs = costs.mappable(static_cast<int>(layer), static_cast<int>(size));
    }
    if (!runs) {
      throw base::InfeasibleError(reasons[rows[static_cast<std::size_t>(costs.class_of[layer]) * sizes]]);
    }
  }
}

/// The reasons of one model, the first of each class and type, unless the table has them already.
void add_refusals(const ModelCosts& costs, const std::vector<std::size_t>& rows,
                  const std::vector<std::string>& reasons, std::vector<std::string>& refusals) {
  const std::size_t sizes = costs.mini_batches.size();
  for (std::size_t first = 0; first < rows.size(); first += sizes) {
    for (std::size_t type = 0; type < static_cast<std::size_t>(costs.types); ++type) {
      for (std::size_t size = 0; size < sizes; ++size) {
        const std::string& reason = reasons[rows[first + size] + type];
        if (!reason.empty()) {
          if (std::find(refusals.begin(), refusals.end(), reason) == refusals.end()) {
            refusals.push_back(reason);
          }
          break;
        }
      }
    }
  }
}

}  // namespace

bool ModelCosts::mappable(int layer, int mini_batch_index) const {
  for (int type = 0; type < types; ++type) {
    if (at(layer, mini_batch_index, type).mappable) {
      return true;
    }
  }
  return false;
}

int ModelCosts::index_of(std::int64_t mini_batch) const {
  const auto found = std::lower_bound(mini_batches.begin(), mini_batches.end(), mini_batch);
  if (found == mini_batches.end() || *found != mini_batch) {
    throw base::DefectError("the cost table has no mini-batch of " + std::to_string(mini_batch));
  }
  return static_cast<int>(found - mini_batches.begin());
}

std::vector<std::int64_t> mini_batch_sizes(std::int64_t batch) {
  if (batch < 1) {
    throw base::DefectError("a batch of " + std::to_string(batch) + " samples");
  }
  return balanced_pieces(batch);
}

namespace {

/// `sizes(batch)`: the mini-batch sizes to cost for a model with this batch, ascending.
CostTable table_of(const workload::Scenario& scenario, const std::vector<hardware::ChipletType>& types,
                   const CostEngine& engine, int threads, CostCache* cache, const CostWatch& watch,
                   std::vector<std::int64_t> (*sizes)(std::int64_t batch)) {
  if (const auto named = engine.named_costs(scenario, types)) {
    return *named;
  }
  Tasks tasks(static_cast<int>(types.size()));
  std::vector<ModelPlan> plans;
  for (const workload::ScenarioModel& model : scenario.models) {
    plans.push_back(plan(model, sizes(model.batch), static_cast<int>(types.size()), tasks));
  }
  const auto [costs, reasons] = answers(tasks.list(), types, engine, threads, cache, watch);

  CostTable table{engine.name(), engine.version(), engine.assumptions(), {}, {}};
  for (ModelPlan& model : plans) {
    for (const std::size_t row : model.rows) {
      const auto first = costs.begin() + static_cast<std::ptrdiff_t>(row);
      model.costs.entries.insert(model.costs.entries.end(), first,
                                 first + static_cast<std::ptrdiff_t>(types.size()));
    }
    check_mappable(model.costs, model.rows, reasons);
    add_refusals(model.costs, model.rows, reasons, table.refusals);
    table.models.push_back(std::move(model.costs));
  }
  return table;
}

}  // namespace

CostTable build_cost_table(const workload::Scenario& scenario,
                           const std::vector<hardware::ChipletType>& types, const CostEngine& engine,
                           int threads, CostCache* cache, const CostWatch& watch) {
  return table_of(scenario, types, engine, threads, cache, watch, mini_batch_sizes);
}

void add_share_costs(const std::vector<Share>& shares, const std::vector<hardware::ChipletType>& types,
                     const CostEngine& engine, ShareCosts& costs, int threads, CostCache* cache,
                     const CostWatch& watch) {
  Tasks tasks(static_cast<int>(types.size()));
  std::vector<std::pair<ShareCosts::Key, std::size_t>> rows;
  for (const Share& share : shares) {
    if (costs.find(share) == nullptr) {
      rows.emplace_back(ShareCosts::key_of(share), tasks.add(share.layer, share.mini_batch));
    }
  }
  const Answers found = answers(tasks.list(), types, engine, threads, cache, watch);
  for (const auto& [key, row] : rows) {
    const auto first = found.costs.begin() + static_cast<std::ptrdiff_t>(row);
    costs.add(key, {first, first + static_cast<std::ptrdiff_t>(types.size())});
  }
}

CostTable whole_batch_table(const workload::Scenario& scenario,
                            const std::vector<hardware::ChipletType>& types, const CostEngine& engine,
                            int threads, CostCache* cache, const CostWatch& watch) {
  return table_of(scenario, types, engine, threads, cache, watch,
                  [](std::int64_t batch) { return std::vector{batch}; });
}

}  // namespace inlay::cost
