#pragma once

#include <cstdint>
#include <vector>

#include "inlay/evaluate/exchange.hpp"
#include "inlay/evaluate/prefetch.hpp"
#include "inlay/evaluate/sharded_layer.hpp"
#include "inlay/schedule/schedule.hpp"

// What the layers of a stage cost on a submesh under given shardings, and how the tensors that they touch lie
// on it. The reference evaluator replays one stage at a time (ShardedStage); the search carries the same sums
// along its dynamic programme (search/sharding).

namespace inlay::evaluate {

/// An exchange in seconds, joules and bytes.
struct ExchangeCost {
  double seconds = 0.0;
  double network_energy = 0.0;  // J
  double l2_energy = 0.0;  // J: every byte that arrives is read at its sender and written at its receiver
  std::int64_t bytes = 0;  // that members receive
  bool operator==(const ExchangeCost&) const = default;
  ExchangeCost& operator+=(const ExchangeCost& other);
};

/// Prices exchanges within one kind of submesh of a problem's package.
class ExchangePrices {
 public:
  ExchangePrices(const schedule::Problem& problem, const GridTypes& members);
  /// Of elements of so many bits.
  ExchangeCost price(const Exchange& exchange, std::int64_t bits) const;
  const GridRoutes& routes() const { return routes_; }
  bool per_chiplet() const { return per_chiplet_; }

 private:
  GridRoutes routes_;
  bool per_chiplet_;
  double bandwidth_;
  double hop_latency_;
  double network_energy_;  // J per bit and hop
  double l2_energy_;       // J per byte, read and written
};

/// Where a tensor that comes from outside of a stage lies before its first use: spread over the members in
/// equal parts, so that a layer that cuts it finds its share and one that needs it whole gathers it.
schedule::Layout arrival_layout(const std::vector<workload::Division>& divisions,
                                const schedule::Sharding& sharding, std::size_t operand,
                                const workload::Box& whole);

/// How an operand lies when every member has what it needs of it, halos aside.
schedule::Layout layout_after_use(const std::vector<workload::Division>& divisions,
                                  const schedule::Sharding& sharding, std::size_t operand);

/// [member] what each holds of a tensor that lies so.
std::vector<workload::Box> boxes_of(const schedule::Layout& layout, const workload::Box& whole,
                                    const schedule::Grid& grid);
/// [member] what each needs of an operand.
std::vector<workload::Box> needs_of(const schedule::ShardedLayer& layer,
                                    const std::vector<workload::Division>& divisions,
                                    const schedule::Sharding& sharding, std::size_t operand,
                                    const workload::Box& whole, std::int64_t mini_batch,
                                    const schedule::Grid& grid);

/// L2 that a tensor takes.
struct HeldBytes {
  std::int64_t member = 0;  // of the member that holds most
  std::int64_t all = 0;     // of all members
};
HeldBytes held_bytes(const schedule::Layout& layout, const workload::Tensor& tensor, std::int64_t mini_batch,
                     const schedule::Grid& grid);
/// Of a tensor that is only spread over the members.
HeldBytes spread_bytes(const workload::Tensor& tensor, std::int64_t mini_batch, const schedule::Grid& grid);
/// Bytes of so many elements, rounded up.
std::int64_t bytes_of_elements(std::int64_t elements, std::int64_t bits);

/// One stage, replayed layer by layer.
struct ShardedStage {
  bool mappable = true;
  double compute = 0.0;   // s: sum over the layers of the slowest member
  double utilised = 0.0;  // s, as in ShardedLayerCost
  cost::EnergySplit layers;
  ExchangeCost exchanges;
  std::int64_t weights = 0;       // of the member that holds most
  std::int64_t weights_read = 0;  // of all members
  std::int64_t weights_sent = 0;  // as in ShardedLayerCost
  std::int64_t weights_forwarded = 0;
  std::int64_t gathered = 0;
  std::vector<std::int64_t> tile_bytes;  // [layer of the stage]
  std::vector<LayerWork> work;           // [layer of the stage]
  /// [tensor of the model] the largest that it is in the stage; zero for those that the stage does not touch.
  std::vector<HeldBytes> held;
};

/// `window_first`: tensors made before it stream from memory, spread over the members. The shardings must be
/// allowed ones (schedule::check).
ShardedStage replay_stage(const schedule::Problem& problem, int model, std::int64_t mini_batch,
                          const schedule::Stage& stage);

/// L2 of the member that has least, bytes.
std::int64_t least_l2(const hardware::Package& package, const GridTypes& members);

/// The grid of a submesh and its members' types.
GridTypes members_of(const hardware::Package& package, const hardware::Submesh& submesh);

}  // namespace inlay::evaluate
