// Chiplet types, energy tables, and what a package may change of them.
#include "inlay/hardware/chiplet_type.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "hardware/support.hpp"
#include "inlay/hardware/energy_table.hpp"

namespace inlay::hardware {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

const std::string kChiplet = R"(name: mine
source: invented
dataflow: kcp_ws
pes: 1024
l1: 1 KiB
l2: 2 MiB
noc_bandwidth: 128 B/cycle
noc_hops: 2
clock: 1 GHz
vector_lanes: 48
energy: {name: mine, source: invented, mac: 0.5 pJ, l1_access: 1 pJ/B, l2_access: 20 x mac, vector_operation: 0.1 pJ}
)";

ChipletType parse(const std::string& text) {
  return read_chiplet_type(base::YamlNode::parse(text, "c.yaml"));
}

ChipletType changed(const std::string& text) {
  return read_package_type("A", base::YamlNode::parse(text, "p.yaml"));
}

TEST(ChipletFile, IsRead) {
  const ChipletType type = parse(kChiplet);
  EXPECT_EQ(type.name, "mine");
  EXPECT_EQ(type.source, "invented");
  EXPECT_EQ(type.dataflow.name, "kcp_ws");
  EXPECT_EQ(type.pes, 1024);
  EXPECT_EQ(type.l1_bytes, 1024);
  EXPECT_EQ(type.l2_bytes, 2 * 1024 * 1024);
  EXPECT_EQ(type.noc_bytes_per_cycle, 128);
  EXPECT_EQ(type.noc_hops, 2);
  EXPECT_DOUBLE_EQ(type.clock, 1e9);
  EXPECT_EQ(type.vector_lanes, 48);
  EXPECT_DOUBLE_EQ(type.energy.mac, 0.5e-12);
  EXPECT_DOUBLE_EQ(type.energy.l1_access, 1e-12);
  EXPECT_DOUBLE_EQ(type.energy.l2_access, 10e-12);
  EXPECT_DOUBLE_EQ(type.energy.vector_operation, 0.1e-12);
}

TEST(ChipletFile, IsChargedOffChipOnlyWhereItSaysSo) {
  EXPECT_EQ(parse(kChiplet).offchip_bytes_per_cycle, 0);
  EXPECT_EQ(
      parse(replaced(kChiplet, "noc_hops: 2\n", "offchip_bandwidth: 50 B/cycle\n")).offchip_bytes_per_cycle,
      50);
  EXPECT_EQ(changed("{chiplet: nvdla-ws-4096, offchip_bandwidth: 512 B/cycle}").offchip_bytes_per_cycle, 512);
  EXPECT_NE(message_of([] { changed("{chiplet: nvdla-ws-4096, offchip_bandwidth: 0 B/cycle}"); }),
            "no error");
}

TEST(ChipletFile, HasOneLanePerSixteenPesUnlessItSaysOtherwise) {
  const std::string text = replaced(kChiplet, "vector_lanes: 48\n", "");
  EXPECT_EQ(parse(text).vector_lanes, 64);
  EXPECT_EQ(parse(replaced(text, "pes: 1024", "pes: 7")).vector_lanes, 1);
  EXPECT_EQ(parse(replaced(text, "noc_hops: 2\n", "")).noc_hops, 1);
}

TEST(ChipletFile, RefusesWhatIsWrong) {
  const auto error_with = [](const std::string& from, const std::string& to) {
    return message_of([&] { parse(replaced(kChiplet, from, to)); });
  };
  EXPECT_EQ(error_with("pes: 1024", "pes: 0"), "c.yaml:4:6: pes: 0 is too small, at least 1 is expected");
  EXPECT_THAT(error_with("pes: 1024", "pes: 99999999"),
              HasSubstr("pes: 99999999 is too large, at most 16777216"));
  EXPECT_THAT(error_with("pes: 1024", "pes: [1]"), HasSubstr("c.yaml:4:6: pes: a single value is expected"));
  EXPECT_THAT(error_with("pes: 1024\n", ""), HasSubstr("key 'pes' is missing"));
  EXPECT_THAT(error_with("pes: 1024", "size: 1024"), HasSubstr("key 'pes' is missing"));
  EXPECT_EQ(error_with("pes: 1024", "pess: 1024"), "c.yaml:4:1: pess: unknown key; did you mean 'pes'?");
  EXPECT_THAT(
      error_with("kcp_ws", "kpc_ws"),
      HasSubstr("c.yaml:3:11: dataflow: 'kpc_ws' is not among the files in data/dataflows that Inlay ships"));
  EXPECT_THAT(error_with("kcp_ws", "kpc_ws"), HasSubstr("did you mean 'kcp_ws'?"));
  EXPECT_THAT(error_with("l1: 1 KiB", "l1: 1024"),
              HasSubstr("c.yaml:5:5: l1: '1024' is not a quantity in B"));
  EXPECT_THAT(error_with("l1: 1 KiB", "l1: 0 B"), HasSubstr("l1: '0 B' must be above zero"));
  EXPECT_THAT(error_with("l2: 2 MiB", "l2: 2 TB"),
              HasSubstr("l2: '2 TB' is too large, at most 1 TB is allowed"));
  EXPECT_THAT(error_with("l2: 2 MiB", "l2: 0.3 B"), HasSubstr("l2: '0.3 B' is not a whole number of bytes"));
  EXPECT_THAT(error_with("128 B/cycle", "128 B/s"),
              HasSubstr("noc_bandwidth: '128 B/s' is not a quantity in B/cycle"));
  EXPECT_THAT(error_with("128 B/cycle", "0.5 B/cycle"),
              HasSubstr("noc_bandwidth: '0.5 B/cycle' is not a whole number of bytes per cycle"));
  EXPECT_THAT(error_with("128 B/cycle", "128 TB/cycle"), HasSubstr("at most 1073741824 B/cycle"));
  EXPECT_THAT(error_with("noc_hops: 2", "noc_hops: -1"), HasSubstr("noc_hops: -1 is too small, at least 0"));
  EXPECT_THAT(error_with("1 GHz", "1e9"), HasSubstr("clock: '1e9' is not a quantity in Hz"));
  EXPECT_THAT(error_with("1 GHz", "0 GHz"), HasSubstr("clock: '0 GHz' must be above zero"));
  EXPECT_THAT(error_with("1 GHz", "2 THz"), HasSubstr("clock: '2 THz' is too high, at most 1 THz"));
  EXPECT_THAT(error_with("vector_lanes: 48", "vector_lanes: 0"), HasSubstr("vector_lanes: 0 is too small"));
  EXPECT_THAT(error_with("vector_lanes: 48", "lanes: 48"),
              HasSubstr("c.yaml:10:1: lanes: unknown key; allowed: name, source,"));
  EXPECT_THAT(error_with("name: mine\nsource", "name: m/ne\nsource"),
              HasSubstr("c.yaml:1:7: name: 'm/ne' is not a plain name"));
  EXPECT_THAT(message_of([] { load_chiplet_type("nvdla"); }),
              HasSubstr("chiplets that Inlay ships; allowed: "));
}

TEST(EnergyTableFile, RefusesWhatIsWrong) {
  const auto error_with = [](const std::string& from, const std::string& to) {
    return message_of([&] { parse(replaced(kChiplet, from, to)); });
  };
  EXPECT_THAT(error_with("0.5 pJ", "0.5"),
              HasSubstr("c.yaml:11:45: energy.mac: '0.5' is not a quantity in J"));
  EXPECT_THAT(error_with("20 x mac", "20 x Mac"),
              HasSubstr("energy.l2_access: '20 x Mac' is not a quantity in J/B"));
  EXPECT_THAT(error_with("20 x mac", "-1 x mac"),
              HasSubstr("'-1 x mac' is not a multiple of the MAC energy; write"));
  EXPECT_THAT(error_with("20 x mac", "x mac"),
              HasSubstr("'x mac' is not a multiple of the MAC energy; write for"));
  EXPECT_THAT(error_with("20 x mac", "nan x mac"),
              HasSubstr("'nan x mac' is not a multiple of the MAC energy"));
  EXPECT_THAT(error_with("1 pJ/B", "1 pJ"), HasSubstr("energy.l1_access: '1 pJ' is not a quantity in J/B"));
  EXPECT_THAT(error_with("1 pJ/B", "-1 pJ/B"), HasSubstr("energy.l1_access: '-1 pJ/B' must be zero or more"));
  EXPECT_THAT(error_with(", vector_operation: 0.1 pJ", ""), HasSubstr("key 'vector_operation' is missing"));
  EXPECT_THAT(
      error_with(", vector_operation: 0.1 pJ", ", vector_operation: 0.1 pJ, dram: 1 pJ"),
      HasSubstr(
          "energy.dram: unknown key; allowed: name, source, mac, l1_access, l2_access, vector_operation, "
          "noc_hop"));
  EXPECT_THAT(message_of([] { load_energy_table("maestr"); }), HasSubstr("did you mean 'maestro'?"));
}

TEST(EnergyTableFile, OfMaestroIsInMultiplesOfTheMac) {
  const EnergyTable table = load_energy_table("maestro");
  EXPECT_EQ(table.name, "maestro");
  EXPECT_DOUBLE_EQ(table.l1_access / table.mac, 1.68);
  EXPECT_DOUBLE_EQ(table.l2_access / table.mac, 18.61);
  EXPECT_THAT(table.source, HasSubstr("Horowitz"));
}

TEST(PackageType, TakesItsNameFromThePackage) {
  const ChipletType plain = changed("nvdla-ws-4096");
  const ChipletType file = load_chiplet_type("nvdla-ws-4096");
  EXPECT_EQ(plain.name, "A");
  EXPECT_EQ(plain.source, "nvdla-ws-4096: " + file.source);
  EXPECT_EQ(plain.pes, file.pes);
}

TEST(PackageType, ChangesFields) {
  const ChipletType type = changed(
      "{chiplet: shidiannao-os-4096, dataflow: ykp_os, noc_bandwidth: 256 B/cycle, pes: 1024, l1: 2 kB, "
      "l2: 1 MB, noc_hops: 3, clock: 2 GHz}");
  EXPECT_EQ(type.dataflow.name, "ykp_os");
  EXPECT_EQ(type.noc_bytes_per_cycle, 256);
  EXPECT_EQ(type.pes, 1024);
  EXPECT_EQ(type.l1_bytes, 2000);
  EXPECT_EQ(type.l2_bytes, 1'000'000);
  EXPECT_EQ(type.noc_hops, 3);
  EXPECT_DOUBLE_EQ(type.clock, 2e9);
  EXPECT_EQ(type.vector_lanes, 64) << "lanes follow the PEs that the package gives";
  EXPECT_EQ(type.energy.name, "maestro");
  EXPECT_THAT(type.source,
              EndsWith(" Changed by the package: dataflow = ykp_os, pes = 1024, l1 = 2 kB, l2 = 1 MB, "
                       "noc_bandwidth = 256 B/cycle, noc_hops = 3, clock = 2 GHz."));
}

TEST(PackageType, MayBringItsOwnEnergyTable) {
  const ChipletType type = changed(
      "{chiplet: nvdla-ws-256, vector_lanes: 4, energy: {name: own, source: test, mac: 1 pJ, l1_access: 1 x "
      "mac, "
      "l2_access: 2 x mac, vector_operation: 3 x mac}}");
  EXPECT_EQ(type.energy.name, "own");
  EXPECT_EQ(type.vector_lanes, 4);
  EXPECT_DOUBLE_EQ(type.energy.vector_operation, 3e-12);
  EXPECT_THAT(
      message_of([] { changed("{chiplet: nvdla-ws-256, energy: maestr}"); }),
      HasSubstr("p.yaml:1:33: energy: 'maestr' is not among the files in data/energy that Inlay ships"));
}

}  // namespace
}  // namespace inlay::hardware
