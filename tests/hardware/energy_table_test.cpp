// Energies that depend on the size of a buffer and on the widths of operands.
#include "inlay/hardware/energy_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "hardware/support.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/monolith.hpp"
#include "inlay/hardware/package_file.hpp"

namespace inlay::hardware {
namespace {

using testing::HasSubstr;

constexpr const char* kScaled = R"(name: scaled
source: invented
mac: {multiply: {8: 0.2 pJ, 32: 3.2 pJ}, add: {8: 0.03 pJ, 32: 0.12 pJ}}
l1_access: {1 KiB: 1 pJ/B, 4 KiB: 2 pJ/B}
l2_access: {1 KiB: 1 pJ/B, 4 KiB: 2 pJ/B, 16 KiB: 8 pJ/B}
vector_operation: 2 x mac
noc_hop: 0.5 pJ/B
)";

EnergyTable table_of(const std::string& text) {
  return read_energy_table(base::YamlNode::parse(text, "e.yaml"));
}

TEST(EnergyAt, IsExactAtPointsAndAPowerLawBetweenAndBeyond) {
  const std::vector<EnergyPoint> points = {{1024, 1.0}, {4096, 2.0}, {16384, 8.0}};
  for (const EnergyPoint& point : points) {
    EXPECT_EQ(energy_at(points, point.size), point.energy);
  }
  EXPECT_DOUBLE_EQ(energy_at(points, 2048), std::sqrt(2.0));  // slope 1/2
  EXPECT_DOUBLE_EQ(energy_at(points, 256), 0.5);
  EXPECT_DOUBLE_EQ(energy_at(points, 8192), 4.0);  // slope 1
  EXPECT_DOUBLE_EQ(energy_at(points, 65536), 32.0);
  EXPECT_EQ(energy_at({{8, 3.0}}, 1e6), 3.0);
  double before = 0.0;
  for (double size = 1; size < 1e9; size *= 1.3) {
    EXPECT_GT(energy_at(points, size), before);
    before = energy_at(points, size);
  }
}

TEST(EnergyTableFile, ScaledTablesFitTheBuffersOfTheirChiplet) {
  EnergyTable table = table_of(kScaled);
  EXPECT_DOUBLE_EQ(table.mac, 0.23e-12);
  EXPECT_DOUBLE_EQ(table.vector_operation, 0.46e-12);
  EXPECT_DOUBLE_EQ(table.noc_hop, 0.5e-12);
  fit_buffers(table, 256, 65536);
  EXPECT_DOUBLE_EQ(table.l1_access, 0.5e-12);
  EXPECT_DOUBLE_EQ(table.l2_access, 32e-12);
}

TEST(EnergyTableFile, WidthsScaleMultiplierAdderAndVectorUnit) {
  const EnergyTable parts = table_of(kScaled);
  EXPECT_DOUBLE_EQ(mac_energy(parts, {8, 8, 8, 8}), 0.23e-12);
  EXPECT_DOUBLE_EQ(mac_energy(parts, {32, 32, 8, 32}), 3.32e-12);
  EXPECT_DOUBLE_EQ(mac_energy(parts, {16, 16, 8, 16}), 0.8e-12 + 0.06e-12);
  EXPECT_DOUBLE_EQ(mac_energy(parts, {4, 16, 8, 8}), 0.23e-12);  // as one of 8 x 8
  EXPECT_DOUBLE_EQ(vector_energy(parts, 16), 0.92e-12);
  const EnergyTable whole = load_energy_table("maestro");
  EXPECT_DOUBLE_EQ(mac_energy(whole, {8, 8, 8, 8}), whole.mac);
  EXPECT_DOUBLE_EQ(mac_energy(whole, {4, 16, 8, 32}), whole.mac);
  EXPECT_DOUBLE_EQ(mac_energy(whole, {16, 16, 8, 8}), 4 * whole.mac);
  // The rule of the product, which tables without parts follow, against the published figures.
  const EnergyTable published = load_energy_table("horowitz-45nm");
  const double ratio = (mac_energy(published, {32, 32, 8, 8}) - 0.03e-12) / 0.2e-12;
  EXPECT_NEAR(ratio, 16.0, 0.6);
}

TEST(EnergyTableFile, ShippedPublishedFigures) {
  EnergyTable horowitz = load_energy_table("horowitz-45nm");
  EXPECT_DOUBLE_EQ(horowitz.mac, 0.23e-12);
  fit_buffers(horowitz, 8192, 1 << 20);
  EXPECT_DOUBLE_EQ(8 * horowitz.l1_access, 10e-12);  // 64 bits
  EXPECT_DOUBLE_EQ(8 * horowitz.l2_access, 100e-12);
  fit_buffers(horowitz, 512, 32768);
  EXPECT_DOUBLE_EQ(horowitz.l1_access, 1.25e-12 / 4);  // a sixteenth of the size, by the square root
  EXPECT_DOUBLE_EQ(8 * horowitz.l2_access, 20e-12);
  EnergyTable set = load_energy_table("set-isca2023");
  fit_buffers(set, 32, 1 << 20);
  EXPECT_DOUBLE_EQ(set.l1_access, 8 * (0.0509e-12 + 0.0506e-12) / 2);
  EXPECT_DOUBLE_EQ(set.l2_access, 8 * (0.1317125e-12 + 0.234025e-12) / 2);
}

TEST(EnergyTableFile, AMonolithPaysForItsLargerBuffer) {
  Package package = load_package("simba-nvd-2x2");
  for (ChipletType& type : package.types) {
    type = with_energy(type, load_energy_table("horowitz-45nm"));
  }
  const Package whole = monolith_of(package, 0);
  EXPECT_EQ(whole.types[0].l2_bytes, 40'000'000);
  const double slope = std::log(5.0) / std::log(32.0);  // of the last two points
  EXPECT_DOUBLE_EQ(whole.types[0].energy.l2_access / package.types[0].energy.l2_access, std::pow(4.0, slope));
  EXPECT_EQ(whole.types[0].energy.l1_access, package.types[0].energy.l1_access);
  EXPECT_THAT(package.types[0].source, HasSubstr("Energy table replaced by horowitz-45nm."));
  const Package constant = load_package("simba-nvd-2x2");
  EXPECT_EQ(monolith_of(constant, 0).types[0].energy.l2_access, constant.types[0].energy.l2_access);
}

TEST(EnergyTableFile, RefusesPointsThatMakeNoLine) {
  const auto error_with = [](const std::string& from, const std::string& to) {
    return message_of([&] { table_of(replaced(kScaled, from, to)); });
  };
  EXPECT_THAT(error_with("l1_access: {1 KiB", "l1_access: {1 KiBi"),
              HasSubstr("'1 KiBi' is not the size of a buffer"));
  EXPECT_THAT(error_with("l1_access: {1 KiB", "l1_access: {8 KiB"),
              HasSubstr("'4 KiB' does not stand in ascending order of sizes"));
  EXPECT_THAT(error_with("l1_access: {1 KiB: 1 pJ/B, ", "l1_access: {"),
              HasSubstr("l1_access: at least two sizes with their energies are expected"));
  EXPECT_THAT(error_with("l1_access: {1 KiB: 1 pJ/B", "l1_access: {1 KiB: 0 pJ/B"),
              HasSubstr("must be above zero"));
  EXPECT_THAT(error_with("{8: 0.2 pJ, 32", "{8: 0.2 pJ, 65"),
              HasSubstr("'65' is not a number of bits from 1 to 64"));
  EXPECT_THAT(error_with(", add:", ", plus:"), HasSubstr("key 'add' is missing"));
}

}  // namespace
}  // namespace inlay::hardware
