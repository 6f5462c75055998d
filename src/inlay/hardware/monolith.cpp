#include "inlay/hardware/monolith.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/hardware/reference.hpp"

namespace inlay::hardware {
namespace {

const ChipletType& type_of(const Package& package, const Chiplet& chiplet) {
  return package.types.at(static_cast<std::size_t>(chiplet.type));
}

void refuse_different_clocks(const Package& package) {
  const Chiplet& first = package.chiplets.front();
  for (const Chiplet& chiplet : package.chiplets) {
    if (type_of(package, chiplet).clock != type_of(package, first).clock) {
      throw base::InputError(
          fmt::format("package '{}' has no monolith: chiplet '{}' runs at {}, '{}' at {}; give all its "
                      "chiplets one clock",
                      package.name, first.name, base::format_frequency(type_of(package, first).clock),
                      chiplet.name, base::format_frequency(type_of(package, chiplet).clock)));
    }
  }
}

/// The sum over the chiplets; one that is not charged is not limited, and then neither is the whole.
std::int64_t all_offchip(const Package& package) {
  std::int64_t sum = 0;
  for (const Chiplet& chiplet : package.chiplets) {
    const std::int64_t part = type_of(package, chiplet).offchip_bytes_per_cycle;
    if (part == 0) {
      return 0;
    }
    sum = base::checked_add(sum, part);
  }
  return sum;
}

/// Arrays side by side: as many rows, and the columns and accumulators of all. Nothing is said of a monolith
/// of arrays of different heights: it has PEs that work on their own, as it has with chiplets without an
/// array.
std::optional<Array> array_of(const Package& package, const ChipletType& whole) {
  if (!whole.array) {
    return std::nullopt;
  }
  Array array = *whole.array;
  array.columns = array.accumulator_bytes = 0;
  for (const Chiplet& chiplet : package.chiplets) {
    const std::optional<Array>& part = type_of(package, chiplet).array;
    if (!part || part->rows != array.rows) {
      return std::nullopt;
    }
    array.columns = base::checked_add(array.columns, part->columns);
    array.accumulator_bytes = base::checked_add(array.accumulator_bytes, part->accumulator_bytes);
  }
  array.skew = base::checked_add(array.skew, array.columns - whole.array->columns);
  return array;
}

}  // namespace

int majority_type(const Package& package) {
  std::vector<int> counts(package.types.size(), 0);
  for (const Chiplet& chiplet : package.chiplets) {
    ++counts.at(static_cast<std::size_t>(chiplet.type));
  }
  return static_cast<int>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

Package monolith_of(const Package& package, int type) {
  refuse_different_clocks(package);
  ChipletType whole = package.types.at(static_cast<std::size_t>(type));
  whole.pes = whole.l2_bytes = whole.noc_bytes_per_cycle = whole.vector_lanes = 0;
  for (const Chiplet& chiplet : package.chiplets) {
    const ChipletType& part = type_of(package, chiplet);
    whole.pes = base::checked_add(whole.pes, part.pes);
    whole.l2_bytes = base::checked_add(whole.l2_bytes, part.l2_bytes);
    whole.noc_bytes_per_cycle = base::checked_add(whole.noc_bytes_per_cycle, part.noc_bytes_per_cycle);
    whole.vector_lanes = base::checked_add(whole.vector_lanes, part.vector_lanes);
  }
  whole.offchip_bytes_per_cycle = all_offchip(package);
  whole.array = array_of(package, whole);
  fit_energy(whole);
  whole.source = fmt::format("All {} chiplets of package '{}' in one, of type '{}': {}",
                             package.chiplets.size(), package.name, whole.name, whole.source);
  whole.name = "monolithic-" + whole.name;

  Package monolith = package;
  monolith.name =
      fmt::format("monolithic@{}:{}", package.types[static_cast<std::size_t>(type)].name, package.name);
  monolith.types = {whole};
  monolith.chiplets = {{"c0", 0, 0, 0}};
  monolith.links.clear();
  monolith.memory.bandwidth = total_memory_bandwidth(package);
  monolith.memory.scope = BandwidthScope::kPerPackage;
  monolith.interfaces = {{"m0", 0}};
  derive_routes(monolith);
  return monolith;
}

Package monolith_by_choice(const Package& package, const std::string& choice) {
  const int majority = majority_type(package);
  if (choice.empty()) {
    return monolith_of(package, majority);
  }
  std::vector<std::string> names;
  for (const ChipletType& type : package.types) {
    names.push_back(type.name);
  }
  if (const auto found = std::find(names.begin(), names.end(), choice); found != names.end()) {
    return monolith_of(package, static_cast<int>(found - names.begin()));
  }
  const std::vector<std::string> dataflows = shipped_names("dataflows");
  names.insert(names.end(), dataflows.begin(), dataflows.end());
  if (std::find(names.begin(), names.end(), choice) == names.end()) {
    throw base::InputError(fmt::format("'{}' is neither a chiplet type of package '{}' nor a dataflow; {}",
                                       choice, package.name, base::allowed_values(choice, names)));
  }
  Package monolith = with_dataflow(monolith_of(package, majority), 0, find_dataflow(choice));
  monolith.name = fmt::format("monolithic@{}:{}", choice, package.name);
  monolith.types[0].name = "monolithic-" + choice;
  return monolith;
}

Package with_dataflow(Package package, int type, dataflow::Dataflow dataflow) {
  ChipletType& changed = package.types.at(static_cast<std::size_t>(type));
  changed.source += fmt::format(" Dataflow replaced by {}.", dataflow.name);
  changed.dataflow = std::move(dataflow);
  return package;
}

Package with_noc_bandwidth(Package package, std::int64_t bytes_per_cycle) {
  for (ChipletType& type : package.types) {
    type.source += fmt::format(" NoC bandwidth set to {} B/cycle.", bytes_per_cycle);
    type.noc_bytes_per_cycle = bytes_per_cycle;
  }
  return package;
}

}  // namespace inlay::hardware
