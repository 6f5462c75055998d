// Every example of docs/formats-hardware.md can be loaded, and its drawing is what the program draws.
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "hardware/support.hpp"
#include "inlay/base/file.hpp"
#include "inlay/hardware/chiplet_type.hpp"
#include "inlay/hardware/drawing.hpp"
#include "inlay/hardware/energy_table.hpp"
#include "inlay/hardware/package_file.hpp"
#include "inlay/hardware/reference.hpp"

namespace inlay::hardware {
namespace {

/// The fenced blocks under a comment such as `<!-- package: my-mesh.yaml -->`: comment to content.
std::map<std::string, std::string> examples(const std::string& page = "formats-hardware.md") {
  std::istringstream text(base::read_file(SOURCE_DIR "/docs/" + page));
  std::map<std::string, std::string> result;
  std::string title;
  bool inside = false;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("<!-- ") && line.ends_with(" -->")) {
      title = line.substr(5, line.size() - 9);
    } else if (line.starts_with("```")) {
      inside = !inside;
    } else if (inside) {
      result[title] += line + '\n';
    }
  }
  return result;
}

TEST(Docs, ExamplesLoad) {
  const std::map<std::string, std::string> all = examples();
  const Folder folder("docs");
  std::map<std::string, std::string> path_of;
  for (const auto& [title, content] : all) {
    if (title.ends_with(".yaml") && title.find(": ") != std::string::npos) {
      path_of[title] = folder.write(title.substr(title.find(": ") + 2), content);
    }
  }
  ASSERT_EQ(path_of.size(), 4U);
  const Package mesh = load_package(path_of.at("package: my-mesh.yaml"));
  EXPECT_EQ(mesh.chiplets.size(), 6U);
  EXPECT_EQ(mesh.types[1].dataflow.name, "ykp_os");
  EXPECT_EQ(mesh.types[1].noc_bytes_per_cycle, 256);
  const Package ring = load_package(path_of.at("package: my-ring.yaml"));
  EXPECT_EQ(ring.memory_hops, (std::vector<int>{0, 1, 1, 2}));
  EXPECT_EQ(ring.types[1].energy.name, "my-energy");
  EXPECT_EQ(load_chiplet_type(path_of.at("chiplet: my-chiplet.yaml")).l2_bytes, 2 * 1024 * 1024);
  EXPECT_DOUBLE_EQ(load_energy_table(path_of.at("energy: my-energy.yaml")).l2_access, 4e-12);
  EXPECT_EQ(draw(ring), all.at("drawing of my-ring.yaml"));
  EXPECT_EQ(load_package("monolithic@ykp_os:" + path_of.at("package: my-mesh.yaml")).types[0].dataflow.name,
            "ykp_os");
}

TEST(Docs, PartsOfAChipletLoad) {
  const std::map<std::string, std::string> all = examples();
  const Folder folder("docs-parts");
  folder.write("my-energy.yaml", all.at("energy: my-energy.yaml"));
  const ChipletType type = load_chiplet_type(
      folder.write("parts.yaml", all.at("chiplet: my-chiplet.yaml") + all.at("part of a chiplet: array") +
                                     all.at("part of a chiplet: offchip")));
  ASSERT_TRUE(type.array);
  EXPECT_EQ(type.array->accumulator_bytes, 64 * 1024);
  ASSERT_TRUE(type.offchip);
  EXPECT_EQ(type.offchip->convolution_cycles, 264);
}

TEST(Docs, DrawEveryLargerPackage) {
  const std::map<std::string, std::string> drawings = examples("packages.md");
  std::size_t drawn = 0;
  for (const std::string& name : shipped_names("packages")) {
    if (name.find("2x2") == std::string::npos && !name.ends_with("-256pe")) {
      const auto found = drawings.find("drawing of " + name);
      ASSERT_NE(found, drawings.end()) << name;
      EXPECT_EQ(draw(load_package(name)), found->second) << name;
      ++drawn;
    }
  }
  EXPECT_EQ(drawn, drawings.size());
}

TEST(Docs, NameEveryShippedFile) {
  const std::string text = base::read_file(SOURCE_DIR "/docs/formats-hardware.md");
  for (const char* room : {"chiplets", "packages"}) {
    for (const std::string& name : shipped_names(room)) {
      EXPECT_NE(text.find("`" + name + "`"), std::string::npos) << name;
    }
  }
}

}  // namespace
}  // namespace inlay::hardware
