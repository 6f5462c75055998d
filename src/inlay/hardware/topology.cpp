#include "inlay/hardware/topology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "inlay/base/counted.hpp"
#include "inlay/base/error.hpp"
#include "inlay/hardware/reference.hpp"
#include "inlay/hardware/submesh.hpp"

namespace inlay::hardware {
namespace {

std::map<std::string, int> chiplet_numbers(const Package& package) {
  std::map<std::string, int> numbers;
  for (std::size_t i = 0; i < package.chiplets.size(); ++i) {
    numbers[package.chiplets[i].name] = static_cast<int>(i);
  }
  return numbers;
}

/// Rows of words that are repeated downwards and to the right until they cover the mesh.
std::vector<int> read_pattern(const base::YamlNode& value, std::int64_t rows, std::int64_t columns,
                              const std::map<std::string, int>& types) {
  std::vector<std::vector<int>> tile;
  for (const base::YamlNode& line : value.list()) {
    tile.emplace_back();
    for (const base::YamlNode& word : line.list()) {
      tile.back().push_back(index_of_name(word, types, "type"));
    }
    if (tile.back().empty() || static_cast<std::int64_t>(tile.back().size()) > columns) {
      line.fail(fmt::format("has {} types, 1 to {} (the mesh's columns) are expected", tile.back().size(),
                            columns));
    }
  }
  if (tile.empty() || static_cast<std::int64_t>(tile.size()) > rows) {
    value.fail(fmt::format("has {} rows, 1 to {} (the mesh's rows) are expected", tile.size(), rows));
  }
  std::vector<int> result;
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    const std::vector<int>& line = tile[row % tile.size()];
    for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
      result.push_back(line[column % line.size()]);
    }
  }
  return result;
}

/// One word for all chiplets, or a list of rows.
std::vector<int> read_mesh_types(const base::YamlNode& value, std::int64_t rows, std::int64_t columns,
                                 const std::map<std::string, int>& types) {
  if (value.is_scalar()) {
    return std::vector<int>(static_cast<std::size_t>(rows * columns), index_of_name(value, types, "type"));
  }
  std::vector<int> result;
  const std::vector<base::YamlNode> lines = value.list();
  if (static_cast<std::int64_t>(lines.size()) != rows) {
    value.fail(fmt::format("has {} rows of types, but the mesh has {} rows", lines.size(), rows));
  }
  for (const base::YamlNode& line : lines) {
    const std::vector<base::YamlNode> words = line.list();
    if (static_cast<std::int64_t>(words.size()) != columns) {
      line.fail(fmt::format("has {} types, but the mesh has {} columns", words.size(), columns));
    }
    for (const base::YamlNode& word : words) {
      result.push_back(index_of_name(word, types, "type"));
    }
  }
  return result;
}

/// Chiplets without a position are drawn on a rectangle as square as possible, row by row.
void spread(std::vector<Chiplet>& chiplets) {
  const int columns = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(chiplets.size()))));
  for (std::size_t i = 0; i < chiplets.size(); ++i) {
    chiplets[i].row = static_cast<int>(i) / columns;
    chiplets[i].column = static_cast<int>(i) % columns;
  }
}

void read_position(const base::YamlNode& value, Chiplet& chiplet) {
  const std::vector<base::YamlNode> pair = value.list();
  if (pair.size() != 2) {
    value.fail(fmt::format("has {} numbers, a row and a column are expected, such as [0, 1]", pair.size()));
  }
  chiplet.row = static_cast<int>(pair[0].integer(0, kMostChiplets - 1));
  chiplet.column = static_cast<int>(pair[1].integer(0, kMostChiplets - 1));
}

}  // namespace

void build_mesh(Package& package, int rows, int columns, bool triangular, const std::vector<int>& types) {
  if (rows < 1 || columns < 1 ||
      types.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns)) {
    throw base::DefectError(
        fmt::format("a mesh of {} x {} chiplets was given {} types", rows, columns, types.size()));
  }
  package.chiplets.clear();
  package.links.clear();
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const int here = row * columns + column;
      package.chiplets.push_back(
          {fmt::format("c{}", here), types[static_cast<std::size_t>(here)], row, column});
      const bool right = column + 1 < columns;
      const bool below = row + 1 < rows;
      if (right) {
        package.links.emplace_back(here, here + 1);
      }
      if (below) {
        package.links.emplace_back(here, here + columns);
      }
      if (triangular && right && below) {
        package.links.emplace_back(here, here + columns + 1);
      }
    }
  }
  std::sort(package.links.begin(), package.links.end());
}

void place_interfaces(Package& package, const std::vector<int>& chiplets) {
  package.interfaces.clear();
  for (const int chiplet : chiplets) {
    package.interfaces.push_back({fmt::format("m{}", package.interfaces.size()), chiplet});
  }
}

void place_interfaces_left_and_right(Package& package) {
  const auto by_column = [](const Chiplet& a, const Chiplet& b) { return a.column < b.column; };
  const auto [left, right] = std::minmax_element(package.chiplets.begin(), package.chiplets.end(), by_column);
  std::vector<int> places;
  for (std::size_t i = 0; i < package.chiplets.size(); ++i) {
    if (package.chiplets[i].column == left->column || package.chiplets[i].column == right->column) {
      places.push_back(static_cast<int>(i));
    }
  }
  const auto by_place = [&package](int a, int b) {
    const Chiplet& one = package.chiplets[static_cast<std::size_t>(a)];
    const Chiplet& other = package.chiplets[static_cast<std::size_t>(b)];
    return std::pair(one.row, one.column) < std::pair(other.row, other.column);
  };
  std::sort(places.begin(), places.end(), by_place);
  place_interfaces(package, places);
}

void read_mesh(const base::YamlNode& value, Package& package, const std::map<std::string, int>& types) {
  base::YamlMap map = value.map();
  const std::int64_t rows = map.required("rows").integer(1, kMostChiplets);
  const std::int64_t columns = map.required("columns").integer(1, kMostChiplets);
  if (rows * columns > kMostChiplets) {
    value.fail(fmt::format("{} x {} are {} chiplets, at most {} are allowed", rows, columns, rows * columns,
                           kMostChiplets));
  }
  const std::optional<base::YamlNode> triangular = map.optional("triangular");
  const std::optional<base::YamlNode> pattern = map.optional("pattern");
  const std::optional<base::YamlNode> all = map.optional("types");
  if (pattern.has_value() == all.has_value()) {
    value.fail("a mesh has either 'types' (for every chiplet) or 'pattern' (repeated over the mesh)");
  }
  const std::vector<int> of =
      pattern ? read_pattern(*pattern, rows, columns, types) : read_mesh_types(*all, rows, columns, types);
  map.finish();
  build_mesh(package, static_cast<int>(rows), static_cast<int>(columns), triangular && triangular->boolean(),
             of);
}

void read_chiplets(const base::YamlNode& value, Package& package, const std::map<std::string, int>& types) {
  const std::vector<base::YamlNode> items = value.list();
  if (items.empty() || static_cast<std::int64_t>(items.size()) > kMostChiplets) {
    value.fail(fmt::format("has {} chiplets, 1 to {} are expected", items.size(), kMostChiplets));
  }
  std::set<std::string> names;
  std::set<std::pair<int, int>> places;
  bool placed = false;
  for (const base::YamlNode& item : items) {
    base::YamlMap map = item.map();
    const base::YamlNode name = map.required("name");
    Chiplet chiplet;
    chiplet.name = plain_name(name);
    chiplet.type = index_of_name(map.required("type"), types, "type");
    const std::optional<base::YamlNode> position = map.optional("position");
    map.finish();
    if (!names.insert(chiplet.name).second) {
      name.fail(fmt::format("there are two chiplets '{}'", chiplet.name));
    }
    if (!package.chiplets.empty() && placed != position.has_value()) {
      item.fail("either every chiplet has a position or none has");
    }
    placed = position.has_value();
    if (position) {
      read_position(*position, chiplet);
      if (!places.emplace(chiplet.row, chiplet.column).second) {
        position->fail(
            fmt::format("there is another chiplet at row {}, column {}", chiplet.row, chiplet.column));
      }
    }
    package.chiplets.push_back(std::move(chiplet));
  }
  if (!placed) {
    spread(package.chiplets);
  }
}

void read_links(const base::YamlNode& value, Package& package) {
  const std::map<std::string, int> numbers = chiplet_numbers(package);
  std::set<std::pair<int, int>> links;
  for (const base::YamlNode& item : value.list()) {
    const std::vector<base::YamlNode> ends = item.list();
    if (ends.size() != 2) {
      item.fail(
          fmt::format("has {}, a link joins two, such as [c0, c1]", base::counted(ends.size(), "chiplet")));
    }
    const int a = index_of_name(ends[0], numbers, "chiplet");
    const int b = index_of_name(ends[1], numbers, "chiplet");
    if (a == b) {
      item.fail(fmt::format("joins chiplet '{}' to itself", ends[0].text()));
    }
    if (!links.emplace(std::min(a, b), std::max(a, b)).second) {
      item.fail(fmt::format("there is already a link between '{}' and '{}'; links work in both directions",
                            ends[0].text(), ends[1].text()));
    }
  }
  package.links.assign(links.begin(), links.end());
}

void read_interfaces(const base::YamlNode& value, Package& package) {
  if (value.is_scalar()) {
    value.choice({"left-and-right"});
    place_interfaces_left_and_right(package);
    return;
  }
  const std::map<std::string, int> numbers = chiplet_numbers(package);
  std::vector<int> places;
  for (const base::YamlNode& item : value.list()) {
    const int chiplet = index_of_name(item, numbers, "chiplet");
    if (std::find(places.begin(), places.end(), chiplet) != places.end()) {
      item.fail(fmt::format("there is already a memory interface at chiplet '{}'", item.text()));
    }
    places.push_back(chiplet);
  }
  if (places.empty()) {
    value.fail("no memory interface: name at least one chiplet, or write left-and-right");
  }
  place_interfaces(package, places);
}

void read_groups(const base::YamlNode& value, Package& package) {
  const std::map<std::string, int> numbers = chiplet_numbers(package);
  for (const base::YamlNode& node : value.list()) {
    base::YamlMap map = node.map();
    ChipletGroup group;
    group.name = map.required("name").name();
    const base::YamlNode shape = map.required("shape");
    const std::vector<base::YamlNode> pair = shape.list();
    if (pair.size() != 2) {
      shape.fail(fmt::format("has {} numbers, rows and columns are expected, such as [1, 3]", pair.size()));
    }
    group.rows = static_cast<int>(pair[0].integer(1, kMostMembers));
    group.columns = static_cast<int>(pair[1].integer(1, kMostMembers));
    for (const base::YamlNode& name : map.required("chiplets").list()) {
      group.chiplets.push_back(index_of_name(name, numbers, "chiplet"));
    }
    map.finish();
    package.groups.push_back(std::move(group));
  }
}

}  // namespace inlay::hardware
