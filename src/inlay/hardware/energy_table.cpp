#include "inlay/hardware/energy_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "inlay/base/file.hpp"
#include "inlay/hardware/reference.hpp"

namespace inlay::hardware {
namespace {

using base::YamlNode;

constexpr std::string_view kTimesMac = "x mac";
constexpr std::int64_t kUsualBits = 8;
constexpr std::int64_t kMostBits = 64;

double energy(const YamlNode& value, base::Dimension dimension, double mac) {
  const std::string text = value.text();
  if (!text.ends_with(kTimesMac)) {
    return value.quantity(dimension);
  }
  std::string_view number = std::string_view(text).substr(0, text.size() - kTimesMac.size());
  while (number.ends_with(' ')) {
    number.remove_suffix(1);
  }
  double factor = 0.0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), factor);
  if (error != std::errc{} || end != number.data() + number.size() || !(factor >= 0.0 && factor <= 1e9)) {
    value.fail(
        fmt::format("'{}' is not a multiple of the MAC energy; write for example '18.61 x mac'", text));
  }
  return factor * mac;
}

double bytes_of(const std::string& key, const YamlNode& at) {
  std::int64_t bytes = 0;
  try {
    bytes = base::parse_bytes(key);
  } catch (const std::invalid_argument& error) {
    at.fail(fmt::format("'{}' is not the size of a buffer: {}", key, error.what()));
  }
  if (bytes < 1) {
    at.fail(fmt::format("'{}' is not the size of a buffer", key));
  }
  return static_cast<double>(bytes);
}

double bits_of(const std::string& key, const YamlNode& at) {
  std::int64_t bits = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), bits);
  if (error != std::errc{} || end != key.data() + key.size() || bits < 1 || bits > kMostBits) {
    at.fail(fmt::format("'{}' is not a number of bits from 1 to {}", key, kMostBits));
  }
  return static_cast<double>(bits);
}

/// {size: energy, ...}, in ascending order of sizes.
template <typename ReadSize, typename ReadEnergy>
std::vector<EnergyPoint> read_points(const YamlNode& node, const ReadSize& size_of,
                                     const ReadEnergy& energy_of) {
  std::vector<EnergyPoint> points;
  base::YamlMap map = node.map();
  for (const auto& [key, value] : map.entries()) {
    const EnergyPoint point{size_of(key, value), energy_of(value)};
    if (!(point.energy > 0.0)) {
      value.fail("a point of an energy that depends on a size must be above zero");
    }
    if (!points.empty() && points.back().size >= point.size) {
      value.fail(fmt::format("'{}' does not stand in ascending order of sizes", key));
    }
    points.push_back(point);
  }
  if (points.size() < 2) {
    node.fail("at least two sizes with their energies are expected, or one energy for all sizes");
  }
  return points;
}

void read_mac(const YamlNode& node, EnergyTable& table) {
  if (!node.is_map()) {
    table.mac = node.quantity(base::Dimension::kEnergy);
    return;
  }
  base::YamlMap parts = node.map();
  const auto joules = [](const YamlNode& value) { return value.quantity(base::Dimension::kEnergy); };
  table.scaling.multiply = read_points(parts.required("multiply"), bits_of, joules);
  table.scaling.add = read_points(parts.required("add"), bits_of, joules);
  parts.finish();
  table.mac = mac_energy(table, {});
}

void read_access(const YamlNode& node, double mac, std::vector<EnergyPoint>& points, double& access) {
  const auto joules = [mac](const YamlNode& value) {
    return energy(value, base::Dimension::kEnergyPerByte, mac);
  };
  if (node.is_map()) {
    points = read_points(node, bytes_of, joules);
    access = points.front().energy;
  } else {
    access = joules(node);
  }
}

}  // namespace

EnergyTable read_energy_table(const YamlNode& root) {
  base::YamlMap map = root.map();
  EnergyTable table;
  table.name = plain_name(map.required("name"));
  table.source = map.required("source").name();
  read_mac(map.required("mac"), table);
  read_access(map.required("l1_access"), table.mac, table.scaling.l1_access, table.l1_access);
  read_access(map.required("l2_access"), table.mac, table.scaling.l2_access, table.l2_access);
  table.vector_operation = energy(map.required("vector_operation"), base::Dimension::kEnergy, table.mac);
  if (const auto hop = map.optional("noc_hop")) {
    table.noc_hop = energy(*hop, base::Dimension::kEnergyPerByte, table.mac);
  }
  map.finish();
  return table;
}

EnergyTable load_energy_table(const std::string& name) {
  return read_energy_table(YamlNode::load(base::find_data_file(name, "energy")));
}

double energy_at(const std::vector<EnergyPoint>& points, double size) {
  std::size_t right = 0;
  while (right < points.size() && points[right].size < size) {
    ++right;
  }
  if (right < points.size() && points[right].size == size) {
    return points[right].energy;  // as published, without rounding
  }
  if (points.size() == 1) {
    return points.front().energy;
  }
  right = std::clamp<std::size_t>(right, 1, points.size() - 1);
  const EnergyPoint& a = points[right - 1];
  const EnergyPoint& b = points[right];
  const double slope = std::log(b.energy / a.energy) / std::log(b.size / a.size);
  return a.energy * std::pow(size / a.size, slope);
}

void fit_buffers(EnergyTable& table, std::int64_t l1_bytes, std::int64_t l2_bytes) {
  if (!table.scaling.l1_access.empty()) {
    table.l1_access = energy_at(table.scaling.l1_access, static_cast<double>(l1_bytes));
  }
  if (!table.scaling.l2_access.empty()) {
    table.l2_access = energy_at(table.scaling.l2_access, static_cast<double>(l2_bytes));
  }
}

void fit_energy(ChipletType& type) {
  fit_buffers(type.energy, type.l1_bytes, type.l2_bytes);
  if (type.array) {
    const std::vector<EnergyPoint>& points = type.energy.scaling.l2_access;
    type.array->accumulator_access =
        points.empty() || type.array->accumulator_bytes == 0
            ? type.energy.l2_access
            : energy_at(points, static_cast<double>(type.array->accumulator_bytes));
  }
}

ChipletType with_energy(ChipletType type, const EnergyTable& table) {
  type.source += fmt::format(" Energy table replaced by {}.", table.name);
  type.energy = table;
  fit_energy(type);
  return type;
}

double mac_energy(const EnergyTable& table, const workload::Precision& precision) {
  const auto product = static_cast<double>(precision.inputs) * static_cast<double>(precision.weights);
  if (table.scaling.multiply.empty()) {
    return table.mac * (product / static_cast<double>(kUsualBits * kUsualBits));
  }
  return energy_at(table.scaling.multiply, std::sqrt(product)) +
         energy_at(table.scaling.add, static_cast<double>(precision.accumulator));
}

double vector_energy(const EnergyTable& table, std::int64_t bits) {
  return table.vector_operation * (static_cast<double>(bits) / static_cast<double>(kUsualBits));
}

}  // namespace inlay::hardware
