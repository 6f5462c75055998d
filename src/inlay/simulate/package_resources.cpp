#include "inlay/simulate/package_resources.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/error.hpp"
#include "inlay/hardware/submesh.hpp"

namespace inlay::simulate {
namespace {

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

}  // namespace

PackageResources::PackageResources(const hardware::Package& package) : package_(package) {
  const auto chiplet = [&](int index) { return package.chiplets[at(index)].name; };
  const int chiplets = static_cast<int>(package.chiplets.size());
  const double network = package.network.bandwidth;
  for (const auto& [a, b] : package.links) {
    add(Kind::kLink, fmt::format("link {} -> {}", chiplet(a), chiplet(b)), network);
    add(Kind::kLink, fmt::format("link {} -> {}", chiplet(b), chiplet(a)), network);
  }
  if (package.network.scope == hardware::BandwidthScope::kPerChiplet) {
    first_out_ = count();
    for (int i = 0; i < chiplets; ++i) {
      add(Kind::kOutOfChiplet, "out of " + chiplet(i), network);
    }
    first_into_ = count();
    for (int i = 0; i < chiplets; ++i) {
      add(Kind::kIntoChiplet, "into " + chiplet(i), network);
    }
  }
  first_interface_ = count();
  for (const hardware::MemoryInterface& interface : package.interfaces) {
    add(Kind::kInterface, "interface " + interface.name, hardware::interface_bandwidth(package));
  }
  memory_ = count();
  add(Kind::kMemory, "memory", hardware::total_memory_bandwidth(package));
}

void PackageResources::add(Kind kind, std::string name, double capacity) {
  kinds_.push_back(kind);
  names_.push_back(std::move(name));
  capacities_.push_back(capacity);
}

int PackageResources::link(int from, int to) const {
  const std::pair<int, int> ends = std::minmax(from, to);
  const auto found = std::lower_bound(package_.links.begin(), package_.links.end(), ends);
  if (found == package_.links.end() || *found != ends) {
    throw base::DefectError("a route crosses a link that does not exist");
  }
  return 2 * static_cast<int>(found - package_.links.begin()) + (from < to ? 0 : 1);
}

void PackageResources::add_links_of(const std::vector<int>& chiplets, Route& route) const {
  for (std::size_t i = 0; i + 1 < chiplets.size(); ++i) {
    route.push_back(link(chiplets[i], chiplets[i + 1]));
  }
}

void PackageResources::add_out_of(int chiplet, Route& route) const {
  if (first_out_ >= 0) {
    route.push_back(first_out_ + chiplet);
  }
}

void PackageResources::add_into(int chiplet, Route& route) const {
  if (first_into_ >= 0) {
    route.push_back(first_into_ + chiplet);
  }
}

void PackageResources::add_memory_at(int chiplet, Route& route) const {
  route.push_back(first_interface_ + package_.interface_of[at(chiplet)]);
  route.push_back(memory_);
}

Route PackageResources::from_memory(int chiplet) const {
  const int door = package_.interfaces[at(package_.interface_of[at(chiplet)])].chiplet;
  Route route;
  add_memory_at(chiplet, route);
  if (door != chiplet) {
    add_links_of(hardware::route(package_, door, chiplet), route);
    add_into(chiplet, route);
  }
  return route;
}

Route PackageResources::to_memory(int chiplet) const {
  const int door = package_.interfaces[at(package_.interface_of[at(chiplet)])].chiplet;
  Route route;
  if (door != chiplet) {
    add_out_of(chiplet, route);
    add_links_of(hardware::route(package_, chiplet, door), route);
  }
  add_memory_at(chiplet, route);
  return route;
}

Route PackageResources::between(int from, int to) const {
  Route route;
  add_out_of(from, route);
  add_links_of(hardware::route(package_, from, to), route);
  add_into(to, route);
  return route;
}

Route PackageResources::along(const std::vector<std::pair<int, int>>& links, const std::vector<int>& senders,
                              const std::vector<int>& receivers) const {
  Route route;
  for (const int sender : senders) {
    add_out_of(sender, route);
  }
  for (const auto& [from, to] : links) {
    route.push_back(link(from, to));
  }
  for (const int receiver : receivers) {
    add_into(receiver, route);
  }
  return route;
}

double PackageResources::memory_latency(int chiplet) const {
  return package_.memory.latency + hop_latency(package_.memory_hops[at(chiplet)]);
}

}  // namespace inlay::simulate
