#include "inlay/search/large/chiplet_ordering.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace inlay::search::large {
namespace {

bool are_linked(const hardware::Package& package, int one, int other) {
  const std::vector<int>& near = package.neighbours[static_cast<std::size_t>(one)];
  return std::binary_search(near.begin(), near.end(), other);
}

ChipletOrdering ordering_of(const hardware::Package& package, std::vector<int> chiplets) {
  ChipletOrdering ordering{std::move(chiplets), {}};
  for (std::size_t i = 0; i + 1 < ordering.chiplets.size(); ++i) {
    ordering.linked.push_back(are_linked(package, ordering.chiplets[i], ordering.chiplets[i + 1]) ? 1 : 0);
  }
  return ordering;
}

/// All chiplets sorted by a key.
template <typename Key>
std::vector<int> sorted_by(const hardware::Package& package, const Key& key) {
  std::vector<int> order;
  for (int chiplet = 0; chiplet < static_cast<int>(package.chiplets.size()); ++chiplet) {
    order.push_back(chiplet);
  }
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return key(package.chiplets[static_cast<std::size_t>(a)]) <
           key(package.chiplets[static_cast<std::size_t>(b)]);
  });
  return order;
}

/// There and back through strips of `width` rows (or columns), up and down within a strip; the first strip is
/// short of `missing` of them.
std::vector<int> strips(const hardware::Package& package, bool by_rows, int width, int missing) {
  return sorted_by(package, [=](const hardware::Chiplet& chiplet) {
    const int across = missing + (by_rows ? chiplet.row : chiplet.column);
    const int along = by_rows ? chiplet.column : chiplet.row;
    const int strip = across / width;
    const int forth = strip % 2 == 0 ? along : -along;
    const int within = across % width;
    return std::make_tuple(strip, forth, along % 2 == 0 ? within : -within);
  });
}

/// Around the outermost chiplets, then those inside of them.
std::vector<int> spiral(const hardware::Package& package) {
  int last_row = 0;
  int last_column = 0;
  std::map<std::pair<int, int>, int> at;
  for (std::size_t i = 0; i < package.chiplets.size(); ++i) {
    const hardware::Chiplet& chiplet = package.chiplets[i];
    last_row = std::max(last_row, chiplet.row);
    last_column = std::max(last_column, chiplet.column);
    at[{chiplet.row, chiplet.column}] = static_cast<int>(i);
  }
  std::vector<int> order;
  std::vector<char> taken(package.chiplets.size(), 0);
  const auto visit = [&](int row, int column) {
    const auto found = at.find({row, column});
    if (found != at.end() && taken[static_cast<std::size_t>(found->second)] == 0) {
      taken[static_cast<std::size_t>(found->second)] = 1;
      order.push_back(found->second);
    }
  };
  for (int ring = 0; 2 * ring <= std::min(last_row, last_column); ++ring) {
    for (int column = ring; column <= last_column - ring; ++column) {
      visit(ring, column);
    }
    for (int row = ring + 1; row <= last_row - ring; ++row) {
      visit(row, last_column - ring);
    }
    for (int column = last_column - ring - 1; column >= ring; --column) {
      visit(last_row - ring, column);
    }
    for (int row = last_row - ring - 1; row > ring; --row) {
      visit(row, ring);
    }
  }
  // Two chiplets may be drawn at one place.
  for (int chiplet = 0; chiplet < static_cast<int>(taken.size()); ++chiplet) {
    if (taken[static_cast<std::size_t>(chiplet)] == 0) {
      order.push_back(chiplet);
    }
  }
  return order;
}

/// Always on to the neighbour with the fewest free neighbours (Warnsdorff's rule): for packages that are no
/// mesh.
std::vector<int> along_links(const hardware::Package& package) {
  const std::size_t count = package.chiplets.size();
  std::vector<char> taken(count, 0);
  const auto free_near = [&](int chiplet) {
    const std::vector<int>& near = package.neighbours[static_cast<std::size_t>(chiplet)];
    return std::count_if(near.begin(), near.end(),
                         [&](int next) { return taken[static_cast<std::size_t>(next)] == 0; });
  };
  std::vector<int> order;
  while (order.size() < count) {
    int best = -1;
    const auto consider = [&](int chiplet) {
      if (taken[static_cast<std::size_t>(chiplet)] == 0 &&
          (best < 0 || free_near(chiplet) < free_near(best))) {
        best = chiplet;
      }
    };
    if (!order.empty()) {
      const std::vector<int>& near = package.neighbours[static_cast<std::size_t>(order.back())];
      std::for_each(near.begin(), near.end(), consider);
    }
    for (int chiplet = 0; best < 0 && chiplet < static_cast<int>(count); ++chiplet) {
      if (taken[static_cast<std::size_t>(chiplet)] == 0) {
        for (int other = chiplet; other < static_cast<int>(count); ++other) {
          consider(other);
        }
      }
    }
    taken[static_cast<std::size_t>(best)] = 1;
    order.push_back(best);
  }
  return order;
}

/// Neighbours in the row that are linked.
int links(const hardware::Package& package, const std::vector<int>& row) {
  int count = 0;
  for (std::size_t i = 0; i + 1 < row.size(); ++i) {
    count += are_linked(package, row[i], row[i + 1]) ? 1 : 0;
  }
  return count;
}

/// An interval turned around, perhaps after it has been moved elsewhere.
std::vector<int> one_change(const std::vector<int>& row, base::Random& random) {
  const auto count = static_cast<std::int64_t>(row.size());
  auto first = random.between(0, count - 1);
  auto last = random.between(0, count - 1);
  if (first > last) {
    std::swap(first, last);
  }
  std::vector<int> changed = row;
  if (random.between(0, 1) == 0) {
    std::reverse(changed.begin() + first, changed.begin() + last + 1);
    return changed;
  }
  last = std::min(last, first + count / 3);
  std::vector<int> interval(changed.begin() + first, changed.begin() + last + 1);
  changed.erase(changed.begin() + first, changed.begin() + last + 1);
  if (random.between(0, 1) == 0) {
    std::reverse(interval.begin(), interval.end());
  }
  const auto to = random.between(0, static_cast<std::int64_t>(changed.size()));
  changed.insert(changed.begin() + to, interval.begin(), interval.end());
  return changed;
}

}  // namespace

std::vector<ChipletOrdering> plain_orderings(const hardware::Package& package,
                                             const std::vector<int>& widths) {
  std::vector<ChipletOrdering> orderings;
  const auto add = [&](std::vector<int> order) {
    for (int direction = 0; direction < 2; ++direction) {
      ChipletOrdering ordering = ordering_of(package, order);
      if (std::find(orderings.begin(), orderings.end(), ordering) == orderings.end()) {
        orderings.push_back(std::move(ordering));
      }
      std::reverse(order.begin(), order.end());
    }
  };
  for (const auto& [width, missing] : std::vector<std::pair<int, int>>{{1, 0}, {2, 0}, {2, 1}, {3, 0}}) {
    add(strips(package, true, width, missing));
    add(strips(package, false, width, missing));
  }
  for (const int width : widths) {
    add(strips(package, true, width, 0));
    add(strips(package, false, width, 0));
  }
  add(spiral(package));
  add(along_links(package));
  return orderings;
}

ChipletOrdering changed_ordering(const hardware::Package& package, const ChipletOrdering& ordering,
                                 base::Random& random) {
  constexpr int kTries = 200;
  std::vector<int> row = ordering.chiplets;
  if (row.size() < 2) {
    return ordering;
  }
  const int changes = static_cast<int>(random.between(1, 3));
  for (int change = 0; change < changes; ++change) {
    const int before = links(package, row);
    // Now and then a link may be lost: pipelines of different models need none between them.
    const int lost = random.between(0, 3) == 0 ? 1 : 0;
    for (int attempt = 0; attempt < kTries; ++attempt) {
      std::vector<int> changed = one_change(row, random);
      if (changed != row && links(package, changed) >= before - lost) {
        row = std::move(changed);
        break;
      }
    }
  }
  return ordering_of(package, std::move(row));
}

}  // namespace inlay::search::large
