#include "inlay/hardware/package_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/monolith.hpp"
#include "inlay/hardware/reference.hpp"
#include "inlay/hardware/submesh.hpp"
#include "inlay/hardware/topology.hpp"

namespace inlay::hardware {
namespace {

using base::Dimension;

std::map<std::string, int> read_types(const base::YamlNode& value, Package& package) {
  std::map<std::string, int> numbers;
  base::YamlMap map = value.map();
  for (const auto& [name, type] : map.entries()) {
    check_plain_name(name, type);
    numbers[name] = static_cast<int>(package.types.size());
    package.types.push_back(read_package_type(name, type));
  }
  if (numbers.empty()) {
    value.fail("at least one chiplet type is expected");
  }
  return numbers;
}

NetworkOnPackage read_network(const base::YamlNode& value) {
  base::YamlMap map = value.map();
  NetworkOnPackage network;
  network.bandwidth = map.required("bandwidth").quantity(Dimension::kBandwidth, true);
  network.scope = map.required("per").choice({"chiplet", "link"}) == 0 ? BandwidthScope::kPerChiplet
                                                                       : BandwidthScope::kPerLink;
  network.hop_latency = map.required("hop_latency").quantity(Dimension::kTime);
  network.energy_per_bit = map.required("energy").quantity(Dimension::kEnergyPerBit);
  if (const auto multicast = map.optional("multicast")) {
    network.multicast = multicast->boolean();
  }
  map.finish();
  return network;
}

Memory read_memory(const base::YamlNode& value) {
  base::YamlMap map = value.map();
  Memory memory;
  memory.bandwidth = map.required("bandwidth").quantity(Dimension::kBandwidth, true);
  memory.scope = map.required("per").choice({"package", "interface"}) == 0 ? BandwidthScope::kPerPackage
                                                                           : BandwidthScope::kPerInterface;
  memory.latency = map.required("latency").quantity(Dimension::kTime);
  memory.energy_per_bit = map.required("energy").quantity(Dimension::kEnergyPerBit);
  if (const auto loads = map.optional("weight_loads")) {
    memory.weight_loads =
        loads->choice({"timed", "untimed"}) == 0 ? WeightLoads::kTimed : WeightLoads::kUntimed;
  }
  map.finish();
  return memory;
}

/// Returns the node that decides about the links, for errors.
base::YamlNode read_topology(base::YamlMap& map, Package& package, const std::map<std::string, int>& types) {
  const std::optional<base::YamlNode> mesh = map.optional("mesh");
  const std::optional<base::YamlNode> chiplets = map.optional("chiplets");
  const std::optional<base::YamlNode> links = map.optional("links");
  if (mesh && (chiplets || links)) {
    (chiplets ? chiplets : links)
        ->fail("a package has either 'mesh' or 'chiplets' and 'links', this one has both");
  }
  if (mesh) {
    read_mesh(*mesh, package, types);
    return *mesh;
  }
  if (!chiplets) {
    map.fail("key 'mesh' is missing, or 'chiplets' and 'links'");
  }
  read_chiplets(*chiplets, package, types);
  if (links) {
    read_links(*links, package);
  }
  return links ? *links : *chiplets;
}

/// What is no submesh is known once the neighbours are.
void check_groups(const base::YamlNode& value, const Package& package) {
  const std::vector<base::YamlNode> nodes = value.list();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const ChipletGroup& group = package.groups[i];
    const std::string defect = defect_of(package, Submesh(group.rows, group.columns, group.chiplets));
    if (!defect.empty()) {
      nodes[i].fail(fmt::format("group '{}': {}", group.name, defect));
    }
  }
}

void refuse_unused_types(const Package& package, const base::YamlNode& place) {
  for (std::size_t i = 0; i < package.types.size(); ++i) {
    const bool used =
        std::any_of(package.chiplets.begin(), package.chiplets.end(),
                    [i](const Chiplet& chiplet) { return chiplet.type == static_cast<int>(i); });
    if (!used) {
      place.fail(
          fmt::format("no chiplet is of type '{}'; leave the type out or use it", package.types[i].name));
    }
  }
}

/// "P", "monolithic:P" or "monolithic@CHOICE:P" in its parts.
struct Specification {
  bool monolithic = false;
  std::string choice;
  std::string package;
};

Specification split(const std::string& spec) {
  const std::string word = "monolithic";
  const std::size_t colon = spec.find(':');
  const bool monolithic = colon != std::string::npos && spec.starts_with(word) &&
                          (colon == word.size() || spec[word.size()] == '@');
  if (!monolithic) {
    return {false, "", spec};
  }
  Specification result{true, "", spec.substr(colon + 1)};
  if (colon > word.size()) {
    result.choice = spec.substr(word.size() + 1, colon - word.size() - 1);
  }
  if (result.package.empty() || (colon > word.size() && result.choice.empty())) {
    throw base::InputError(fmt::format(
        "'{}': write monolithic:PACKAGE, monolithic@TYPE:PACKAGE or monolithic@DATAFLOW:PACKAGE", spec));
  }
  return result;
}

}  // namespace

Package read_package(const base::YamlNode& root) {
  base::YamlMap map = root.map();
  Package package;
  package.name = plain_name(map.required("name"));
  package.source = map.required("source").name();
  const base::YamlNode types = map.required("types");
  const base::YamlNode topology = read_topology(map, package, read_types(types, package));
  read_interfaces(map.required("interfaces"), package);
  const std::optional<base::YamlNode> groups = map.optional("groups");
  if (groups) {
    read_groups(*groups, package);
  }
  package.network = read_network(map.required("network"));
  package.memory = read_memory(map.required("memory"));
  if (const auto power = map.optional("static_power")) {
    package.static_power = power->quantity(Dimension::kPower);
  }
  if (const auto overlap = map.optional("overlap")) {
    package.overlap =
        overlap->choice({"serial", "overlapped"}) == 0 ? Overlap::kSerial : Overlap::kOverlapped;
  }
  map.finish();
  refuse_unused_types(package, types);
  try {
    derive_routes(package);
  } catch (const base::InfeasibleError& error) {
    topology.fail(error.what());
  }
  if (groups) {
    check_groups(*groups, package);
  }
  return package;
}

Package load_package(const std::string& spec) {
  const Specification parts = split(spec);
  const Package package = read_package(base::YamlNode::load(base::find_data_file(parts.package, "packages")));
  return parts.monolithic ? monolith_by_choice(package, parts.choice) : package;
}

}  // namespace inlay::hardware
