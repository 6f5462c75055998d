#include "inlay/search/sharding/plan_table.hpp"

#include <algorithm>
#include <limits>

#include "inlay/base/checked.hpp"

namespace inlay::search::sharding {
namespace {

constexpr std::int64_t kAnyWeights = std::numeric_limits<std::int64_t>::max();

int layers_of(const schedule::Problem& problem, int model) {
  return static_cast<int>(problem.scenario.models[static_cast<std::size_t>(model)].model.layers.size());
}

}  // namespace

PlanTable::PlanTable(const schedule::Problem& problem, int model, std::int64_t mini_batch,
                     const evaluate::GridTypes& members, const PlanGoal& goal)
    : model_(problem.scenario.models[static_cast<std::size_t>(model)].model),
      mini_batches_(static_cast<double>(
          base::ceil_divide(problem.scenario.models[static_cast<std::size_t>(model)].batch, mini_batch))),
      capacity_(evaluate::least_l2(problem.package, members)),
      options_(problem, model, 0, layers_of(problem, model), mini_batch, members, goal),
      resident_(model_.layers.size()),
      streamed_(model_.layers.size()) {}

PlanRow& PlanTable::streamed(int first) {
  return row(streamed_, first, 1.0, kAnyWeights);
}

void PlanTable::forget(int first) {
  resident_[static_cast<std::size_t>(first)].reset();
  streamed_[static_cast<std::size_t>(first)].reset();
}

PlanRow& PlanTable::row(std::vector<std::unique_ptr<PlanRow>>& rows, int first, double loads,
                        std::int64_t most_weights) {
  std::unique_ptr<PlanRow>& found = rows[static_cast<std::size_t>(first)];
  if (!found) {
    found = std::make_unique<PlanRow>(options_, model_, first, loads, most_weights);
  }
  return *found;
}

PlanTable& PlanTables::of(const schedule::Problem& problem, int model, std::int64_t mini_batch,
                          const evaluate::GridTypes& members, const PlanGoal& goal) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<PlanTable>& table = tables_[{model, mini_batch, members, goal.time, goal.energy}];
  if (!table) {
    table = std::make_unique<PlanTable>(problem, model, mini_batch, members, goal);
  }
  return *table;
}

}  // namespace inlay::search::sharding
