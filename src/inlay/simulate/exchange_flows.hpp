// The flows that bring the members of a submesh the elements of a tensor that they need and do not hold.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "inlay/hardware/submesh.hpp"
#include "inlay/simulate/activities.hpp"
#include "inlay/simulate/package_resources.hpp"
#include "inlay/workload/division.hpp"

namespace inlay::simulate {

/// Links from one member to another, along the row of the submesh first: pairs of chiplets.
std::vector<std::pair<int, int>> links_within(const hardware::Submesh& submesh, int from, int to);

/// Links from one member to several, each once.
std::vector<std::pair<int, int>> tree_within(const hardware::Submesh& submesh, int from,
                                             const std::vector<int>& to);

enum class Direction {
  kGather,   // from members that hold an element to those that need it
  kScatter,  // the reverse: partial sums meet on their way to the member that keeps them
};

/// `held`, `needed`: [member] boxes of one tensor of so many bits an element. Every element comes from the
/// nearest member that holds it, ties: the first one. Empty if nobody lacks anything. Throws
/// base::DefectError if nobody holds an element that is needed.
Transfer exchange_flows(const PackageResources& resources, const hardware::Submesh& submesh,
                        const std::vector<workload::Box>& held, const std::vector<workload::Box>& needed,
                        std::int64_t bits, Direction direction);

}  // namespace inlay::simulate
