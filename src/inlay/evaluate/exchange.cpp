#include "inlay/evaluate/exchange.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <numeric>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"

namespace inlay::evaluate {
namespace {

using workload::Box;
using workload::Interval;
using workload::kMostAxes;

using Members = std::uint64_t;

/// A piece of one axis between two neighbouring ends of boxes, and who holds or needs it.
struct Segment {
  std::int64_t size = 0;
  Members held = 0;
  Members needed = 0;
};

Members all_of(std::size_t members) {
  return ~Members{0} >> (64 - static_cast<unsigned>(members));
}

/// Whether all boxes have the same part of an axis: it is not divided.
bool is_whole(const std::vector<Box>& held, const std::vector<Box>& needed, std::size_t axis) {
  const Interval& part = held.front()[axis];
  const auto same = [&](const Box& box) { return box[axis] == part; };
  return part.size() > 0 && std::all_of(held.begin(), held.end(), same) &&
         std::all_of(needed.begin(), needed.end(), same);
}

std::vector<Segment> segments_of(const std::vector<Box>& held, const std::vector<Box>& needed,
                                 std::size_t axis) {
  if (is_whole(held, needed, axis)) {
    return {{held.front()[axis].size(), all_of(held.size()), all_of(held.size())}};
  }
  std::vector<std::int64_t> ends;
  for (const std::vector<Box>* boxes : {&held, &needed}) {
    for (const Box& box : *boxes) {
      ends.push_back(box[axis].first);
      ends.push_back(box[axis].last);
    }
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  std::vector<Segment> segments;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    Segment segment;
    segment.size = ends[i + 1] - ends[i];
    const auto covers = [&](const Box& box) {
      return box[axis].first <= ends[i] && ends[i + 1] <= box[axis].last;
    };
    for (std::size_t member = 0; member < held.size(); ++member) {
      segment.held |= static_cast<Members>(covers(held[member])) << member;
      segment.needed |= static_cast<Members>(covers(needed[member])) << member;
    }
    if (segment.needed != 0) {
      segments.push_back(segment);
    }
  }
  return segments;
}

class Flows {
 public:
  Flows(const GridRoutes& routes, bool per_chiplet) : routes_(routes), per_chiplet_(per_chiplet) {}

  /// A cell of `volume` elements that these members hold and those need.
  void add(std::int64_t volume, Members held, Members needed) {
    Members lacking = needed & ~held;
    if (lacking == 0) {
      return;
    }
    if (held == 0) {
      throw base::DefectError("nobody holds an element that a member of the submesh needs");
    }
    Members senders = 0;
    for (; lacking != 0; lacking &= lacking - 1) {
      const int receiver = std::countr_zero(lacking);
      const int sender = routes_.nearest(held, receiver);
      const Members bit = Members{1} << sender;
      GridRoutes::Links& tree = trees_[static_cast<std::size_t>(sender)];
      if ((senders & bit) == 0) {
        tree = routes_.links(sender, receiver);
      } else {
        tree |= routes_.links(sender, receiver);
      }
      senders |= bit;
      into_[static_cast<std::size_t>(receiver)] += volume;
      result_.received = base::checked_add(result_.received, volume);
      result_.longest = std::max(result_.longest, routes_.distance(sender, receiver));
    }
    for (; senders != 0; senders &= senders - 1) {
      const auto sender = static_cast<std::size_t>(std::countr_zero(senders));
      out_of_[sender] += volume;
      const GridRoutes::Links& tree = trees_[sender];
      for (std::size_t link = tree._Find_first(); link < tree.size(); link = tree._Find_next(link)) {
        through_[link] += volume;
        result_.hops = base::checked_add(result_.hops, volume);
      }
    }
  }

  Exchange finish() {
    result_.load = *std::max_element(through_.begin(), through_.end());
    if (per_chiplet_) {
      result_.load = std::max({result_.load, *std::max_element(into_.begin(), into_.end()),
                               *std::max_element(out_of_.begin(), out_of_.end())});
    }
    return result_;
  }

 private:
  const GridRoutes& routes_;
  bool per_chiplet_;
  Exchange result_;
  std::array<GridRoutes::Links, hardware::kMostMembers> trees_;  // [sender] of the cell that is added
  std::array<std::int64_t, GridRoutes::kMostLinks> through_{};
  std::array<std::int64_t, hardware::kMostMembers> into_{};
  std::array<std::int64_t, hardware::kMostMembers> out_of_{};
};

/// Goes through the cells of all axes from `axis` on.
void add_cells(const std::array<std::vector<Segment>, kMostAxes>& segments, std::size_t axis,
               const Segment& cell, Flows& flows) {
  if (axis == kMostAxes) {
    flows.add(cell.size, cell.held, cell.needed);
    return;
  }
  for (const Segment& segment : segments[axis]) {
    const Segment smaller{base::checked_multiply(cell.size, segment.size), cell.held & segment.held,
                          cell.needed & segment.needed};
    if (smaller.needed != 0) {
      add_cells(segments, axis + 1, smaller, flows);
    }
  }
}

}  // namespace

GridRoutes::GridRoutes(const schedule::Grid& grid) : grid_(grid) {
  const int members = grid.members();
  if (members > hardware::kMostMembers) {
    throw base::DefectError("a submesh of more members than are searched");
  }
  // Links leave a member to the right, left, down and up, in this order.
  const auto link = [](int member, int direction) {
    return static_cast<std::size_t>(4 * member + direction);
  };
  for (int from = 0; from < members; ++from) {
    for (int to = 0; to < members; ++to) {
      Links links;
      int row = from / grid.columns;
      int column = from % grid.columns;
      const int last_row = to / grid.columns;
      const int last_column = to % grid.columns;
      for (; column != last_column; column += column < last_column ? 1 : -1) {
        links.set(link(row * grid.columns + column, column < last_column ? 0 : 1));
      }
      for (; row != last_row; row += row < last_row ? 1 : -1) {
        links.set(link(row * grid.columns + column, row < last_row ? 2 : 3));
      }
      distance_.push_back(static_cast<int>(links.count()));
      links_.push_back(links);
    }
  }
  for (int to = 0; to < members; ++to) {
    std::vector<int> order(static_cast<std::size_t>(members));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return distance(a, to) < distance(b, to); });
    by_distance_.insert(by_distance_.end(), order.begin(), order.end());
  }
}

int GridRoutes::nearest(std::uint64_t among, int to) const {
  const int* from = by_distance_.data() + index(to, 0);
  while ((among >> *from & 1U) == 0) {
    ++from;
  }
  return *from;
}

Exchange exchange(const GridRoutes& routes, const std::vector<Box>& held, const std::vector<Box>& needed,
                  bool per_chiplet) {
  std::array<std::vector<Segment>, kMostAxes> segments;
  for (std::size_t axis = 0; axis < kMostAxes; ++axis) {
    segments[axis] = segments_of(held, needed, axis);
  }
  Flows flows(routes, per_chiplet);
  const Members all = all_of(held.size());
  add_cells(segments, 0, {1, all, all}, flows);
  return flows.finish();
}

}  // namespace inlay::evaluate
