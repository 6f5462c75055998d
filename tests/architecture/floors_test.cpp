// Rooms and the folders inside a room depend downwards only, and no two modules include each other in a
// circle (docs/architecture.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::map<std::string, int>& floors() {
  static const std::map<std::string, int> kFloors = {
      {"base", 0},      {"objective", 1}, {"workload", 1}, {"dataflow", 1}, {"hardware", 2}, {"cost", 3},
      {"importers", 4}, {"schedule", 4},  {"simulate", 5}, {"evaluate", 5}, {"verify", 6},   {"search", 6},
      {"solve", 7},     {"report", 8},    {"explore", 9},  {"studies", 10}};
  return kFloors;
}

/// The folders of a room from the lowest to the highest. Files at the top of a room are below its folders,
/// except for those that assemble them.
struct Inside {
  std::vector<std::string> folders;
  std::set<std::string> assemble;  // without ending
};

const std::map<std::string, Inside>& insides() {
  static const std::map<std::string, Inside> kInsides = {
      {"cost", {{"maestro", "data_centric", "systolic", "mapped", "roofline", "table"}, {"engines"}}},
      {"importers",
       {{"maestro", "xrbench", "scale_sim", "mnpusim", "timeloop", "onnx", "mappings"},
        {"importer", "load_model"}}},
      {"report", {{"figures", "text", "files", "page"}, {}}},
      {"studies", {{"agreement", "monolith", "scar", "silicon"}, {"studies"}}},
      {"search",
       {{"windows", "constraints", "sharding", "pipelines", "packing", "layerwise", "exact", "large", "scar"},
        {"search", "automatic"}}},
  };
  return kInsides;
}

/// A source file: src/inlay/room[/folder]/name.ending.
struct Place {
  std::string room;
  std::string folder;  // empty at the top of a room
  std::string name;
};

/// `path` is relative to src/inlay.
Place place_of(const fs::path& path) {
  std::vector<std::string> parts(path.begin(), path.end());
  return {parts.front(), parts.size() > 2 ? parts[1] : "", path.stem().string()};
}

int floor_inside(const Inside& inside, const Place& place) {
  if (place.folder.empty()) {
    return inside.assemble.count(place.name) == 0 ? -1 : static_cast<int>(inside.folders.size());
  }
  const auto found = std::find(inside.folders.begin(), inside.folders.end(), place.folder);
  return found == inside.folders.end() ? -2 : static_cast<int>(found - inside.folders.begin());
}

/// Empty if `from` may include `to`, else the reason why not.
std::string forbidden(const Place& from, const Place& to) {
  if (floors().count(to.room) == 0) {
    return "'" + to.room + "' is not a room";
  }
  if (from.room != to.room) {
    return floors().at(to.room) < floors().at(from.room)
               ? ""
               : from.room + " (floor " + std::to_string(floors().at(from.room)) + ") may not use " +
                     to.room + " (floor " + std::to_string(floors().at(to.room)) + ")";
  }
  const auto inside = insides().find(from.room);
  if (inside == insides().end() || from.folder == to.folder) {
    return "";
  }
  const int above = floor_inside(inside->second, from);
  const int below = floor_inside(inside->second, to);
  if (above == -2 || below == -2) {
    return "'" + (above == -2 ? from.folder : to.folder) + "' is not a folder of " + from.room;
  }
  return below < above ? "" : from.room + "/" + from.folder + " may not use " + to.room + "/" + to.folder;
}

/// What a line of code includes from Inlay, relative to src/inlay; empty if it includes nothing of it.
fs::path included_file(const std::string& line) {
  const std::string beginning = "#include \"inlay/";
  const std::size_t at = line.find_first_not_of(" \t");
  if (at == std::string::npos || line.compare(at, beginning.size(), beginning) != 0) {
    return {};
  }
  const std::size_t path = at + beginning.size();
  return line.substr(path, line.find('"', path) - path);
}

struct Include {
  fs::path from;  // both relative to src/inlay
  fs::path to;
};

std::vector<Include> all_includes() {
  std::vector<Include> includes;
  const fs::path root = fs::path(SOURCE_DIR) / "src/inlay";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) {
      continue;
    }
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (const fs::path included = included_file(line); !included.empty()) {
        includes.push_back({fs::relative(entry.path(), root), included});
      }
    }
  }
  return includes;
}

/// A module is a header with its source file; the modules that it includes.
using Graph = std::map<std::string, std::set<std::string>>;

std::string module_of(fs::path path) {
  return path.replace_extension().string();
}

/// Modules that include each other in a circle, the first one at both ends; empty if there are none.
std::vector<std::string> circle(const Graph& graph) {
  std::set<std::string> done;
  std::vector<std::string> path;
  const auto visit = [&](const auto& self, const std::string& module) -> bool {
    const auto again = std::find(path.begin(), path.end(), module);
    if (again != path.end()) {
      path.erase(path.begin(), again);
      path.push_back(module);
      return true;
    }
    if (!done.insert(module).second) {
      return false;
    }
    path.push_back(module);
    if (const auto found = graph.find(module); found != graph.end()) {
      for (const std::string& next : found->second) {
        if (self(self, next)) {
          return true;
        }
      }
    }
    path.pop_back();
    return false;
  };
  for (const auto& [module, included] : graph) {
    if (visit(visit, module)) {
      return path;
    }
  }
  return {};
}

TEST(Floors, EveryIncludeGoesDownwards) {
  const std::vector<Include> includes = all_includes();
  for (const Include& include : includes) {
    const Place from = place_of(include.from);
    ASSERT_EQ(floors().count(from.room), 1U) << include.from << " stands in no room";
    EXPECT_EQ(forbidden(from, place_of(include.to)), "") << include.from << " includes " << include.to;
  }
  EXPECT_GT(includes.size(), 500U);
}

TEST(Floors, NoLibraryFileUsesTheProgram) {
  for (const Include& include : all_includes()) {
    EXPECT_TRUE(fs::exists(fs::path(SOURCE_DIR) / "src/inlay" / include.to)) << include.from;
  }
}

TEST(Floors, NoModulesIncludeEachOtherInACircle) {
  const std::set<std::string> rooms = {"base", "objective", "hardware", "evaluate", "search", "report"};
  Graph graph;
  for (const Include& include : all_includes()) {
    if (module_of(include.from) != module_of(include.to) && rooms.count(place_of(include.from).room) == 1) {
      graph[module_of(include.from)].insert(module_of(include.to));
    }
  }
  std::string names;
  for (const std::string& module : circle(graph)) {
    names += (names.empty() ? "" : " -> ") + module;
  }
  EXPECT_EQ(names, "");
}

/// The namespaces of Inlay that a file opens.
std::vector<std::string> opened_namespaces(const fs::path& path) {
  std::vector<std::string> names;
  std::ifstream file(path);
  const std::string beginning = "namespace inlay";
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, beginning.size(), beginning) == 0 && line.back() == '{') {
      names.push_back(line.substr(10, line.find(' ', 10) - 10));
    }
  }
  return names;
}

TEST(Floors, NamespacesFollowFolders) {
  const fs::path root = fs::path(SOURCE_DIR) / "src/inlay";
  int seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const fs::path folder = fs::relative(entry.path(), root).parent_path();
    if (!entry.is_regular_file() || folder == "importers/onnx") {
      continue;  // the ONNX importer has an inner namespace of its own
    }
    std::string expected = "inlay";
    for (const fs::path& part : folder) {
      expected += "::" + part.string();
    }
    for (const std::string& opened : opened_namespaces(entry.path())) {
      EXPECT_EQ(opened, expected) << entry.path();
      ++seen;
    }
  }
  EXPECT_GT(seen, 300);
}

TEST(Floors, FindsCircles) {
  EXPECT_TRUE(circle({{"a", {"b", "c"}}, {"b", {"c"}}}).empty());
  EXPECT_EQ(circle({{"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}}), (std::vector<std::string>{"b", "c", "b"}));
}

TEST(Floors, RuleItselfForbids) {
  EXPECT_EQ(included_file("#include \"inlay/cost/engine.hpp\""), "cost/engine.hpp");
  EXPECT_EQ(included_file("#include <vector>"), "");
  const auto reason = [](const char* from, const char* to) {
    return forbidden(place_of(from), place_of(to));
  };
  EXPECT_EQ(reason("cost/engine.cpp", "hardware/package.hpp"), "");
  EXPECT_NE(reason("hardware/package.hpp", "cost/engine.hpp"), "");
  EXPECT_NE(reason("search/search.cpp", "verify/verify.hpp"), "");
  EXPECT_NE(reason("cost/engine.cpp", "kitchen/sink.hpp"), "");
  EXPECT_EQ(reason("search/exact/exact.cpp", "search/windows/window_moves.hpp"), "");
  EXPECT_NE(reason("search/windows/window_moves.cpp", "search/exact/exact.hpp"), "");
  EXPECT_EQ(reason("search/exact/exact.cpp", "search/answer.hpp"), "");
  EXPECT_NE(reason("search/incumbent.cpp", "search/exact/exact.hpp"), "");
  EXPECT_EQ(reason("search/search.cpp", "search/exact/exact.hpp"), "");
  EXPECT_NE(reason("search/exact/exact.cpp", "search/pantry/jam.hpp"), "");
}

}  // namespace
