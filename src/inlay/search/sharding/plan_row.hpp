#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "inlay/search/sharding/plan_options.hpp"

namespace inlay::search::sharding {

/// What a plan adds up over the layers of a stage.
struct PlanSums {
  double compute = 0.0;          // s
  double exchange = 0.0;         // s
  double layer_energy = 0.0;     // J
  double exchange_energy = 0.0;  // J
  std::int64_t exchanged = 0;    // bytes
  std::int64_t weights = 0;      // bytes of the member that holds most
  std::int64_t weights_read = 0;
  std::int64_t weights_sent = 0;
  std::int64_t weights_forwarded = 0;
  std::int64_t gathered = 0;
  std::int64_t largest_tile = 0;
};

/// The best plans of all stages that begin at one layer: dynamic programming over the layers and the layouts
/// of the tensors that a later layer still reads. A state is dropped if the cheapest one can be
/// continued in the same way for less, which loses nothing; where more than `kExactFrontier` tensors are
/// live, only the `kFewStates` cheapest states are kept, and the plan is the best of those.
class PlanRow {
 public:
  static constexpr std::size_t kExactFrontier = 3;
  static constexpr std::size_t kMostStates = 1U << 14U;  // of three tensors on 16 layouts each, with room
  static constexpr std::size_t kFewStates = 64;

  /// Of stages that begin at `first`. Loading the weights counts `loads_per_mini_batch` times in a
  /// mini-batch: once if they are streamed. There are no plans where a member holds more than `most_weights`
  /// bytes of them at least.
  PlanRow(const PlanOptions& options, const workload::Model& model, int first, double loads_per_mini_batch,
          std::int64_t most_weights);

  /// Whether there is a plan of layers [first, last); grows the row to there.
  bool has(int last);
  /// Whether no plan so far is cheaper than those of the row: states were dropped only where that loses
  /// nothing.
  bool exact() const { return exact_; }
  /// The plan of layers [first, last).
  const PlanSums& sums(int last) const;
  std::vector<schedule::Sharding> shardings(int last) const;
  /// [layer - first] of the plan.
  std::vector<evaluate::LayerWork> work(int last) const;

 private:
  struct State {
    std::u16string layouts;  // of each live tensor, by number
    double price = 0.0;
    std::int32_t parent = -1;
    std::int32_t option = -1;
    PlanSums sums;  // filled in for states that are kept
  };
  struct Step {
    std::int32_t parent;
    std::int32_t option;
    evaluate::LayerWork sum;  // of the stage up to here
  };
  /// A tensor that a later layer reads.
  struct Live {
    int tensor = 0;
    int readings_left = 0;
    const LayerOptions* next_reader = nullptr;
    std::size_t operand = 0;  // of the next reader
  };
  /// Where a live tensor's layout comes from: an output, an operand, or as it was.
  struct Origin {
    int output = -1;
    int operand = -1;
    int before = -1;
  };
  /// The price of an option's operands from one state, and their layouts afterwards.
  struct Reading {
    double price = 0.0;
    std::vector<int> layouts;
  };
  void advance(int layer);
  std::vector<State> extend(int layer, const std::vector<Origin>& origins) const;
  void read_operands(int layer, std::size_t option, const State& from, Reading& reading) const;
  int layout_before(int layer, std::size_t operand, const State& from, const std::vector<int>& now) const;
  PlanSums sums_of(int layer, const State& state) const;
  std::vector<Live> live_after(int layer) const;
  std::vector<Origin> origins_of(int layer, const std::vector<Live>& after) const;
  void keep_promising(std::vector<State>& states);
  void record();

  const PlanOptions& options_;
  const workload::Model& model_;
  int first_;
  double loads_;
  std::int64_t most_weights_;
  bool ended_ = false;  // longer stages have no plan
  bool exact_ = true;
  std::vector<Live> live_;                               // before the next layer
  std::vector<State> states_;                            // after the last layer so far
  std::vector<std::vector<Step>> steps_;                 // [layer]
  std::vector<std::pair<std::int32_t, PlanSums>> best_;  // [layer] the best state and its sums
};

}  // namespace inlay::search::sharding
