// The single chiplet that a package is compared with.
#include "inlay/hardware/monolith.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "hardware/support.hpp"
#include "inlay/hardware/package_file.hpp"

namespace inlay::hardware {
namespace {

using ::testing::HasSubstr;

// Two kinds of chiplets with sizes of their own, so that every sum shows.
const std::string kUneven = R"(name: uneven
source: test
types:
  A: {chiplet: nvdla-ws-4096, pes: 100, l1: 10 B, l2: 1000 B, noc_bandwidth: 7 B/cycle, vector_lanes: 3}
  B: {chiplet: shidiannao-os-4096, pes: 30, l1: 20 B, l2: 500 B, noc_bandwidth: 5 B/cycle, vector_lanes: 2, noc_hops: 4}
mesh: {rows: 1, columns: 4, types: [[B, A, A, B]]}
interfaces: left-and-right
network: {bandwidth: 100 GB/s, per: chiplet, hop_latency: 35 ns, energy: 2 pJ/bit}
memory: {bandwidth: 10 GB/s, per: interface, latency: 200 ns, energy: 15 pJ/bit}
static_power: 3 W
overlap: overlapped
)";

Package uneven() {
  return read_package(base::YamlNode::parse(kUneven, "p.yaml"));
}

TEST(Monolith, SumsWhatThePackageHas) {
  const Package monolith = monolith_of(uneven(), 1);
  ASSERT_EQ(monolith.types.size(), 1U);
  const ChipletType& type = monolith.types[0];
  EXPECT_EQ(type.pes, 2 * 100 + 2 * 30);
  EXPECT_EQ(type.l2_bytes, 2 * 1000 + 2 * 500);
  EXPECT_EQ(type.noc_bytes_per_cycle, 2 * 7 + 2 * 5);
  EXPECT_EQ(type.vector_lanes, 2 * 3 + 2 * 2);
  EXPECT_EQ(type.l1_bytes, 20) << "per PE: the chosen type's";
  EXPECT_EQ(type.noc_hops, 4);
  EXPECT_EQ(type.dataflow.name, "os_tuned");
  EXPECT_DOUBLE_EQ(type.clock, 500e6);
  EXPECT_EQ(type.name, "monolithic-B");
  EXPECT_EQ(monolith.name, "monolithic@B:uneven");
  EXPECT_THAT(type.source, HasSubstr("All 4 chiplets of package 'uneven' in one, of type 'B'"));
}

// A chiplet that is not charged is not limited: neither is the whole then.
TEST(Monolith, SumsTheOffChipBandwidthsThatAreCharged) {
  Package package = uneven();
  EXPECT_EQ(monolith_of(package, 0).types[0].offchip_bytes_per_cycle, 0);
  package.types[0].offchip_bytes_per_cycle = 50;
  EXPECT_EQ(monolith_of(package, 0).types[0].offchip_bytes_per_cycle, 0);
  package.types[1].offchip_bytes_per_cycle = 10;
  EXPECT_EQ(monolith_of(package, 0).types[0].offchip_bytes_per_cycle, 2 * 50 + 2 * 10);
}

TEST(Monolith, StandsAtTheWholeMemory) {
  const Package package = uneven();
  const Package monolith = monolith_of(package, 0);
  ASSERT_EQ(monolith.chiplets.size(), 1U);
  ASSERT_EQ(monolith.interfaces.size(), 1U);
  EXPECT_TRUE(monolith.links.empty());
  EXPECT_EQ(monolith.memory_hops, (std::vector<int>{0}));
  EXPECT_EQ(monolith.hops, (std::vector<std::vector<int>>{{0}}));
  EXPECT_DOUBLE_EQ(total_memory_bandwidth(package), 20e9);
  EXPECT_DOUBLE_EQ(total_memory_bandwidth(monolith), 20e9);
  EXPECT_DOUBLE_EQ(interface_bandwidth(monolith), 20e9);
  EXPECT_EQ(monolith.memory.latency, package.memory.latency);
  EXPECT_EQ(monolith.memory.energy_per_bit, package.memory.energy_per_bit);
  EXPECT_EQ(monolith.static_power, 3.0);
  EXPECT_EQ(monolith.overlap, Overlap::kOverlapped);
}

TEST(Monolith, OfAMonolithIsItself) {
  const Package once = monolith_of(uneven(), 0);
  const Package twice = monolith_of(once, 0);
  EXPECT_EQ(twice.types[0].pes, once.types[0].pes);
  EXPECT_EQ(twice.types[0].l2_bytes, once.types[0].l2_bytes);
  EXPECT_EQ(twice.memory.bandwidth, once.memory.bandwidth);
}

TEST(Monolith, TakesTheMajorityUnlessToldOtherwise) {
  EXPECT_EQ(majority_type(uneven()), 0) << "a tie goes to the type that the file names first";
  EXPECT_EQ(load_package("monolithic:het-3ws-1os-2x2").name, "monolithic@WS:het-3ws-1os-2x2");
  const Package chosen = load_package("monolithic@OS:het-3ws-1os-2x2");
  EXPECT_EQ(chosen.name, "monolithic@OS:het-3ws-1os-2x2");
  EXPECT_EQ(chosen.types[0].dataflow.name, "os_tuned");
  EXPECT_EQ(chosen.types[0].pes, 16384);
  EXPECT_EQ(chosen.types[0].l2_bytes, 40'000'000);
  EXPECT_EQ(chosen.types[0].noc_bytes_per_cycle, 4096);
  EXPECT_EQ(chosen.types[0].vector_lanes, 1024);
  const std::string mostly_b = replaced(kUneven, "[[B, A, A, B]]", "[[B, A, B, B]]");
  EXPECT_EQ(majority_type(read_package(base::YamlNode::parse(mostly_b, "p.yaml"))), 1);
}

TEST(Monolith, OfAPathIsFound) {
  const Folder folder("monolith");
  const std::string path = folder.write("p.yaml", kUneven);
  EXPECT_EQ(load_package("monolithic:" + path).types[0].pes, 260);
  EXPECT_EQ(load_package("monolithic@B:" + path).types[0].l1_bytes, 20);
}

TEST(Monolith, RefusesWhatIsWrong) {
  EXPECT_THAT(message_of([] { load_package("monolithic:"); }),
              HasSubstr("write monolithic:PACKAGE, monolithic@TYPE"));
  EXPECT_THAT(message_of([] { load_package("monolithic@:het-sides-2x2"); }),
              HasSubstr("write monolithic:PACKAGE"));
  EXPECT_THAT(
      message_of([] { load_package("monolithic@OW:het-sides-2x2"); }),
      HasSubstr("'OW' is neither a chiplet type of package 'het-sides-2x2' nor a dataflow; allowed: WS, OS"));
  EXPECT_THAT(message_of([] { load_package("monolithic:het-side-2x2"); }),
              HasSubstr("did you mean 'het-sides-2x2'?"));
  EXPECT_THAT(message_of([] { load_package("monolith:het-sides-2x2"); }),
              HasSubstr("monolith:het-sides-2x2"));
}

TEST(Monolith, RefusesDifferentClocks) {
  Package package = uneven();
  package.types[0].clock = 1e9;
  EXPECT_EQ(message_of([&] { monolith_of(package, 0); }),
            "package 'uneven' has no monolith: chiplet 'c0' runs at 500 MHz, 'c1' at 1 GHz; give all its "
            "chiplets one "
            "clock");
}

TEST(Studies, ChangeDataflowAndNocBandwidth) {
  const Package package = uneven();
  dataflow::Dataflow other;
  other.name = "other";
  const Package changed = with_dataflow(package, 1, other);
  EXPECT_EQ(changed.types[0].dataflow.name, package.types[0].dataflow.name);
  EXPECT_EQ(changed.types[1].dataflow.name, "other");
  EXPECT_THAT(changed.types[1].source, HasSubstr("Dataflow replaced by other."));
  const Package wide = with_noc_bandwidth(package, 4096);
  EXPECT_EQ(wide.types[0].noc_bytes_per_cycle, 4096);
  EXPECT_EQ(wide.types[1].noc_bytes_per_cycle, 4096);
  EXPECT_EQ(monolith_of(wide, 0).types[0].noc_bytes_per_cycle, 4 * 4096);
}

}  // namespace
}  // namespace inlay::hardware
