#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "evaluate/layer_walk.hpp"
#include "inlay/evaluate/exchange.hpp"

// Who has which element of a tensor, and how elements come from one member of a submesh to another: counted
// one by one.

namespace inlay::testing {

using schedule::Grid;
using schedule::Layout;
using workload::Box;

using Members = std::uint32_t;

/// Which of `parts` a value of [0, extent) falls to if all take the same number but the last ones, and where
/// that part begins and ends.
struct Part {
  std::int64_t index;
  std::int64_t first;
  std::int64_t last;
};
inline Part part_with(std::int64_t value, std::int64_t extent, std::int64_t parts) {
  const std::int64_t each = (extent + parts - 1) / parts;
  const std::int64_t index = value / each;
  return {index, index * each, std::min(extent, (index + 1) * each)};
}

inline Members row_of(const Grid& grid, std::int64_t row) {
  return ((1U << static_cast<unsigned>(grid.columns)) - 1U) << static_cast<unsigned>(row * grid.columns);
}

inline Members column_of(const Grid& grid, std::int64_t column) {
  Members members = 0;
  for (int row = 0; row < grid.rows; ++row) {
    members |= 1U << static_cast<unsigned>(row * grid.columns + column);
  }
  return members;
}

/// Members that have a value of a range that rows, columns or both of a grid divide.
inline Members having(const Grid& grid, bool by_rows, bool by_columns, std::int64_t value,
                      std::int64_t extent) {
  Members members = row_of(grid, 0);
  for (int row = 1; row < grid.rows; ++row) {
    members |= row_of(grid, row);
  }
  if (by_rows) {
    const Part part = part_with(value, extent, grid.rows);
    members &= row_of(grid, part.index);
    value -= part.first;
    extent = part.last - part.first;
  }
  if (by_columns) {
    members &= column_of(grid, part_with(value, extent, grid.columns).index);
  }
  return members;
}

/// Members that hold an element at `place` (batch first) of a tensor that lies so.
inline Members holding(const Grid& grid, const Layout& layout, const Sizes& sizes, const Sizes& place) {
  Members members = having(grid, false, false, 0, 1);
  std::int64_t first = 0;  // of what the row has along the rows' axis
  std::int64_t last = 0;
  if (layout.rows.axis >= 0) {
    const auto axis = static_cast<std::size_t>(layout.rows.axis);
    const std::int64_t block = layout.rows.block;
    const Part part = part_with(place[axis] / block, (sizes[axis] + block - 1) / block, grid.rows);
    members &= row_of(grid, part.index);
    first = part.first * block;
    last = std::min(sizes[axis], part.last * block);
  }
  if (layout.columns.axis >= 0) {
    const auto axis = static_cast<std::size_t>(layout.columns.axis);
    const std::int64_t block = layout.columns.block;
    const bool nested = layout.rows.axis == layout.columns.axis;
    const std::int64_t begin = nested ? first : 0;
    const std::int64_t size = (nested ? last : sizes[axis]) - begin;
    members &= column_of(
        grid, part_with((place[axis] - begin) / block, (size + block - 1) / block, grid.columns).index);
  }
  return members;
}

/// [element, batch first] who has it.
using Owners = std::vector<Members>;

inline Sizes with_batch(const workload::Tensor& tensor, std::int64_t mini_batch) {
  Sizes sizes = {mini_batch};
  sizes.insert(sizes.end(), tensor.dimensions.begin(), tensor.dimensions.end());
  return sizes;
}

inline Owners owners(const Grid& grid, const Layout& layout, const Sizes& sizes) {
  Owners result;
  for (std::int64_t i = 0; i < elements_of(sizes); ++i) {
    result.push_back(holding(grid, layout, sizes, place_of(sizes, i)));
  }
  return result;
}

inline Owners owners(const std::vector<Box>& boxes, const Sizes& sizes) {
  Owners result;
  for (std::int64_t i = 0; i < elements_of(sizes); ++i) {
    const Sizes place = place_of(sizes, i);
    Members members = 0;
    for (std::size_t member = 0; member < boxes.size(); ++member) {
      bool inside = true;
      for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
        inside = inside && boxes[member][axis].first <= place[axis] && place[axis] < boxes[member][axis].last;
      }
      members |= static_cast<Members>(inside) << member;
    }
    result.push_back(members);
  }
  return result;
}

/// The nearest of some members, the first one if several are.
inline int nearest(const Grid& grid, Members members, int to) {
  int best = -1;
  int shortest = 0;
  for (int member = 0; member < grid.members(); ++member) {
    const int distance = std::abs(member / grid.columns - to / grid.columns) +
                         std::abs(member % grid.columns - to % grid.columns);
    if ((members >> static_cast<unsigned>(member) & 1U) != 0 && (best < 0 || distance < shortest)) {
      best = member;
      shortest = distance;
    }
  }
  return best;
}

/// Every element's way to every member that needs and lacks it, link by link.
class FlowByFlow {
 public:
  explicit FlowByFlow(const Grid& grid) : grid_(grid) {}

  void add(Members held, Members needed) {
    std::map<int, std::set<std::pair<int, int>>> trees;  // [sender] links
    for (int to = 0; to < grid_.members(); ++to) {
      if ((needed >> static_cast<unsigned>(to) & 1U) == 0 || (held >> static_cast<unsigned>(to) & 1U) != 0) {
        continue;
      }
      const int from = nearest(grid_, held, to);
      result_.longest = std::max(result_.longest, walk(from, to, trees[from]));
      ++into_[to];
      ++result_.received;
    }
    for (const auto& [sender, links] : trees) {
      ++out_of_[sender];
      for (const auto& link : links) {
        ++through_[link];
        ++result_.hops;
      }
    }
  }

  evaluate::Exchange result(bool per_chiplet) const {
    evaluate::Exchange exchange = result_;
    for (const auto& [link, load] : through_) {
      exchange.load = std::max(exchange.load, load);
    }
    for (const auto* ends : {&into_, &out_of_}) {
      for (const auto& [member, load] : *ends) {
        exchange.load = std::max(exchange.load, per_chiplet ? load : 0);
      }
    }
    return exchange;
  }

 private:
  /// Along the row first.
  int walk(int from, int to, std::set<std::pair<int, int>>& links) const {
    int count = 0;
    for (int here = from; here != to; ++count) {
      const int aside = to % grid_.columns - here % grid_.columns;
      const int next =
          aside != 0 ? here + (aside > 0 ? 1 : -1) : here + (to > here ? grid_.columns : -grid_.columns);
      links.emplace(here, next);
      here = next;
    }
    return count;
  }

  Grid grid_;
  evaluate::Exchange result_;
  std::map<std::pair<int, int>, std::int64_t> through_;
  std::map<int, std::int64_t> into_;
  std::map<int, std::int64_t> out_of_;
};

}  // namespace inlay::testing
