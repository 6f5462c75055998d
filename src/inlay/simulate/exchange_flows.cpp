#include "inlay/simulate/exchange_flows.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "inlay/base/error.hpp"

namespace inlay::simulate {
namespace {

using workload::Box;
using workload::Interval;
using Links = std::vector<std::pair<int, int>>;

int distance(const hardware::Submesh& submesh, int a, int b) {
  return std::abs(a / submesh.columns - b / submesh.columns) +
         std::abs(a % submesh.columns - b % submesh.columns);
}

bool contains(const Box& outer, const Box& inner) {
  for (std::size_t axis = 0; axis < outer.size(); ++axis) {
    if (inner[axis].first < outer[axis].first || outer[axis].last < inner[axis].last) {
      return false;
    }
  }
  return true;
}

/// Boxes that no box of a list cuts, and that together cover what the lists cover.
class Cells {
 public:
  Cells(const std::vector<Box>& held, const std::vector<Box>& needed) {
    for (std::size_t axis = 0; axis < ends_.size(); ++axis) {
      std::set<std::int64_t> ends;
      for (const std::vector<Box>* boxes : {&held, &needed}) {
        for (const Box& box : *boxes) {
          ends.insert({box[axis].first, box[axis].last});
        }
      }
      ends_[axis].assign(ends.begin(), ends.end());
    }
  }

  template <typename Function>
  void each(Function function) const {
    Box cell;
    visit(0, cell, function);
  }

 private:
  template <typename Function>
  void visit(std::size_t axis, Box& cell, Function& function) const {
    if (axis == ends_.size()) {
      function(cell);
      return;
    }
    for (std::size_t i = 0; i + 1 < ends_[axis].size(); ++i) {
      cell[axis] = {ends_[axis][i], ends_[axis][i + 1]};
      visit(axis + 1, cell, function);
    }
  }

  std::array<std::vector<std::int64_t>, workload::kMostAxes> ends_;
};

int nearest_holder(const hardware::Submesh& submesh, const std::vector<int>& holders, int receiver) {
  if (holders.empty()) {
    throw base::DefectError("no member of a submesh holds an element that another one needs");
  }
  return *std::min_element(holders.begin(), holders.end(), [&](int a, int b) {
    return distance(submesh, a, receiver) < distance(submesh, b, receiver);
  });
}

std::vector<int> chiplets_of(const hardware::Submesh& submesh, const std::vector<int>& members) {
  std::vector<int> chiplets;
  for (const int member : members) {
    chiplets.push_back(submesh.chiplets[static_cast<std::size_t>(member)]);
  }
  return chiplets;
}

/// [sender, its receivers] elements.
using Volumes = std::map<std::pair<int, std::vector<int>>, std::int64_t>;

Volumes volumes_of(const hardware::Submesh& submesh, const std::vector<Box>& held,
                   const std::vector<Box>& needed) {
  Volumes volumes;
  Cells(held, needed).each([&](const Box& cell) {
    std::vector<int> holders;
    std::vector<int> lacking;
    for (int member = 0; member < submesh.members(); ++member) {
      const auto at = static_cast<std::size_t>(member);
      if (contains(held[at], cell)) {
        holders.push_back(member);
      } else if (contains(needed[at], cell)) {
        lacking.push_back(member);
      }
    }
    std::map<int, std::vector<int>> receivers;  // [sender]
    for (const int member : lacking) {
      receivers[nearest_holder(submesh, holders, member)].push_back(member);
    }
    for (const auto& entry : receivers) {
      volumes[entry] += workload::volume(cell);
    }
  });
  return volumes;
}

}  // namespace

Links links_within(const hardware::Submesh& submesh, int from, int to) {
  const auto chiplet = [&](int row, int column) {
    return submesh.chiplets[static_cast<std::size_t>(row * submesh.columns + column)];
  };
  Links links;
  int row = from / submesh.columns;
  int column = from % submesh.columns;
  const auto step = [&](int next_row, int next_column) {
    links.emplace_back(chiplet(row, column), chiplet(next_row, next_column));
    row = next_row;
    column = next_column;
  };
  while (column != to % submesh.columns) {
    step(row, column + (column < to % submesh.columns ? 1 : -1));
  }
  while (row != to / submesh.columns) {
    step(row + (row < to / submesh.columns ? 1 : -1), column);
  }
  return links;
}

Links tree_within(const hardware::Submesh& submesh, int from, const std::vector<int>& to) {
  std::set<std::pair<int, int>> links;
  for (const int receiver : to) {
    for (const auto& link : links_within(submesh, from, receiver)) {
      links.insert(link);
    }
  }
  return {links.begin(), links.end()};
}

Transfer exchange_flows(const PackageResources& resources, const hardware::Submesh& submesh,
                        const std::vector<Box>& held, const std::vector<Box>& needed, std::int64_t bits,
                        Direction direction) {
  Transfer transfer;
  int longest = 0;
  for (const auto& [ends, elements] : volumes_of(submesh, held, needed)) {
    const auto& [sender, receivers] = ends;
    Links links = tree_within(submesh, sender, receivers);
    std::vector<int> from = chiplets_of(submesh, {sender});
    std::vector<int> to = chiplets_of(submesh, receivers);
    if (direction == Direction::kScatter) {
      for (auto& [a, b] : links) {
        std::swap(a, b);
      }
      std::swap(from, to);
    }
    transfer.flows.push_back(
        {resources.along(links, from, to), static_cast<double>(elements) * static_cast<double>(bits) / 8.0});
    for (const int receiver : receivers) {
      longest = std::max(longest, distance(submesh, sender, receiver));
    }
  }
  transfer.delay = resources.hop_latency(longest);
  return transfer;
}

}  // namespace inlay::simulate
