#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

#include "inlay/search/sharding/plan_row.hpp"

namespace inlay::search::sharding {

/// The plans of all stages of a model on one kind of submesh, for one mini-batch size; rows are made when
/// they are first asked for. A plan does not depend on the window that its stage is in. One thread at a time.
class PlanTable {
 public:
  PlanTable(const schedule::Problem& problem, int model, std::int64_t mini_batch,
            const evaluate::GridTypes& members, const PlanGoal& goal);

  /// Plans for weights that stay in L2: loading them is shared by all mini-batches.
  PlanRow& resident(int first) { return row(resident_, first, 1.0 / mini_batches_, capacity_); }
  /// Plans for weights that are read in every mini-batch.
  PlanRow& streamed(int first);
  /// Gives back the memory of the rows of stages that begin at `first`.
  void forget(int first);
  /// L2 of the member that has least, bytes.
  std::int64_t capacity() const { return capacity_; }

 private:
  PlanRow& row(std::vector<std::unique_ptr<PlanRow>>& rows, int first, double loads,
               std::int64_t most_weights);

  const workload::Model& model_;
  double mini_batches_;
  std::int64_t capacity_;
  PlanOptions options_;
  std::vector<std::unique_ptr<PlanRow>> resident_;  // [first]
  std::vector<std::unique_ptr<PlanRow>> streamed_;  // [first]
};

/// The tables of a search. Tables of different mini-batch sizes may be used by different threads.
class PlanTables {
 public:
  PlanTable& of(const schedule::Problem& problem, int model, std::int64_t mini_batch,
                const evaluate::GridTypes& members, const PlanGoal& goal);

 private:
  using Key = std::tuple<int, std::int64_t, evaluate::GridTypes, double, double>;
  std::mutex mutex_;
  std::map<Key, std::unique_ptr<PlanTable>> tables_;
};

}  // namespace inlay::search::sharding
