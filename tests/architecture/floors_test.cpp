// Rooms of the house depend downwards only (docs/architecture.md).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>

namespace {

namespace fs = std::filesystem;

const std::map<std::string, int>& floors() {
  static const std::map<std::string, int> kFloors = {
      {"base", 0},      {"workload", 1}, {"dataflow", 1}, {"hardware", 2}, {"cost", 3},
      {"importers", 4}, {"schedule", 4}, {"simulate", 5}, {"evaluate", 5}, {"verify", 6},
      {"search", 6},    {"report", 7},   {"explore", 7},  {"studies", 7}};
  return kFloors;
}

/// Empty if a file of `room` may include "inlay/`included`/...", else the reason why not.
std::string forbidden(const std::string& room, const std::string& included) {
  if (floors().count(included) == 0) {
    return "'" + included + "' is no room";
  }
  if (room == included || floors().at(included) < floors().at(room)) {
    return "";
  }
  return room + " (floor " + std::to_string(floors().at(room)) + ") may not use " + included + " (floor " +
         std::to_string(floors().at(included)) + ")";
}

TEST(Floors, EveryIncludeGoesDownwards) {
  const std::regex include(R"(^\s*#\s*include\s*"inlay/([^/"]+)/)");
  int seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / "src/inlay")) {
    if (!entry.is_regular_file()) {
      continue;
    }
    const std::string room = fs::relative(entry.path(), fs::path(SOURCE_DIR) / "src/inlay").begin()->string();
    ASSERT_EQ(floors().count(room), 1U) << entry.path() << " stands in no room";
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (std::regex_search(line, match, include)) {
        EXPECT_EQ(forbidden(room, match[1]), "") << entry.path();
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 10);
}

TEST(Floors, RuleItselfForbids) {
  EXPECT_EQ(forbidden("cost", "hardware"), "");
  EXPECT_NE(forbidden("hardware", "cost"), "");
  EXPECT_NE(forbidden("search", "verify"), "");
  EXPECT_NE(forbidden("cost", "kitchen"), "");
}

}  // namespace
