#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "inlay/base/error.hpp"
#include "inlay/hardware/package.hpp"

namespace inlay::hardware {
namespace {

constexpr int kUnreached = -1;

void check_indices(const Package& package) {
  const int count = static_cast<int>(package.chiplets.size());
  const auto exists = [count](int chiplet) { return chiplet >= 0 && chiplet < count; };
  if (count == 0) {
    throw base::InfeasibleError(fmt::format("package '{}' has no chiplet", package.name));
  }
  for (const Chiplet& chiplet : package.chiplets) {
    if (chiplet.type < 0 || chiplet.type >= static_cast<int>(package.types.size())) {
      throw base::InfeasibleError(
          fmt::format("chiplet '{}' of package '{}' is of type number {}, but there are {} types",
                      chiplet.name, package.name, chiplet.type, package.types.size()));
    }
  }
  for (const auto& [a, b] : package.links) {
    if (!exists(a) || !exists(b) || a == b) {
      throw base::InfeasibleError(
          fmt::format("a link of package '{}' joins chiplets number {} and {}; two different "
                      "ones below {} are expected",
                      package.name, a, b, count));
    }
  }
  for (const MemoryInterface& interface : package.interfaces) {
    if (!exists(interface.chiplet)) {
      throw base::InfeasibleError(
          fmt::format("memory interface '{}' of package '{}' stands at chiplet number {}, but "
                      "there are {} chiplets",
                      interface.name, package.name, interface.chiplet, count));
    }
  }
}

std::vector<std::vector<int>> neighbour_lists(const Package& package) {
  std::vector<std::vector<int>> neighbours(package.chiplets.size());
  for (const auto& [a, b] : package.links) {
    neighbours[static_cast<std::size_t>(a)].push_back(b);
    neighbours[static_cast<std::size_t>(b)].push_back(a);
  }
  for (std::vector<int>& list : neighbours) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return neighbours;
}

std::vector<int> hops_from(int start, const std::vector<std::vector<int>>& neighbours) {
  std::vector<int> hops(neighbours.size(), kUnreached);
  std::deque<int> queue = {start};
  hops[static_cast<std::size_t>(start)] = 0;
  while (!queue.empty()) {
    const auto here = static_cast<std::size_t>(queue.front());
    queue.pop_front();
    for (const int next : neighbours[here]) {
      int& reached = hops[static_cast<std::size_t>(next)];
      if (reached == kUnreached) {
        reached = hops[here] + 1;
        queue.push_back(next);
      }
    }
  }
  return hops;
}

}  // namespace

void derive_routes(Package& package) {
  check_indices(package);
  package.neighbours = neighbour_lists(package);
  package.hops.clear();
  for (std::size_t from = 0; from < package.chiplets.size(); ++from) {
    package.hops.push_back(hops_from(static_cast<int>(from), package.neighbours));
    const std::vector<int>& row = package.hops.back();
    if (const auto lost = std::find(row.begin(), row.end(), kUnreached); lost != row.end()) {
      throw base::InfeasibleError(
          fmt::format("no chain of links joins chiplet '{}' to chiplet '{}' of package '{}'",
                      package.chiplets[static_cast<std::size_t>(lost - row.begin())].name,
                      package.chiplets[from].name, package.name));
    }
  }
  if (package.interfaces.empty()) {
    throw base::InfeasibleError(
        fmt::format("chiplet '{}' cannot reach the memory: package '{}' has no memory interface",
                    package.chiplets.front().name, package.name));
  }
  package.interface_of.clear();
  package.memory_hops.clear();
  for (const std::vector<int>& row : package.hops) {
    const auto distance = [&row](const MemoryInterface& interface) {
      return row[static_cast<std::size_t>(interface.chiplet)];
    };
    const auto nearest =
        std::min_element(package.interfaces.begin(), package.interfaces.end(),
                         [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    package.interface_of.push_back(static_cast<int>(nearest - package.interfaces.begin()));
    package.memory_hops.push_back(distance(*nearest));
  }
}

double interface_bandwidth(const Package& package) {
  return package.memory.bandwidth;
}

double total_memory_bandwidth(const Package& package) {
  if (package.memory.scope == BandwidthScope::kPerInterface) {
    return package.memory.bandwidth * static_cast<double>(package.interfaces.size());
  }
  return package.memory.bandwidth;
}

}  // namespace inlay::hardware
