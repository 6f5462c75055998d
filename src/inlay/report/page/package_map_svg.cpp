#include "inlay/report/page/package_map_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <set>
#include <utility>

#include "inlay/base/counted.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/figures/schedule_summary.hpp"

namespace inlay::report::page {
namespace {

constexpr double kBoxWidth = 264.0;
constexpr double kHeadHeight = 58.0;
constexpr double kLine = 16.0;
constexpr double kGap = 44.0;
constexpr double kMargin = 64.0;  // beside, for the interfaces
constexpr double kEdge = 10.0;    // above and below, unless an interface stands there
constexpr double kPortWidth = 42.0;
constexpr double kPortHeight = 22.0;
constexpr std::size_t kMostLines = 6;
constexpr int kMostPlaces = 1024;

/// Row and column of every chiplet in the drawing.
struct Grid {
  std::vector<int> row;
  std::vector<int> column;
  int rows = 1;
  int columns = 1;
};

/// A stage on a chiplet as a line of text.
struct StageLine {
  int model;
  std::string text;
  std::string tip;
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

Grid grid_of(const hardware::Package& package) {
  Grid grid;
  std::set<std::pair<int, int>> places;
  for (const hardware::Chiplet& chiplet : package.chiplets) {
    grid.row.push_back(chiplet.row);
    grid.column.push_back(chiplet.column);
    places.emplace(chiplet.row, chiplet.column);
  }
  grid.row = ranks(grid.row, grid.rows);
  grid.column = ranks(grid.column, grid.columns);
  const auto count = static_cast<int>(package.chiplets.size());
  if (static_cast<int>(places.size()) < count || grid.rows > kMostPlaces / std::max(grid.columns, 1)) {
    grid.columns = static_cast<int>(std::ceil(std::sqrt(count)));
    grid.rows = (count + grid.columns - 1) / grid.columns;
    for (int i = 0; i < count; ++i) {
      grid.row[static_cast<std::size_t>(i)] = i / grid.columns;
      grid.column[static_cast<std::size_t>(i)] = i % grid.columns;
    }
  }
  return grid;
}

/// [chiplet]
std::vector<std::vector<StageLine>> lines_of(const schedule::Problem& problem,
                                             const schedule::Schedule& schedule) {
  std::vector<std::vector<StageLine>> lines(problem.package.chiplets.size());
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    for (const schedule::Pipeline& pipeline : schedule.windows[w].pipelines) {
      const auto& entry = problem.scenario.models[static_cast<std::size_t>(pipeline.model)];
      for (std::size_t k = 0; k < pipeline.stages.size(); ++k) {
        const schedule::Stage& stage = pipeline.stages[k];
        const std::string& first = entry.model.layers[static_cast<std::size_t>(stage.first)].name;
        const std::string& last = entry.model.layers[static_cast<std::size_t>(stage.last - 1)].name;
        const std::string window = schedule.windows.size() > 1 ? fmt::format("W{} ", w) : "";
        const int layers = stage.last - stage.first;
        for (const int chiplet : stage.submesh.chiplets) {
          lines[static_cast<std::size_t>(chiplet)].push_back(
              {pipeline.model,
               fmt::format("{}{}, stage {}: {} layer{}", window, entry.name, k, layers,
                           layers == 1 ? "" : "s"),
               fmt::format("window {}: {}, stage {} of {}\nlayers {} .. {} ({})\nmini-batches of {}", w,
                           entry.name, k, pipeline.stages.size(), first, last, layers, pipeline.mini_batch)});
        }
      }
    }
  }
  return lines;
}

class Map {
 public:
  Map(const schedule::Problem& problem, const schedule::Schedule& schedule,
      const evaluate::ScheduleCost& cost)
      : package_(problem.package),
        grid_(grid_of(problem.package)),
        lines_(lines_of(problem, schedule)),
        uses_(figures::chiplet_use(problem, schedule, cost)) {
    std::size_t most = 1;
    for (const auto& lines : lines_) {
      most = std::max(most, lines.size());
    }
    box_height_ = kHeadHeight + kLine * static_cast<double>(std::min(most, kMostLines)) + 6.0;
    for (const hardware::MemoryInterface& interface : package_.interfaces) {
      if (!at_side(static_cast<std::size_t>(interface.chiplet))) {
        margin_ = kEdge + kPortHeight + 10.0;
      }
    }
  }

  std::string draw(SvgUse use) {
    const std::vector<LegendEntry> legend = {
        {"compute", "computing"}, {"memory", "moving data"}, {"port", "memory interface"}};
    const double width = 2 * kMargin + grid_.columns * (kBoxWidth + kGap) - kGap;
    const double bottom = 2 * margin_ + grid_.rows * (box_height_ + kGap) - kGap + 16.0;
    const double left = kMargin;
    open_svg(markup_, width, bottom + legend_height(width - 2 * left, legend),
             fmt::format("Map of package {}", package_.name),
             fmt::format("{}, {}, {}; shares are of the whole latency",
                         base::counted(package_.chiplets.size(), "chiplet"),
                         base::counted(package_.links.size(), "link"),
                         base::counted(package_.interfaces.size(), "memory interface")),
             use);
    for (const auto& [a, b] : package_.links) {
      link(static_cast<std::size_t>(a), static_cast<std::size_t>(b));
    }
    interfaces();
    for (std::size_t i = 0; i < package_.chiplets.size(); ++i) {
      chiplet(i);
    }
    draw_legend(markup_, left, bottom - 12.0, width - 2 * left, legend);
    markup_.close();
    return markup_.finish();
  }

 private:
  bool at_side(std::size_t chiplet) const {
    return grid_.column[chiplet] == 0 || grid_.column[chiplet] == grid_.columns - 1;
  }
  double left_of(std::size_t chiplet) const { return kMargin + grid_.column[chiplet] * (kBoxWidth + kGap); }
  double top_of(std::size_t chiplet) const { return margin_ + grid_.row[chiplet] * (box_height_ + kGap); }

  void link(std::size_t a, std::size_t b) {
    const double from_x = left_of(a) + kBoxWidth / 2;
    const double from_y = top_of(a) + box_height_ / 2;
    const double to_x = left_of(b) + kBoxWidth / 2;
    const double to_y = top_of(b) + box_height_ / 2;
    const bool near =
        std::abs(grid_.row[a] - grid_.row[b]) <= 1 && std::abs(grid_.column[a] - grid_.column[b]) <= 1;
    // A link that passes over other chiplets bends through the gap beside them.
    const double bend = near ? 0.0 : 1.0;
    const double middle_x =
        (from_x + to_x) / 2 + (grid_.column[a] == grid_.column[b] ? bend * (kBoxWidth + kGap) : 0.0);
    const double middle_y =
        (from_y + to_y) / 2 + (grid_.row[a] == grid_.row[b] ? bend * (box_height_ + kGap) : 0.0);
    markup_.open("path", {{"class", "nop"},
                          {"d", fmt::format("M{:.1f} {:.1f}Q{:.1f} {:.1f} {:.1f} {:.1f}", from_x, from_y,
                                            middle_x, middle_y, to_x, to_y)}});
    markup_.leaf("title",
                 fmt::format("link {} - {}: {}, {} per hop", package_.chiplets[a].name,
                             package_.chiplets[b].name, base::format_bandwidth(package_.network.bandwidth),
                             base::format_time(package_.network.hop_latency)));
    markup_.close();
  }

  /// On the outer side of the chiplet where it has one; several at a chiplet stand below one another.
  void interfaces() {
    std::vector<int> already(package_.chiplets.size(), 0);
    for (const hardware::MemoryInterface& interface : package_.interfaces) {
      const auto i = static_cast<std::size_t>(interface.chiplet);
      const int number = already[i]++;
      const bool right = grid_.column[i] == grid_.columns - 1 && grid_.columns > 1;
      const bool side = at_side(i);
      const bool down = !side && grid_.row[i] == grid_.rows - 1 && grid_.rows > 1;
      double x = right ? left_of(i) + kBoxWidth + 10.0 : left_of(i) - kPortWidth - 10.0;
      double y = top_of(i) + 8.0 + number * (kPortHeight + 4.0);
      double wire_x = right ? left_of(i) + kBoxWidth : left_of(i);
      double wire_y = y + kPortHeight / 2;
      if (!side) {
        x = left_of(i) + 8.0 + number * (kPortWidth + 4.0);
        y = down ? top_of(i) + box_height_ + 10.0 : top_of(i) - kPortHeight - 10.0;
        wire_x = x + kPortWidth / 2;
        wire_y = down ? top_of(i) + box_height_ : top_of(i);
      }
      port(interface.name, x, y, wire_x, wire_y);
    }
  }

  void port(const std::string& name, double x, double y, double wire_x, double wire_y) {
    markup_.open("g").leaf("title",
                           fmt::format("memory interface {}: {} ({} for the package), {}", name,
                                       base::format_bandwidth(hardware::interface_bandwidth(package_)),
                                       base::format_bandwidth(hardware::total_memory_bandwidth(package_)),
                                       base::format_time(package_.memory.latency)));
    markup_.empty("line", {{"class", "wire"},
                           {"x1", x + kPortWidth / 2},
                           {"y1", y + kPortHeight / 2},
                           {"x2", wire_x},
                           {"y2", wire_y}});
    markup_.empty(
        "rect",
        {{"class", "port"}, {"x", x}, {"y", y}, {"width", kPortWidth}, {"height", kPortHeight}, {"rx", 4}});
    draw_text(markup_, x + kPortWidth / 2, y + 15.0, kPortWidth - 4.0, name, "small middle port-name");
    markup_.close();
  }

  void bar(double x, double y, double share, const std::string& css_class) {
    const double width = kBoxWidth - 24.0;
    markup_.empty("rect",
                  {{"class", "track"}, {"x", x}, {"y", y}, {"width", width}, {"height", 4}, {"rx", 2}});
    if (share > 0.0) {
      markup_.empty("rect", {{"class", css_class},
                             {"x", x},
                             {"y", y},
                             {"width", width * std::min(share, 1.0)},
                             {"height", 4},
                             {"rx", 2}});
    }
  }

  void chiplet(std::size_t i) {
    const double x = left_of(i);
    const double y = top_of(i);
    const figures::ChipletUse& use = uses_[i];
    const hardware::ChipletType& type = package_.types[static_cast<std::size_t>(package_.chiplets[i].type)];
    markup_.open("g").leaf(
        "title",
        fmt::format("{}: {}\n{} PEs, {} of L2, {}\ncomputing {}, moving data {}, PEs at work {}", use.chiplet,
                    use.type, type.pes, base::format_bytes(static_cast<double>(type.l2_bytes)),
                    base::format_frequency(type.clock), figures::format_share(use.computing),
                    figures::format_share(use.moving), figures::format_share(use.pe_utilisation)));
    markup_.empty("rect", {{"class", "box " + type_class(package_.chiplets[i].type)},
                           {"x", x},
                           {"y", y},
                           {"width", kBoxWidth},
                           {"height", box_height_},
                           {"rx", 7}});
    const double name_width = std::min(text_width(use.chiplet, kLabelFont), 0.4 * kBoxWidth);
    draw_text(markup_, x + 12.0, y + 19.0, name_width + 1.0, use.chiplet, "strong");
    draw_text(markup_, x + kBoxWidth - 12.0, y + 19.0, kBoxWidth - 34.0 - name_width, use.type,
              "small quiet end");
    bar(x + 12.0, y + 27.0, use.computing, "compute");
    bar(x + 12.0, y + 33.0, use.moving, "memory");
    markup_.leaf("text",
                 fmt::format("computing {}, moving {}", figures::format_share(use.computing),
                             figures::format_share(use.moving)),
                 {{"x", x + 12.0}, {"y", y + 49.0}, {"class", "small quiet"}});
    stage_lines(i, x, y + kHeadHeight);
    markup_.close();
  }

  void stage_lines(std::size_t i, double x, double y) {
    const std::vector<StageLine>& lines = lines_[i];
    if (lines.empty()) {
      draw_text(markup_, x + 12.0, y + 10.0, kBoxWidth - 24.0, "no stage", "small quiet");
    }
    const std::size_t shown = lines.size() > kMostLines ? kMostLines - 1 : lines.size();
    for (std::size_t n = 0; n < shown; ++n) {
      const double top = y + kLine * static_cast<double>(n);
      markup_.open("g").leaf("title", lines[n].tip);
      markup_.empty("rect", {{"class", model_class(lines[n].model)},
                             {"x", x + 12.0},
                             {"y", top + 2.0},
                             {"width", 9},
                             {"height", 9},
                             {"rx", 2}});
      markup_.leaf("text", abbreviated(lines[n].text, kBoxWidth - 40.0, kSmallFont),
                   {{"x", x + 27.0}, {"y", top + 10.5}, {"class", "small"}});
      markup_.close();
    }
    if (shown < lines.size()) {
      std::string rest;
      for (std::size_t n = shown; n < lines.size(); ++n) {
        rest += (rest.empty() ? "" : "\n") + lines[n].text;
      }
      markup_.open("g").leaf("title", rest);
      markup_.leaf(
          "text", fmt::format("and {} more", lines.size() - shown),
          {{"x", x + 27.0}, {"y", y + kLine * static_cast<double>(shown) + 10.5}, {"class", "small quiet"}});
      markup_.close();
    }
  }

  const hardware::Package& package_;
  Grid grid_;
  std::vector<std::vector<StageLine>> lines_;
  std::vector<figures::ChipletUse> uses_;
  double box_height_ = 0.0;
  double margin_ = kEdge;
  Markup markup_;
};

}  // namespace

std::string package_map_svg(const schedule::Problem& problem, const schedule::Schedule& schedule,
                            const evaluate::ScheduleCost& cost, SvgUse use) {
  return Map(problem, schedule, cost).draw(use);
}

}  // namespace inlay::report::page
