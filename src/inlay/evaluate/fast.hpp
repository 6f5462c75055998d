#pragma once

#include <map>
#include <memory>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "inlay/evaluate/contention.hpp"
#include "inlay/evaluate/segment_table.hpp"
#include "inlay/evaluate/stage_figures.hpp"

namespace inlay::evaluate {

/// Totals of a schedule.
struct FastCost {
  double latency = 0.0;            // s
  double energy = 0.0;             // J
  double steady_throughput = 0.0;  // samples/s
  std::int64_t memory_bytes = 0;
  bool feasible = true;  // every stage fits its L2; the other figures mean nothing otherwise
};

/// Costs many schedules of one problem. Segment tables are built when a window, mini-batch and chiplet type
/// are first met, and stages on several chiplets are replayed when their layers, submesh and shardings are;
/// after that an evaluation looks up one entry per pipeline and one per stage and allocates nothing. Not for
/// several threads at once: make one per thread.
class FastEvaluator {
 public:
  /// Keeps a reference to `problem`.
  explicit FastEvaluator(const schedule::Problem& problem);
  /// The schedule must be structurally valid (schedule::check).
  FastCost evaluate(const schedule::Schedule& schedule);

 private:
  /// The tables of one window's layers of a model and one mini-batch size, by chiplet type.
  using Tables = std::vector<std::unique_ptr<SegmentTable>>;
  struct Key {
    int model = 0;
    int first = 0;
    int last = 0;
    std::size_t size = 0;  // index of the mini-batch size
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  /// A submesh of several chiplets and what its place means.
  struct Place {
    hardware::Submesh submesh;
    schedule::Grid grid;
    hardware::MemoryAccess access;
    double l2_access = 0.0;               // J per byte, of the mean member
    std::map<int, StageExit> exits = {};  // by the number of the next stage's place
  };
  struct DividedStage {
    SubmeshStage figures;
    bool feasible = true;
  };
  /// Layers [first, last) of a model in a window of [window_first, window_last), in mini-batches of so many
  /// samples, at a place.
  using DividedKey = std::tuple<int, int, int, std::int64_t, int, int, int>;
  using BySharding = std::vector<std::pair<std::vector<schedule::Sharding>, DividedStage>>;

  int place_of(const hardware::Submesh& submesh);
  const StageExit& exit_of(int from, int to);
  const DividedStage& divided(const schedule::Pipeline& pipeline, std::size_t stage, int place);
  StageFigures figures_of(const schedule::Pipeline& pipeline, std::size_t stage, Tables& tables,
                          std::int64_t mini_batches, bool& feasible);
  Tables& tables_of(int model, int first, int last, std::int64_t mini_batch);

  const schedule::Problem& problem_;
  FigureConstants constants_;
  double samples_ = 0.0;
  double seconds_per_byte_;  // of the package's whole memory
  std::unordered_map<Key, Tables, Hash> tables_;
  std::vector<Place> places_;
  std::map<DividedKey, BySharding> divided_;
  std::vector<PipelineLoad> loads_;  // of a window's pipelines
  WindowContention contention_;
};

}  // namespace inlay::evaluate
