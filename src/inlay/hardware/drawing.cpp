#include "inlay/hardware/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>

#include "inlay/base/checked.hpp"
#include "inlay/base/quantity.hpp"

namespace inlay::hardware {
namespace {

constexpr std::size_t kMostPlaces = 1024;
constexpr std::size_t kGap = 3;

/// Rows and columns that are in use, so that far-away positions take no room.
struct Grid {
  std::vector<int> row;     // [chiplet]
  std::vector<int> column;  // [chiplet]
  int rows = 0;
  int columns = 0;
};

std::vector<int> ranks(const std::vector<int>& values, int& count) {
  const std::set<int> distinct(values.begin(), values.end());
  count = static_cast<int>(distinct.size());
  std::vector<int> result;
  for (const int value : values) {
    result.push_back(static_cast<int>(std::distance(distinct.begin(), distinct.find(value))));
  }
  return result;
}

Grid grid_of(const Package& package) {
  std::vector<int> rows;
  std::vector<int> columns;
  for (const Chiplet& chiplet : package.chiplets) {
    rows.push_back(chiplet.row);
    columns.push_back(chiplet.column);
  }
  Grid grid;
  grid.row = ranks(rows, grid.rows);
  grid.column = ranks(columns, grid.columns);
  return grid;
}

std::string label_of(const Package& package, std::size_t chiplet) {
  const bool memory = std::any_of(
      package.interfaces.begin(), package.interfaces.end(),
      [chiplet](const auto& interface) { return interface.chiplet == static_cast<int>(chiplet); });
  const Chiplet& drawn = package.chiplets[chiplet];
  return fmt::format("{} {}{}", drawn.name, package.types[static_cast<std::size_t>(drawn.type)].name,
                     memory ? " =M" : "");
}

/// Lines of text: one per row of chiplets, with one between for the links.
class Canvas {
 public:
  Canvas(const Grid& grid, std::size_t label_width)
      : box_(label_width + 2),
        lines_(static_cast<std::size_t>(2 * grid.rows - 1),
               std::string(static_cast<std::size_t>(grid.columns) * (box_ + kGap) - kGap, ' ')) {}

  void box(int row, int column, const std::string& label) {
    put(2 * row, left_of(column), fmt::format("[{:<{}}]", label, box_ - 2));
  }

  /// False if the places are no neighbours.
  bool link(int row_a, int column_a, int row_b, int column_b) {
    const int down = row_b - row_a;
    const int right = column_b - column_a;
    if (std::abs(down) > 1 || std::abs(right) > 1) {
      return false;
    }
    const std::size_t gap_start = left_of(std::min(column_a, column_b)) + box_;
    if (down == 0) {
      put(2 * row_a, gap_start, std::string(kGap, '-'));
    } else if (right == 0) {
      put(2 * std::min(row_a, row_b) + 1, left_of(column_a) + box_ / 2, "|");
    } else {
      char& place = lines_[static_cast<std::size_t>(2 * std::min(row_a, row_b) + 1)][gap_start + kGap / 2];
      const char stroke = down == right ? '\\' : '/';
      place = place == ' ' ? stroke : 'X';
    }
    return true;
  }

  std::string text() const {
    std::string result;
    for (const std::string& line : lines_) {
      result += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    return result;
  }

 private:
  std::size_t left_of(int column) const { return static_cast<std::size_t>(column) * (box_ + kGap); }
  void put(int line, std::size_t at, const std::string& what) {
    lines_[static_cast<std::size_t>(line)].replace(at, what.size(), what);
  }
  std::size_t box_;
  std::vector<std::string> lines_;
};

std::string link_list(const Package& package, const std::vector<std::pair<int, int>>& links) {
  std::string text;
  for (const auto& [a, b] : links) {
    text +=
        fmt::format("{}{} - {}", text.empty() ? "" : ", ", package.chiplets[static_cast<std::size_t>(a)].name,
                    package.chiplets[static_cast<std::size_t>(b)].name);
  }
  return text;
}

std::string per(BandwidthScope scope) {
  switch (scope) {
    case BandwidthScope::kPerLink:
      return "per link";
    case BandwidthScope::kPerChiplet:
      return "per chiplet";
    case BandwidthScope::kPerInterface:
      return "per interface";
    case BandwidthScope::kPerPackage:
      break;
  }
  return "for the package";
}

std::string per_bit(double joules) {
  return base::format_energy(joules) + "/bit";
}

}  // namespace

std::string draw(const Package& package) {
  const Grid grid = grid_of(package);
  if (static_cast<std::size_t>(grid.rows) * static_cast<std::size_t>(grid.columns) > kMostPlaces) {
    return fmt::format("{} chiplets on {} x {} places, too many to draw; links: {}\n",
                       package.chiplets.size(), grid.rows, grid.columns, link_list(package, package.links));
  }
  std::size_t width = 0;
  for (std::size_t i = 0; i < package.chiplets.size(); ++i) {
    width = std::max(width, label_of(package, i).size());
  }
  Canvas canvas(grid, width);
  for (std::size_t i = 0; i < package.chiplets.size(); ++i) {
    canvas.box(grid.row[i], grid.column[i], label_of(package, i));
  }
  std::vector<std::pair<int, int>> undrawn;
  for (const auto& [a, b] : package.links) {
    const auto from = static_cast<std::size_t>(a);
    const auto to = static_cast<std::size_t>(b);
    if (!canvas.link(grid.row[from], grid.column[from], grid.row[to], grid.column[to])) {
      undrawn.emplace_back(a, b);
    }
  }
  return canvas.text() + (undrawn.empty() ? "" : "also linked: " + link_list(package, undrawn) + "\n");
}

std::vector<std::pair<std::string, std::string>> describe(const Package& package) {
  std::int64_t pes = 0;
  std::int64_t l2 = 0;
  for (const Chiplet& chiplet : package.chiplets) {
    pes = base::checked_add(pes, package.types[static_cast<std::size_t>(chiplet.type)].pes);
    l2 = base::checked_add(l2, package.types[static_cast<std::size_t>(chiplet.type)].l2_bytes);
  }
  std::string places;
  for (const MemoryInterface& interface : package.interfaces) {
    places += fmt::format("{}{} at {}", places.empty() ? "" : ", ", interface.name,
                          package.chiplets[static_cast<std::size_t>(interface.chiplet)].name);
  }
  std::vector<std::pair<std::string, std::string>> rows = {
      {"package", package.name},
      {"source", package.source},
      {"chiplets", fmt::format("{} with {} links", package.chiplets.size(), package.links.size())},
      {"in total", fmt::format("{} PEs, {} of L2", pes, base::format_bytes(static_cast<double>(l2)))},
      {"network", fmt::format("{} {}, {} and {} per hop", base::format_bandwidth(package.network.bandwidth),
                              per(package.network.scope), base::format_time(package.network.hop_latency),
                              per_bit(package.network.energy_per_bit))},
      {"memory", fmt::format("{} {}, {}, {}", base::format_bandwidth(package.memory.bandwidth),
                             per(package.memory.scope), base::format_time(package.memory.latency),
                             per_bit(package.memory.energy_per_bit))},
      {"memory in total", base::format_bandwidth(total_memory_bandwidth(package))},
      {"interfaces", places},
      {"overlap", package.overlap == Overlap::kSerial ? "serial" : "overlapped"},
  };
  if (package.memory.weight_loads == WeightLoads::kUntimed) {
    rows.emplace_back("weight loads", "untimed");
  }
  if (package.static_power > 0.0) {
    rows.emplace_back("static power", base::format_power(package.static_power));
  }
  return rows;
}

std::vector<std::pair<std::string, std::string>> describe(const ChipletType& type) {
  const EnergyTable& energy = type.energy;
  std::vector<std::pair<std::string, std::string>> rows = {
      {"chiplet type", type.name},
      {"source", type.source},
      {"dataflow", type.dataflow.name},
      {"PEs", fmt::format("{}", type.pes)},
      {"L1 per PE", base::format_bytes(static_cast<double>(type.l1_bytes))},
      {"L2", base::format_bytes(static_cast<double>(type.l2_bytes))},
      {"NoC", fmt::format("{} B/cycle, {} hops", type.noc_bytes_per_cycle, type.noc_hops)},
      {"clock", base::format_frequency(type.clock)},
      {"vector lanes", fmt::format("{}", type.vector_lanes)},
      {"energy", fmt::format("{}: MAC {}, L1 {}/B, L2 {}/B, NoC hop {}/B, vector operation {}", energy.name,
                             base::format_energy(energy.mac), base::format_energy(energy.l1_access),
                             base::format_energy(energy.l2_access), base::format_energy(energy.noc_hop),
                             base::format_energy(energy.vector_operation))},
      {"energy source", energy.source},
  };
  if (type.offchip_bytes_per_cycle > 0) {
    rows.emplace_back("off-chip",
                      fmt::format("{} B/cycle, engine maestro only", type.offchip_bytes_per_cycle));
  }
  return rows;
}

std::vector<std::vector<std::string>> type_table(const Package& package) {
  std::vector<std::vector<std::string>> rows = {
      {"type", "chiplets", "dataflow", "PEs", "L1 per PE", "L2", "NoC", "clock", "vector lanes", "energy"}};
  for (std::size_t i = 0; i < package.types.size(); ++i) {
    const ChipletType& type = package.types[i];
    const auto count =
        std::count_if(package.chiplets.begin(), package.chiplets.end(),
                      [i](const Chiplet& chiplet) { return chiplet.type == static_cast<int>(i); });
    rows.push_back({type.name, fmt::format("{}", count), type.dataflow.name, fmt::format("{}", type.pes),
                    base::format_bytes(static_cast<double>(type.l1_bytes)),
                    base::format_bytes(static_cast<double>(type.l2_bytes)),
                    fmt::format("{} B/cycle", type.noc_bytes_per_cycle), base::format_frequency(type.clock),
                    fmt::format("{}", type.vector_lanes), type.energy.name});
  }
  return rows;
}

}  // namespace inlay::hardware
