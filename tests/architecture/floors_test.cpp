// Rooms of the house depend downwards only (docs/architecture.md).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
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

/// The room that a line of code includes from; empty if it includes from none.
std::string included_room(const std::string& line) {
  const std::string beginning = "#include \"inlay/";
  const std::size_t at = line.find_first_not_of(" \t");
  if (at == std::string::npos || line.compare(at, beginning.size(), beginning) != 0) {
    return "";
  }
  const std::size_t room = at + beginning.size();
  return line.substr(room, line.find('/', room) - room);
}

TEST(Floors, EveryIncludeGoesDownwards) {
  int seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / "src/inlay")) {
    if (!entry.is_regular_file()) {
      continue;
    }
    const std::string room = fs::relative(entry.path(), fs::path(SOURCE_DIR) / "src/inlay").begin()->string();
    ASSERT_EQ(floors().count(room), 1U) << entry.path() << " stands in no room";
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (const std::string included = included_room(line); !included.empty()) {
        EXPECT_EQ(forbidden(room, included), "") << entry.path();
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 10);
}

TEST(Floors, RuleItselfForbids) {
  EXPECT_EQ(included_room("#include \"inlay/cost/engine.hpp\""), "cost");
  EXPECT_EQ(included_room("#include <vector>"), "");
  EXPECT_EQ(forbidden("cost", "hardware"), "");
  EXPECT_NE(forbidden("hardware", "cost"), "");
  EXPECT_NE(forbidden("search", "verify"), "");
  EXPECT_NE(forbidden("cost", "kitchen"), "");
}

}  // namespace
