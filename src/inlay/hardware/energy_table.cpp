#include "inlay/hardware/energy_table.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "inlay/base/file.hpp"
#include "inlay/hardware/reference.hpp"

namespace inlay::hardware {
namespace {

constexpr std::string_view kTimesMac = "x mac";

double energy(const base::YamlNode& value, base::Dimension dimension, double mac) {
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

}  // namespace

EnergyTable read_energy_table(const base::YamlNode& root) {
  base::YamlMap map = root.map();
  EnergyTable table;
  table.name = plain_name(map.required("name"));
  table.source = map.required("source").name();
  table.mac = map.required("mac").quantity(base::Dimension::kEnergy);
  table.l1_access = energy(map.required("l1_access"), base::Dimension::kEnergyPerByte, table.mac);
  table.l2_access = energy(map.required("l2_access"), base::Dimension::kEnergyPerByte, table.mac);
  table.vector_operation = energy(map.required("vector_operation"), base::Dimension::kEnergy, table.mac);
  map.finish();
  return table;
}

EnergyTable load_energy_table(const std::string& name) {
  return read_energy_table(base::YamlNode::load(base::find_data_file(name, "energy")));
}

}  // namespace inlay::hardware
