#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "inlay/hardware/submesh.hpp"
#include "inlay/schedule/sharding.hpp"

// What it takes to bring the members of a submesh the elements of a tensor that they need and do not hold:
// all-gather, all-to-all, broadcast and halo exchange are cases of it; a reduce-scatter is the same with
// every flow turned round (docs/model.md "Stages on submeshes").

namespace inlay::evaluate {

/// Elements that move within a submesh in one phase.
struct Exchange {
  std::int64_t load = 0;  // through the busiest link; or into or out of one chiplet, where that is limited
  std::int64_t hops = 0;  // elements times links that they cross
  std::int64_t received = 0;  // elements that members lack, each counted at every member that lacks it
  int longest = 0;            // links of the longest route
  bool operator==(const Exchange&) const = default;
};

/// XY routes between the members of a grid.
class GridRoutes {
 public:
  static constexpr std::size_t kMostLinks = 4 * static_cast<std::size_t>(hardware::kMostMembers);
  using Links = std::bitset<kMostLinks>;

  explicit GridRoutes(const schedule::Grid& grid);
  const schedule::Grid& grid() const { return grid_; }
  int distance(int from, int to) const { return distance_[index(from, to)]; }
  const Links& links(int from, int to) const { return links_[index(from, to)]; }
  /// Of a set of members, one bit each and not empty, the nearest to a member; of several the first.
  int nearest(std::uint64_t among, int to) const;

 private:
  std::size_t index(int from, int to) const {
    return static_cast<std::size_t>(from) * static_cast<std::size_t>(grid_.members()) +
           static_cast<std::size_t>(to);
  }
  schedule::Grid grid_;
  std::vector<int> distance_;
  std::vector<Links> links_;
  std::vector<int> by_distance_;  // [to][rank] members, the nearest first
};

/// `held` and `needed`: [member, row by row] boxes of one tensor. Every element comes from the nearest member
/// that holds it (ties: the first one); where several members need it from the same one, it crosses each link
/// of their routes once. `per_chiplet`: what enters and leaves a chiplet is limited like a link. Throws
/// base::DefectError if nobody holds an element that is needed.
Exchange exchange(const GridRoutes& routes, const std::vector<workload::Box>& held,
                  const std::vector<workload::Box>& needed, bool per_chiplet);

}  // namespace inlay::evaluate
