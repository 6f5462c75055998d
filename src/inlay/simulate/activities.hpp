// What a simulation runs: activities that wait for each other. Start at ActivityGraph::add.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "inlay/simulate/fair_share.hpp"

namespace inlay::simulate {

struct Flow {
  Route route;
  double bytes = 0.0;
};

/// Bytes that begin to move at the same time, after a delay. It is over when the last flow is.
struct Transfer {
  double delay = 0.0;  // s
  std::vector<Flow> flows;
  bool empty() const { return flows.empty(); }
};

enum class ActivityKind : std::uint8_t {
  kJoin,     // takes no time: several waits in one
  kCompute,  // a layer
  kRead,     // activations and gathered rows from memory
  kWeights,
  kExchange,  // between the members of a submesh
  kSpillWrite,
  kSpillRead,
  kWrite,  // to memory
  kPass,   // to the next stage
};

/// "compute", "weights", ... as traces and messages name it.
const char* to_string(ActivityKind kind);

/// Whose activity it is: indices within the window; -1 where it does not apply.
struct ActivityLabel {
  ActivityKind kind = ActivityKind::kJoin;
  int pipeline = -1;
  int stage = -1;
  std::int64_t mini_batch = -1;
  int layer = -1;  // of the model
};

/// One thing that takes time: `seconds`, then the flows of a transfer, if it has one.
struct Activity {
  ActivityLabel label;
  double seconds = 0.0;
  int transfer = -1;   // index into ActivityGraph::transfers
  double scale = 1.0;  // of the transfer's bytes

  // Activities of one mover (one per stage) move one at a time: that of the lowest rank, ties: the first one
  // added. One with a higher claim suspends another. -1: nobody in the way.
  int mover = -1;
  std::int64_t rank = 0;
  int urgent_after = -1;  // once that activity is done, this one goes first
};

class ActivityGraph {
 public:
  int add(const Activity& activity);
  /// `after` begins when `before` is done. Negative indices stand for nothing.
  void wait(int after, int before);
  int add_transfer(Transfer transfer);
  int add_mover() { return movers_++; }

  const std::vector<Activity>& activities() const { return activities_; }
  const std::vector<Transfer>& transfers() const { return transfers_; }
  const std::vector<std::pair<int, int>>& waits() const { return waits_; }  // (before, after)
  int movers() const { return movers_; }

 private:
  std::vector<Activity> activities_;
  std::vector<Transfer> transfers_;
  std::vector<std::pair<int, int>> waits_;
  int movers_ = 0;
};

}  // namespace inlay::simulate
