#include "inlay/hardware/chiplet_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "inlay/base/file.hpp"
#include "inlay/hardware/array_file.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/hardware/reference.hpp"

namespace inlay::hardware {
namespace {

// Far beyond any chip, and small enough for the sums over a package to stay within 64 bits.
constexpr std::int64_t kMostPes = std::int64_t{1} << 24;
constexpr std::int64_t kMostBytes = 1'000'000'000'000;
constexpr std::int64_t kMostBytesPerCycle = std::int64_t{1} << 30;
constexpr std::int64_t kMostHops = 1'000'000;
constexpr double kHighestClock = 1e12;

// A vector unit of one lane per 16 PEs, as in docs/formats-hardware.md, unless a file says otherwise.
constexpr std::int64_t kPesPerLane = 16;

EnergyTable resolve_energy(const base::YamlNode& value) {
  if (value.is_map()) {
    return read_energy_table(value);
  }
  return read_energy_table(base::YamlNode::load(referenced_file(value, "energy")));
}

std::int64_t size_in_bytes(const base::YamlNode& value) {
  const std::int64_t bytes = value.bytes(true);
  if (bytes > kMostBytes) {
    value.fail(fmt::format("'{}' is too large, at most 1 TB is allowed", value.text()));
  }
  return bytes;
}

std::int64_t bytes_per_cycle(const base::YamlNode& value) {
  const double bytes = value.quantity(base::Dimension::kBytesPerCycle, true);
  if (bytes != std::floor(bytes) || bytes > static_cast<double>(kMostBytesPerCycle)) {
    value.fail(fmt::format("'{}' is not a whole number of bytes per cycle (at most {} B/cycle)", value.text(),
                           kMostBytesPerCycle));
  }
  return static_cast<std::int64_t>(bytes);
}

double frequency(const base::YamlNode& value) {
  const double clock = value.quantity(base::Dimension::kFrequency, true);
  if (clock > kHighestClock) {
    value.fail(fmt::format("'{}' is too high, at most 1 THz is allowed", value.text()));
  }
  return clock;
}

/// One key of a chiplet file: read by a chiplet file and by a package that replaces it.
struct Field {
  const char* key;
  bool required;
  void (*read)(const base::YamlNode&, ChipletType&);
};

using base::YamlNode;

constexpr std::array<Field, 12> kFields = {{
    {"dataflow", true,
     [](const YamlNode& value, ChipletType& type) {
       type.dataflow = dataflow::load_dataflow(referenced_file(value, "dataflows"));
     }},
    {"pes", true, [](const YamlNode& value, ChipletType& type) { type.pes = value.integer(1, kMostPes); }},
    {"l1", true, [](const YamlNode& value, ChipletType& type) { type.l1_bytes = size_in_bytes(value); }},
    {"l2", true, [](const YamlNode& value, ChipletType& type) { type.l2_bytes = size_in_bytes(value); }},
    {"noc_bandwidth", true,
     [](const YamlNode& value, ChipletType& type) { type.noc_bytes_per_cycle = bytes_per_cycle(value); }},
    {"offchip_bandwidth", false,
     [](const YamlNode& value, ChipletType& type) { type.offchip_bytes_per_cycle = bytes_per_cycle(value); }},
    {"noc_hops", false,
     [](const YamlNode& value, ChipletType& type) { type.noc_hops = value.integer(0, kMostHops); }},
    {"clock", true, [](const YamlNode& value, ChipletType& type) { type.clock = frequency(value); }},
    {"vector_lanes", false,
     [](const YamlNode& value, ChipletType& type) { type.vector_lanes = value.integer(1, kMostPes); }},
    {"array", false, [](const YamlNode& value, ChipletType& type) { type.array = read_array(value); }},
    {"offchip", false, [](const YamlNode& value, ChipletType& type) { type.offchip = read_offchip(value); }},
    {"energy", true, [](const YamlNode& value, ChipletType& type) { type.energy = resolve_energy(value); }},
}};

std::string short_text(const YamlNode& value) {
  return value.is_scalar() ? value.text() : "its own";
}

/// Reads a chiplet file; a field that stands in `changes` replaces the file's.
ChipletType read_fields(base::YamlMap& file, base::YamlMap* changes) {
  ChipletType type;
  type.name = plain_name(file.required("name"));
  type.source = file.required("source").name();
  type.vector_lanes = 0;
  std::string replaced;
  for (const Field& field : kFields) {
    const std::optional<YamlNode> own = field.required ? file.required(field.key) : file.optional(field.key);
    const std::optional<YamlNode> change = changes != nullptr ? changes->optional(field.key) : std::nullopt;
    if (change) {
      replaced += fmt::format("{}{} = {}", replaced.empty() ? "" : ", ", field.key, short_text(*change));
    }
    if (const std::optional<YamlNode>& value = change ? change : own) {
      field.read(*value, type);
    }
  }
  if (type.vector_lanes == 0) {
    type.vector_lanes = std::max<std::int64_t>(1, type.pes / kPesPerLane);
  }
  if (type.array && type.array->rows * type.array->columns != type.pes) {
    file.fail(fmt::format("the array has {} x {} PEs, the chiplet {}", type.array->rows, type.array->columns,
                          type.pes));
  }
  fit_energy(type);
  if (!replaced.empty()) {
    type.source += fmt::format(" Changed by the package: {}.", replaced);
  }
  file.finish();
  return type;
}

}  // namespace

ChipletType read_chiplet_type(const YamlNode& root) {
  base::YamlMap map = root.map();
  return read_fields(map, nullptr);
}

dataflow::Dataflow find_dataflow(const std::string& name) {
  return dataflow::load_dataflow(base::find_data_file(name, "dataflows"));
}

ChipletType load_chiplet_type(const std::string& name) {
  return read_chiplet_type(YamlNode::load(base::find_data_file(name, "chiplets")));
}

ChipletType read_package_type(const std::string& name, const YamlNode& value) {
  if (!value.is_map() && !value.is_scalar()) {
    value.fail("a chiplet's name is expected, or a mapping such as {chiplet: nvdla-ws-4096, l2: 5 MB}");
  }
  std::optional<base::YamlMap> changes;
  if (value.is_map()) {
    changes = value.map();
  }
  const YamlNode chiplet = changes ? changes->required("chiplet") : value;
  base::YamlMap file = YamlNode::load(referenced_file(chiplet, "chiplets")).map();
  ChipletType type = read_fields(file, changes ? &*changes : nullptr);
  if (changes) {
    changes->finish();
  }
  type.source = fmt::format("{}: {}", type.name, type.source);
  type.name = name;
  return type;
}

}  // namespace inlay::hardware
