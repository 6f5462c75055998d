#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/hardware/package.hpp"

// The chiplets that one stage runs on, and what their place means for time and energy: their way to the
// memory and to the next stage's chiplets.

namespace inlay::hardware {

/// A rectangle of rows x columns chiplets, listed row by row; neighbours in a row and in a column are linked.
/// A single chiplet is the 1x1 submesh.
struct Submesh {
  Submesh() = default;
  Submesh(int chiplet) : chiplets{chiplet} {}  // implicit: a chiplet is a submesh
  Submesh(int row_count, int column_count, std::vector<int> members)
      : rows(row_count), columns(column_count), chiplets(std::move(members)) {}

  int rows = 1;
  int columns = 1;
  std::vector<int> chiplets = {0};

  bool single() const { return chiplets.size() == 1; }
  /// The first member; of a single chiplet, that chiplet.
  int lead() const { return chiplets.front(); }
  int members() const { return static_cast<int>(chiplets.size()); }
  bool operator==(const Submesh&) const = default;
};

/// More members than any submesh may have: sets of members are 64-bit words.
constexpr int kMostMembers = 64;

/// "2x2 of c0, c1, c4, c5"; of a single chiplet its name.
std::string to_string(const Package& package, const Submesh& submesh);

/// Why this is no submesh of the package, in words; empty if it is one.
std::string defect_of(const Package& package, const Submesh& submesh);

/// Every submesh of at most `most_members` chiplets: the rectangles of the package's drawing whose neighbours
/// are linked, and the package's groups. Ordered by members, rows, then first chiplet; each once.
std::vector<Submesh> submeshes(const Package& package, int most_members);

/// Those of the submeshes that divide large packages evenly: rectangles whose sides are 1, 2, or divide the
/// side of the package's drawing, and the package's groups. In the same order.
std::vector<Submesh> tiles(const Package& package, int most_members);

/// Whether some chiplet of one is linked to some chiplet of the other.
bool touch(const Package& package, const Submesh& a, const Submesh& b);

/// How the members of a submesh reach the memory together. Each takes an equal part of what is moved.
struct MemoryAccess {
  double seconds_per_byte = 0.0;  // per byte of all members together
  double latency = 0.0;           // s, of the member that is farthest from its interface
  double hops = 0.0;              // that an average byte crosses
  bool operator==(const MemoryAccess&) const = default;
};
/// The largest load of a member's way, an interface or the whole memory decides (docs/model.md "Transfers").
MemoryAccess memory_access(const Package& package, const Submesh& submesh);

/// How tensors pass from one submesh to the next: every member sends and every member receives an equal part,
/// in the order of the members, on routes that go along rows first.
struct Crossing {
  std::int64_t parts = 1;      // in units of which loads are counted: senders x receivers
  std::int64_t load = 0;       // parts of all bytes through the busiest link, or into or out of one chiplet
  std::int64_t hop_parts = 0;  // parts times hops
  int longest = 0;             // hops
  auto operator<=>(const Crossing&) const = default;
};
Crossing crossing(const Package& package, const Submesh& from, const Submesh& to);

/// Chiplets from `from` to `to`, both included: fewest hops, along the row where there is a choice (XY
/// routing on a mesh), then the lowest chiplet.
std::vector<int> route(const Package& package, int from, int to);

}  // namespace inlay::hardware
