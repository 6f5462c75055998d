// Pictures and tables for the terminal.
#include "inlay/hardware/drawing.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "inlay/hardware/package_file.hpp"
#include "inlay/hardware/topology.hpp"

namespace inlay::hardware {
namespace {

using ::testing::HasSubstr;

Package three_by_three(bool triangular) {
  Package package;
  package.types.resize(1);
  package.types[0].name = "A";
  build_mesh(package, 3, 3, triangular, std::vector<int>(9, 0));
  place_interfaces(package, {4});
  return package;
}

TEST(Drawing, ShowsChipletsLinksAndMemory) {
  EXPECT_EQ(draw(load_package("het-3ws-1os-2x2")),
            "[c0 WS =M]---[c1 WS =M]\n"
            "     |            |\n"
            "[c2 WS =M]---[c3 OS =M]\n");
}

TEST(Drawing, ShowsDiagonals) {
  EXPECT_EQ(draw(three_by_three(true)),
            "[c0 A   ]---[c1 A   ]---[c2 A   ]\n"
            "    |     \\     |     \\     |\n"
            "[c3 A   ]---[c4 A =M]---[c5 A   ]\n"
            "    |     \\     |     \\     |\n"
            "[c6 A   ]---[c7 A   ]---[c8 A   ]\n");
}

TEST(Drawing, CrossesDiagonalsAndListsFarLinks) {
  Package package = three_by_three(false);
  package.links = {{0, 4}, {0, 8}, {1, 3}, {2, 4}};
  EXPECT_EQ(draw(package),
            "[c0 A   ]   [c1 A   ]   [c2 A   ]\n"
            "          X           /\n"
            "[c3 A   ]   [c4 A =M]   [c5 A   ]\n"
            "\n"
            "[c6 A   ]   [c7 A   ]   [c8 A   ]\n"
            "also linked: c0 - c8\n");
}

TEST(Drawing, LeavesOutUnusedRowsAndColumns) {
  Package package = three_by_three(false);
  package.chiplets = {{"a", 0, 5, 900}, {"b", 0, 5, 2000}};
  package.links = {{0, 1}};
  package.interfaces.clear();
  EXPECT_EQ(draw(package), "[a A]---[b A]\n");
}

TEST(Drawing, ListsWhatIsTooLarge) {
  Package package = three_by_three(false);
  package.interfaces.clear();
  package.links = {{0, 1}};
  package.chiplets.clear();
  for (int i = 0; i < 40; ++i) {
    package.chiplets.push_back({fmt::format("c{}", i), 0, i, i});
  }
  EXPECT_EQ(draw(package), "40 chiplets on 40 x 40 places, too many to draw; links: c0 - c1\n");
}

std::map<std::string, std::string> as_map(const std::vector<std::pair<std::string, std::string>>& rows) {
  return {rows.begin(), rows.end()};
}

TEST(Description, OfAPackageNamesItsFigures) {
  Package package = load_package("het-sides-2x2");
  std::map<std::string, std::string> rows = as_map(describe(package));
  EXPECT_EQ(rows["package"], "het-sides-2x2");
  EXPECT_EQ(rows["chiplets"], "4 with 4 links");
  EXPECT_EQ(rows["in total"], "16384 PEs, 40 MB of L2");
  EXPECT_EQ(rows["network"], "100 GB/s per chiplet, 35 ns and 2.04 pJ/bit per hop");
  EXPECT_EQ(rows["memory"], "64 GB/s for the package, 200 ns, 14.8 pJ/bit");
  EXPECT_EQ(rows["memory in total"], "64 GB/s");
  EXPECT_EQ(rows["interfaces"], "m0 at c0, m1 at c1, m2 at c2, m3 at c3");
  EXPECT_EQ(rows["overlap"], "serial");
  EXPECT_EQ(rows.count("static power"), 0U);
  package.static_power = 1.5;
  package.memory.scope = BandwidthScope::kPerInterface;
  package.network.scope = BandwidthScope::kPerLink;
  package.overlap = Overlap::kOverlapped;
  rows = as_map(describe(package));
  EXPECT_EQ(rows["static power"], "1.5 W");
  EXPECT_EQ(rows["memory in total"], "256 GB/s");
  EXPECT_THAT(rows["memory"], HasSubstr("64 GB/s per interface"));
  EXPECT_THAT(rows["network"], HasSubstr("100 GB/s per link"));
  EXPECT_EQ(rows["overlap"], "overlapped");
}

TEST(Description, OfAChipletTypeNamesItsFigures) {
  std::map<std::string, std::string> rows = as_map(describe(load_package("simba-nvd-2x2").types[0]));
  EXPECT_EQ(rows["chiplet type"], "WS");
  EXPECT_EQ(rows["dataflow"], "ws_tuned");
  EXPECT_EQ(rows["PEs"], "4096");
  EXPECT_EQ(rows["L1 per PE"], "512 B");
  EXPECT_EQ(rows["L2"], "10 MB");
  EXPECT_EQ(rows["NoC"], "1024 B/cycle, 1 hops");
  EXPECT_EQ(rows["clock"], "500 MHz");
  EXPECT_EQ(rows["vector lanes"], "256");
  EXPECT_EQ(rows["energy"],
            "maestro: MAC 0.23 pJ, L1 0.3864 pJ/B, L2 4.28 pJ/B, NoC hop 0 J/B, vector operation 0.23 pJ");
}

TEST(Description, TabulatesTypes) {
  const std::vector<std::vector<std::string>> table = type_table(load_package("het-3ws-1os-2x2"));
  ASSERT_EQ(table.size(), 3U);
  EXPECT_EQ(table[0][0], "type");
  EXPECT_EQ(table[1], (std::vector<std::string>{"WS", "3", "ws_tuned", "4096", "512 B", "10 MB",
                                                "1024 B/cycle", "500 MHz", "256", "maestro"}));
  EXPECT_EQ(table[2][1], "1");
}

}  // namespace
}  // namespace inlay::hardware
