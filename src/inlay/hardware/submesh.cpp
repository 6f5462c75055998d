#include "inlay/hardware/submesh.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace inlay::hardware {
namespace {

const Chiplet& chiplet_at(const Package& package, int chiplet) {
  return package.chiplets[static_cast<std::size_t>(chiplet)];
}

bool linked(const Package& package, int a, int b) {
  const std::vector<int>& near = package.neighbours[static_cast<std::size_t>(a)];
  return std::binary_search(near.begin(), near.end(), b);
}

/// Links between neighbours of the rectangle that the package lacks: the first such pair, or {-1, -1}.
std::pair<int, int> missing_link(const Package& package, const Submesh& submesh) {
  for (int row = 0; row < submesh.rows; ++row) {
    for (int column = 0; column < submesh.columns; ++column) {
      const auto at = static_cast<std::size_t>(row * submesh.columns + column);
      const int here = submesh.chiplets[at];
      if (column + 1 < submesh.columns && !linked(package, here, submesh.chiplets[at + 1])) {
        return {here, submesh.chiplets[at + 1]};
      }
      const auto below = at + static_cast<std::size_t>(submesh.columns);
      if (row + 1 < submesh.rows && !linked(package, here, submesh.chiplets[below])) {
        return {here, submesh.chiplets[below]};
      }
    }
  }
  return {-1, -1};
}

/// All rectangles of the drawing.
class Rectangles {
 public:
  explicit Rectangles(const Package& package) : package_(package) {
    for (std::size_t i = 0; i < package.chiplets.size(); ++i) {
      at_[{package.chiplets[i].row, package.chiplets[i].column}] = static_cast<int>(i);
      rows_ = std::max(rows_, package.chiplets[i].row + 1);
      columns_ = std::max(columns_, package.chiplets[i].column + 1);
    }
  }

  void add(int most_members, std::vector<Submesh>& found) const {
    for (const auto& [place, chiplet] : at_) {
      for (int rows = 1; place.first + rows <= rows_ && rows <= most_members; ++rows) {
        for (int columns = 1; place.second + columns <= columns_ && rows * columns <= most_members;
             ++columns) {
          Submesh submesh(rows, columns, {});
          if (fill(place, submesh) && missing_link(package_, submesh).first < 0) {
            found.push_back(std::move(submesh));
          }
        }
      }
    }
  }

 private:
  bool fill(const std::pair<int, int>& corner, Submesh& submesh) const {
    for (int row = 0; row < submesh.rows; ++row) {
      for (int column = 0; column < submesh.columns; ++column) {
        const auto known = at_.find({corner.first + row, corner.second + column});
        if (known == at_.end()) {
          return false;
        }
        submesh.chiplets.push_back(known->second);
      }
    }
    return true;
  }

  const Package& package_;
  std::map<std::pair<int, int>, int> at_;
  int rows_ = 0;
  int columns_ = 0;
};

}  // namespace

std::string to_string(const Package& package, const Submesh& submesh) {
  if (submesh.single()) {
    return chiplet_at(package, submesh.lead()).name;
  }
  std::string names;
  for (const int chiplet : submesh.chiplets) {
    names += (names.empty() ? "" : ", ") + chiplet_at(package, chiplet).name;
  }
  return fmt::format("{}x{} of {}", submesh.rows, submesh.columns, names);
}

std::string defect_of(const Package& package, const Submesh& submesh) {
  const auto count = static_cast<int>(package.chiplets.size());
  if (submesh.rows < 1 || submesh.columns < 1 ||
      static_cast<std::size_t>(submesh.rows) * static_cast<std::size_t>(submesh.columns) !=
          submesh.chiplets.size()) {
    return fmt::format("a submesh of {} x {} has {} chiplets, not {}", submesh.rows, submesh.columns,
                       static_cast<std::int64_t>(submesh.rows) * submesh.columns, submesh.chiplets.size());
  }
  if (submesh.members() > kMostMembers) {
    return fmt::format("a submesh has {} chiplets; at most {} are allowed", submesh.members(), kMostMembers);
  }
  std::set<int> seen;
  for (const int chiplet : submesh.chiplets) {
    if (chiplet < 0 || chiplet >= count) {
      return fmt::format("there is no chiplet {}, the package has {}", chiplet, count);
    }
    if (!seen.insert(chiplet).second) {
      return fmt::format("chiplet '{}' stands twice in a submesh", chiplet_at(package, chiplet).name);
    }
  }
  if (const auto [a, b] = missing_link(package, submesh); a >= 0) {
    return fmt::format(
        "chiplets '{}' and '{}' are neighbours in a submesh of {} x {}, but no link joins them",
        chiplet_at(package, a).name, chiplet_at(package, b).name, submesh.rows, submesh.columns);
  }
  return "";
}

std::vector<Submesh> submeshes(const Package& package, int most_members) {
  std::vector<Submesh> found;
  most_members = std::min(most_members, kMostMembers);
  for (int chiplet = 0; chiplet < static_cast<int>(package.chiplets.size()); ++chiplet) {
    found.emplace_back(chiplet);
  }
  Rectangles(package).add(most_members, found);
  for (const ChipletGroup& group : package.groups) {
    if (static_cast<int>(group.chiplets.size()) <= most_members) {
      found.emplace_back(group.rows, group.columns, group.chiplets);
    }
  }
  const auto key = [](const Submesh& submesh) {
    return std::tie(submesh.rows, submesh.columns, submesh.chiplets);
  };
  std::sort(found.begin(), found.end(), [&](const Submesh& a, const Submesh& b) {
    return a.members() != b.members() ? a.members() < b.members() : key(a) < key(b);
  });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<Submesh> tiles(const Package& package, int most_members) {
  int rows = 0;
  int columns = 0;
  for (const Chiplet& chiplet : package.chiplets) {
    rows = std::max(rows, chiplet.row + 1);
    columns = std::max(columns, chiplet.column + 1);
  }
  const auto even = [](int side, int whole) { return side <= 2 || whole % side == 0; };
  const auto is_group = [&](const Submesh& submesh) {
    return std::any_of(package.groups.begin(), package.groups.end(),
                       [&](const ChipletGroup& group) { return group.chiplets == submesh.chiplets; });
  };
  std::vector<Submesh> found = submeshes(package, most_members);
  std::erase_if(found, [&](const Submesh& submesh) {
    return !(even(submesh.rows, rows) && even(submesh.columns, columns)) && !is_group(submesh);
  });
  return found;
}

bool touch(const Package& package, const Submesh& a, const Submesh& b) {
  return std::any_of(a.chiplets.begin(), a.chiplets.end(), [&](int one) {
    return std::any_of(b.chiplets.begin(), b.chiplets.end(),
                       [&](int other) { return linked(package, one, other); });
  });
}

MemoryAccess memory_access(const Package& package, const Submesh& submesh) {
  const double members = submesh.members();
  const double interface = interface_bandwidth(package);
  MemoryAccess access;
  std::map<int, int> readers;  // [interface] members that use it
  int farthest = 0;
  int hops = 0;
  for (const int chiplet : submesh.chiplets) {
    const auto at = static_cast<std::size_t>(chiplet);
    ++readers[package.interface_of[at]];
    hops += package.memory_hops[at];
    farthest = std::max(farthest, package.memory_hops[at]);
    if (package.memory_hops[at] > 0) {
      access.seconds_per_byte =
          std::max(access.seconds_per_byte, 1.0 / (package.network.bandwidth * members));
    }
  }
  for (const auto& [number, count] : readers) {
    access.seconds_per_byte = std::max(access.seconds_per_byte, count / (interface * members));
  }
  access.seconds_per_byte = std::max(access.seconds_per_byte, 1.0 / total_memory_bandwidth(package));
  access.latency = farthest * package.network.hop_latency + package.memory.latency;
  access.hops = hops / members;
  return access;
}

std::vector<int> route(const Package& package, int from, int to) {
  std::vector<int> chiplets = {from};
  const auto hops_to = [&](int chiplet) {
    return package.hops[static_cast<std::size_t>(chiplet)][static_cast<std::size_t>(to)];
  };
  while (chiplets.back() != to) {
    const int here = chiplets.back();
    int next = -1;
    for (const int neighbour : package.neighbours[static_cast<std::size_t>(here)]) {
      if (hops_to(neighbour) != hops_to(here) - 1) {
        continue;
      }
      const bool along_row = chiplet_at(package, neighbour).row == chiplet_at(package, here).row;
      if (next < 0 || (along_row && chiplet_at(package, next).row != chiplet_at(package, here).row)) {
        next = neighbour;
      }
    }
    chiplets.push_back(next);
  }
  return chiplets;
}

Crossing crossing(const Package& package, const Submesh& from, const Submesh& to) {
  const std::int64_t senders = from.members();
  const std::int64_t receivers = to.members();
  const bool per_chiplet = package.network.scope == BandwidthScope::kPerChiplet;
  Crossing result;
  result.parts = senders * receivers;
  std::map<std::pair<int, int>, std::int64_t> link_load;
  const auto raise = [&](std::int64_t load) { result.load = std::max(result.load, load); };
  for (std::int64_t i = 0; i < senders; ++i) {
    for (std::int64_t j = 0; j < receivers; ++j) {
      const std::int64_t overlap =
          std::min((i + 1) * receivers, (j + 1) * senders) - std::max(i * receivers, j * senders);
      if (overlap <= 0) {
        continue;
      }
      const std::vector<int> chiplets = route(package, from.chiplets[static_cast<std::size_t>(i)],
                                              to.chiplets[static_cast<std::size_t>(j)]);
      for (std::size_t k = 0; k + 1 < chiplets.size(); ++k) {
        std::int64_t& load = link_load[{chiplets[k], chiplets[k + 1]}];
        load += overlap;
        raise(load);
      }
      const int hops = static_cast<int>(chiplets.size()) - 1;
      result.hop_parts += overlap * hops;
      result.longest = std::max(result.longest, hops);
    }
  }
  if (per_chiplet) {
    raise(std::max(receivers, senders));  // all that one member sends, and that one receives
  }
  return result;
}

}  // namespace inlay::hardware
