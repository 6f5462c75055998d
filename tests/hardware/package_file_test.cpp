// Reading packages: what is understood, and every error with its position.
#include "inlay/hardware/package_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "hardware/support.hpp"

namespace inlay::hardware {
namespace {

using ::testing::HasSubstr;

const std::string kMesh = R"(name: mine
source: invented for this test
types:
  WS: nvdla-ws-4096
  OS: shidiannao-os-4096
mesh:
  rows: 2
  columns: 3
  types: [[WS, WS, OS], [OS, WS, WS]]
interfaces: left-and-right
network: {bandwidth: 100 GB/s, per: chiplet, hop_latency: 35 ns, energy: 2.04 pJ/bit}
memory: {bandwidth: 64 GB/s, per: interface, latency: 200 ns, energy: 14.8 pJ/bit}
)";

const std::string kList = R"(name: mine
source: invented for this test
types:
  WS: nvdla-ws-4096
  OS: shidiannao-os-4096
chiplets:
  - {name: left, type: WS, position: [0, 0]}
  - {name: middle, type: OS, position: [0, 1]}
  - {name: right, type: WS, position: [0, 2]}
links:
  - [right, middle]
  - [left, middle]
interfaces: [right]
network: {bandwidth: 50 GB/s, per: link, hop_latency: 0 ns, energy: 1 pJ/bit}
memory: {bandwidth: 64 GB/s, per: package, latency: 200 ns, energy: 14.8 pJ/bit}
static_power: 2.5 W
overlap: overlapped
)";

Package parse(const std::string& text) {
  return read_package(base::YamlNode::parse(text, "p.yaml"));
}

std::string error_of(const std::string& text) {
  return message_of([&] { parse(text); });
}

TEST(PackageFile, PatternsAreRepeatedOverTheMesh) {
  const auto types_of = [](const std::string& pattern) {
    std::string text = kMesh;
    text.replace(text.find("types: [["), text.find("]]") + 2 - text.find("types: [["), "pattern: " + pattern);
    std::string types;
    for (const Chiplet& chiplet : parse(text).chiplets) {
      types += std::to_string(chiplet.type);
    }
    return types;
  };
  EXPECT_EQ(types_of("[[WS, OS], [OS, WS]]"), "010101");
  EXPECT_EQ(types_of("[[WS, WS, OS]]"), "001001");
  EXPECT_EQ(types_of("[[WS], [OS]]"), "000111");
}

TEST(PackageFile, PatternErrors) {
  const auto with_pattern = [](const std::string& pattern) {
    std::string text = kMesh;
    text.replace(text.find("types: [["), text.find("]]") + 2 - text.find("types: [["), pattern);
    return error_of(text);
  };
  EXPECT_THAT(with_pattern("pattern: []"),
              HasSubstr("p.yaml:9:12: mesh.pattern: has 0 rows, 1 to 2 (the mesh's rows)"));
  EXPECT_THAT(with_pattern("pattern: [[WS], [OS], [WS]]"), HasSubstr("has 3 rows"));
  EXPECT_THAT(with_pattern("pattern: [[]]"),
              HasSubstr("mesh.pattern[0]: has 0 types, 1 to 3 (the mesh's columns)"));
  EXPECT_THAT(with_pattern("pattern: [[WS, OS, WS, OS]]"), HasSubstr("has 4 types"));
  EXPECT_THAT(with_pattern("pattern: [[WS, SO]]"), HasSubstr("mesh.pattern[0][1]: there is no type 'SO'"));
  EXPECT_THAT(with_pattern("pattern: [[WS, OS]]\n  types: WS"), HasSubstr("either 'types'"));
}

TEST(PackageFile, ReadsAMesh) {
  const Package package = parse(kMesh);
  ASSERT_EQ(package.chiplets.size(), 6U);
  EXPECT_EQ(package.name, "mine");
  EXPECT_EQ(package.types[0].name, "WS");
  EXPECT_THAT(package.types[0].source, HasSubstr("nvdla-ws-4096: "));
  EXPECT_EQ(package.chiplets[2].type, 1);
  EXPECT_EQ(package.chiplets[3].type, 1);
  EXPECT_EQ(package.chiplets[5].name, "c5");
  EXPECT_EQ(package.chiplets[5].row, 1);
  EXPECT_EQ(package.chiplets[5].column, 2);
  EXPECT_EQ(package.links,
            (std::vector<std::pair<int, int>>{{0, 1}, {0, 3}, {1, 2}, {1, 4}, {2, 5}, {3, 4}, {4, 5}}));
  EXPECT_EQ(package.memory.scope, BandwidthScope::kPerInterface);
  EXPECT_DOUBLE_EQ(total_memory_bandwidth(package), 4 * 64e9);
  EXPECT_EQ(package.memory_hops, (std::vector<int>{0, 1, 0, 0, 1, 0}));
  EXPECT_EQ(package.overlap, Overlap::kSerial);
  EXPECT_EQ(package.static_power, 0.0);
}

TEST(PackageFile, ReadsWhetherWeightLoadsTakeTime) {
  const auto with = [](const std::string& word) {
    return read_package(
               base::YamlNode::parse(replaced(kList, "14.8 pJ/bit}", "14.8 pJ/bit" + word + "}"), "p.yaml"))
        .memory.weight_loads;
  };
  EXPECT_EQ(with(""), WeightLoads::kTimed);
  EXPECT_EQ(with(", weight_loads: timed"), WeightLoads::kTimed);
  EXPECT_EQ(with(", weight_loads: untimed"), WeightLoads::kUntimed);
  EXPECT_THAT(message_of([&] { with(", weight_loads: free"); }),
              HasSubstr("memory.weight_loads: 'free' is unknown; allowed: timed, untimed"));
}

TEST(PackageFile, ReadsATriangularMesh) {
  const Package package = parse(replaced(kMesh, "columns: 3\n", "columns: 3\n  triangular: true\n"));
  EXPECT_EQ(package.links.size(), 9U);
  EXPECT_EQ(package.hops[0][5], 2);
}

TEST(PackageFile, ReadsChipletsAndLinks) {
  const Package package = parse(kList);
  ASSERT_EQ(package.chiplets.size(), 3U);
  EXPECT_EQ(package.chiplets[1].name, "middle");
  EXPECT_EQ(package.links, (std::vector<std::pair<int, int>>{{0, 1}, {1, 2}}));
  EXPECT_EQ(package.interfaces.size(), 1U);
  EXPECT_EQ(package.interfaces[0].chiplet, 2);
  EXPECT_EQ(package.memory_hops, (std::vector<int>{2, 1, 0}));
  EXPECT_EQ(package.network.scope, BandwidthScope::kPerLink);
  EXPECT_EQ(package.overlap, Overlap::kOverlapped);
  EXPECT_DOUBLE_EQ(package.static_power, 2.5);
}

TEST(PackageFile, SpreadsChipletsWithoutPositions) {
  std::string text = kList;
  for (const char* position : {", position: [0, 0]", ", position: [0, 1]", ", position: [0, 2]"}) {
    text = replaced(text, position, "");
  }
  const Package package = parse(text);
  EXPECT_EQ(package.chiplets[1].column, 1);
  EXPECT_EQ(package.chiplets[2].row, 1);
  EXPECT_EQ(package.chiplets[2].column, 0);
}

TEST(PackageFile, ReadsTheLargestMeshAndRefusesLarger) {
  std::string text = replaced(kMesh, "  OS: shidiannao-os-4096\n", "");
  text = replaced(text, "[[WS, WS, OS], [OS, WS, WS]]", "WS");
  text = replaced(text, "rows: 2", "rows: 64");
  EXPECT_EQ(parse(replaced(text, "columns: 3", "columns: 16")).chiplets.size(), 1024U);
  EXPECT_EQ(error_of(replaced(text, "columns: 3", "columns: 65")),
            "p.yaml:6:3: mesh: 64 x 65 are 4160 chiplets, at most 4096 are allowed");
}

struct Wrong {
  std::string text;
  std::string message;
};

void expect_refused(const std::vector<Wrong>& cases) {
  for (const Wrong& wrong : cases) {
    EXPECT_THAT(error_of(wrong.text), HasSubstr(wrong.message));
  }
}

TEST(PackageFile, RefusesWrongMeshes) {
  const auto with = [](const std::string& from, const std::string& to) { return replaced(kMesh, from, to); };
  expect_refused({
      {with("[OS, WS, WS]]", "[OS, WX, WS]]"),
       "p.yaml:9:30: mesh.types[1][1]: there is no type 'WX'; allowed: OS, WS; did you mean"},
      {with("[OS, WS, WS]]", "[OS, WS]]"),
       "p.yaml:9:25: mesh.types[1]: has 2 types, but the mesh has 3 columns"},
      {with(", [OS, WS, WS]]", "]"), "p.yaml:9:10: mesh.types: has 1 rows of types, but the mesh has 2 rows"},
      {with("[OS, WS, WS]]", "OS]"), "mesh.types[1]: a list is expected"},
      {with("rows: 2", "rows: 0"), "p.yaml:7:9: mesh.rows: 0 is too small, at least 1 is expected"},
      {with("columns: 3", "columns: -3"), "mesh.columns: -3 is too small"},
      {with("columns: 3", "columns: 5000"), "mesh.columns: 5000 is too large, at most 4096"},
      {with("columns: 3", "columns: 3.5"), "mesh.columns: '3.5' is not a whole number"},
      {with("columns: 3\n", "columns: 3\n  torus: true\n"),
       "p.yaml:9:3: mesh.torus: unknown key; allowed: rows, columns, triangular, pattern, types"},
      {with("columns: 3\n", "columns: 3\n  triangular: yes\n"),
       "mesh.triangular: 'yes' is neither true nor false"},
      {with("[[WS, WS, OS], [OS, WS, WS]]", "WS"),
       "p.yaml:4:3: types: no chiplet is of type 'OS'; leave the type out or use it"},
      {with("mesh:\n  rows: 2\n  columns: 3\n  types: [[WS, WS, OS], [OS, WS, WS]]\n", ""),
       "key 'mesh' is missing, or 'chiplets' and 'links'"},
      {with("interfaces:", "links: [[c0, c1]]\ninterfaces:"),
       "p.yaml:10:8: links: a package has either 'mesh' or 'chiplets'"},
  });
}

TEST(PackageFile, RefusesWrongChipletsAndLinks) {
  const auto with = [](const std::string& from, const std::string& to) { return replaced(kList, from, to); };
  expect_refused({
      {with("type: OS, ", "type: SO, "),
       "p.yaml:8:26: chiplets[1].type: there is no type 'SO'; allowed: OS, WS"},
      {with("name: middle", "name: left"), "p.yaml:8:12: chiplets[1].name: there are two chiplets 'left'"},
      {with("name: middle", "name: the middle"), "'the middle' is not a plain name: letters, digits"},
      {with("position: [0, 1]", "position: [0, 0]"), "there is another chiplet at row 0, column 0"},
      {with("position: [0, 1]", "position: [1]"),
       "has 1 numbers, a row and a column are expected, such as [0, 1]"},
      {with("position: [0, 1]", "position: [0, -1]"), "chiplets[1].position[1]: -1 is too small"},
      {with(", position: [0, 1]", ""),
       "p.yaml:8:5: chiplets[1]: either every chiplet has a position or none has"},
      {with("type: OS, ", "typ: OS, "), "chiplets[1].typ: unknown key; did you mean 'type'?"},
      {with("[left, middle]", "[left, midle]"),
       "p.yaml:12:12: links[1][1]: there is no chiplet 'midle'; allowed: left, middle, right; did you mean "
       "'middle'?"},
      {with("[left, middle]", "[left, left]"), "p.yaml:12:5: links[1]: joins chiplet 'left' to itself"},
      {with("[left, middle]", "[middle, right]"),
       "links[1]: there is already a link between 'middle' and 'right'; links work in both directions"},
      {with("[left, middle]", "[left, middle, right]"), "links[1]: has 3 chiplets, a link joins two"},
      {with("  - [left, middle]\n", ""),
       "links: no chain of links joins chiplet 'middle' to chiplet 'left' of package 'mine'"},
      {with("links:\n  - [right, middle]\n  - [left, middle]\n", ""),
       "p.yaml:7:3: chiplets: no chain of links joins"},
      {with("interfaces: [right]", "interfaces: []"),
       "p.yaml:13:13: interfaces: no memory interface: name at least one chiplet"},
      {with("interfaces: [right]\n", ""), "key 'interfaces' is missing"},
      {with("[right]\n", "[rigth]\n"),
       "interfaces[0]: there is no chiplet 'rigth'; allowed: left, middle, right; did you mean 'right'?"},
      {with("[right]\n", "[right, right]\n"),
       "interfaces[1]: there is already a memory interface at chiplet 'right'"},
      {with("[right]\n", "left-and-rihgt\n"),
       "'left-and-rihgt' is unknown; allowed: left-and-right; did you mean"},
  });
  EXPECT_THAT(error_of("name: a\nsource: b\ntypes: {WS: nvdla-ws-4096}\nchiplets: []\n"),
              HasSubstr("p.yaml:4:11: chiplets: has 0 chiplets, 1 to 4096 are expected"));
}

TEST(PackageFile, RefusesWrongQuantitiesAndWords) {
  const auto with = [](const std::string& from, const std::string& to) { return replaced(kList, from, to); };
  expect_refused({
      {with("64 GB/s", "64"), "p.yaml:15:21: memory.bandwidth: '64' is not a quantity in B/s"},
      {with("64 GB/s", "0 GB/s"), "memory.bandwidth: '0 GB/s' must be above zero"},
      {with("64 GB/s", "-1 GB/s"), "memory.bandwidth: '-1 GB/s' must be above zero"},
      {with("200 ns", "200"), "memory.latency: '200' is not a quantity in s"},
      {with("200 ns", "-200 ns"), "memory.latency: '-200 ns' must be zero or more"},
      {with("14.8 pJ/bit", "14.8 pJ"), "memory.energy: '14.8 pJ' is not a quantity in J/bit"},
      {with("per: package", "per: chiplet"), "memory.per: 'chiplet' is unknown; allowed: package, interface"},
      {with("per: package, ", ""), "memory: key 'per' is missing"},
      {with("50 GB/s", "50 GB"), "network.bandwidth: '50 GB' is not a quantity in B/s"},
      {with("per: link", "per: lnik"),
       "network.per: 'lnik' is unknown; allowed: chiplet, link; did you mean 'link'?"},
      {with("hop_latency: 0 ns", "hop_latency: 0 B"), "network.hop_latency: '0 B' is not a quantity in s"},
      {with("hop_latency", "latency_per_hop"), "network: key 'hop_latency' is missing"},
      {with("static_power: 2.5 W", "static_power: 2.5"), "static_power: '2.5' is not a quantity in W"},
      {with("overlap: overlapped", "overlap: overlaped"),
       "overlap: 'overlaped' is unknown; allowed: serial, overlapped; did you mean 'overlapped'?"},
      {with("overlap:", "ovrelap:"), "p.yaml:17:1: ovrelap: unknown key;"},
      {with("source: invented for this test\n", ""), "key 'source' is missing"},
      {with("name: mine", "name: my package"), "p.yaml:1:7: name: 'my package' is not a plain name"},
      {with("types:\n  WS: nvdla-ws-4096\n  OS: shidiannao-os-4096\n", "types: {}\n"),
       "types: at least one chiplet type"},
      {with("  WS: nvdla", "  W:S: nvdla"), "types.W:S: 'W:S' is not a plain name"},
      {with("types:\n  WS: nvdla-ws-4096\n  OS: shidiannao-os-4096\n", "types: [WS]\n"),
       "types: a mapping (key: value) is expected"},
  });
}

TEST(PackageFile, RefusesUnknownChipletFiles) {
  const auto with = [](const std::string& to) { return replaced(kList, "WS: nvdla-ws-4096", "WS: " + to); };
  expect_refused({
      {with("nvdla-ws-4069"),
       "p.yaml:4:7: types.WS: 'nvdla-ws-4069' is not among the files in data/chiplets that Inlay ships"},
      {with("nvdla-ws-4069"), "did you mean 'nvdla-ws-4096'?"},
      {with("nvdla-ws-4069.yaml"), "types.WS: nvdla-ws-4069.yaml: no such file"},
      {with("[nvdla-ws-4096]"), "types.WS: a chiplet's name is expected, or a mapping such as {chiplet:"},
      {with("{l2: 5 MB}"), "types.WS: key 'chiplet' is missing"},
      {with("{chiplet: nvdla-ws-4096, noc_bandwith: 1 B/cycle}"), "types.WS.noc_bandwith: unknown key;"},
      {with("{chiplet: nvdla-ws-4096, l2: 5}"), "p.yaml:4:36: types.WS.l2: '5' is not a quantity in B"},
  });
}

TEST(PackageFile, RefusesWhatIsNoPackage) {
  const Folder folder("no-package");
  EXPECT_THAT(message_of([] { load_package("nowhere/p.yaml"); }), HasSubstr("nowhere/p.yaml: no such file"));
  EXPECT_THAT(message_of([] { load_package("het-side-2x2"); }), HasSubstr("did you mean 'het-sides-2x2'?"));
  EXPECT_THAT(message_of([] { load_package(SOURCE_DIR "/data/packages"); }), HasSubstr("is a directory"));
  EXPECT_THAT(message_of([&] { load_package(folder.write("empty.yaml", "")); }), HasSubstr("is empty"));
  EXPECT_THAT(message_of([&] { load_package(folder.write("junk.yaml", std::string("\x01\x02", 2))); }),
              HasSubstr("not a text"));
  EXPECT_THAT(message_of([&] { load_package(folder.write("list.yaml", "- a\n")); }),
              HasSubstr("a mapping (key: value) is expected"));
}

// Whatever stands in the file: a package or an InputError, nothing else.
TEST(PackageFile, NeverFailsOtherwise) {
  EXPECT_TRUE(rc::check("damaged files are refused with an InputError", [] {
    std::string text = *rc::gen::element(kMesh, kList);
    for (int changes = *rc::gen::inRange(1, 4); changes > 0; --changes) {
      const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())));
      const auto length = static_cast<std::size_t>(*rc::gen::inRange(0, 12));
      const std::string with = *rc::gen::elementOf(
          std::vector<std::string>{"", "0", "-1", "99999999999999999999", "[", "]", "{", ": ", "\n", "  ",
                                   "'", "&a ", "*a ", "~", "WS", "1e308"});
      text.replace(at, length, with);
      if (text.empty()) {
        text = " ";
      }
    }
    try {
      const Package package = parse(text);
      RC_ASSERT(package.hops.size() == package.chiplets.size());
    } catch (const base::InputError& error) {
      RC_ASSERT(std::string(error.what()).size() > 5U);
    }
  }));
}

TEST(PackageFile, NamesChipletFilesFromItsOwnFolder) {
  const Folder folder("beside");
  const std::string chiplet =
      folder.write("parts/tiny.yaml",
                   "name: tiny\nsource: test\ndataflow: kcp_ws\npes: 64\nl1: 1 KiB\nl2: 64 KiB\n"
                   "noc_bandwidth: 32 B/cycle\nclock: 1 GHz\nenergy: maestro\n");
  const std::string package =
      folder.write("p.yaml", replaced(kList, "WS: nvdla-ws-4096", "WS: parts/tiny.yaml"));
  EXPECT_EQ(load_package(package).types[0].pes, 64);
  folder.write("parts/tiny.yaml", "name: tiny\nsource: test\ndataflow: kcp_ws\npes: none\n");
  EXPECT_THAT(message_of([&] { load_package(package); }),
              HasSubstr(chiplet + ":4:6: pes: 'none' is not a whole number"));
}

}  // namespace
}  // namespace inlay::hardware
