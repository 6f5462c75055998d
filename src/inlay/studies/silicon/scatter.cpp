#include "inlay/studies/silicon/scatter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "inlay/report/page/svg_parts.hpp"

namespace inlay::studies::silicon {
namespace {

using report::page::Markup;

constexpr double kSide = 440.0;
constexpr double kLeft = 74.0;
constexpr double kTop = 44.0;
constexpr double kWidth = kLeft + kSide + 190.0;
constexpr double kHeight = kTop + kSide + 58.0;
// Okabe and Ito's colours, told apart by colour-blind readers too.
constexpr std::array<const char*, 6> kColours = {"#0072B2", "#D55E00", "#009E73",
                                                 "#CC79A7", "#E69F00", "#56B4E9"};

/// Decades from `low` to `high` on `kSide` pixels.
struct LogAxis {
  int low = 0;
  int high = 1;
  double at(double value) const {
    return kSide * (std::log10(value) - low) / static_cast<double>(high - low);
  }
};

LogAxis axis_of(const std::vector<ScatterPoint>& points) {
  double least = 1e300;
  double most = 1e-300;
  for (const ScatterPoint& point : points) {
    least = std::min({least, point.measured, point.predicted});
    most = std::max({most, point.measured, point.predicted});
  }
  LogAxis axis{static_cast<int>(std::floor(std::log10(least))),
               static_cast<int>(std::ceil(std::log10(most)))};
  axis.high = std::max(axis.high, axis.low + 1);
  return axis;
}

double x_of(const LogAxis& axis, double value) {
  return kLeft + axis.at(value);
}

double y_of(const LogAxis& axis, double value) {
  return kTop + kSide - axis.at(value);
}

void draw_grid(Markup& markup, const LogAxis& axis) {
  for (int decade = axis.low; decade <= axis.high; ++decade) {
    const double value = std::pow(10.0, decade);
    const double x = x_of(axis, value);
    const double y = y_of(axis, value);
    markup.empty("line", {{"x1", x}, {"y1", kTop}, {"x2", x}, {"y2", kTop + kSide}, {"stroke", "#8884"}});
    markup.empty("line", {{"x1", kLeft}, {"y1", y}, {"x2", kLeft + kSide}, {"y2", y}, {"stroke", "#8884"}});
    const std::string label = fmt::format("1e{}", decade);
    markup.leaf("text", label,
                {{"x", x}, {"y", kTop + kSide + 16.0}, {"text-anchor", "middle"}, {"class", "small"}});
    markup.leaf("text", label,
                {{"x", kLeft - 6.0}, {"y", y + 4.0}, {"text-anchor", "end"}, {"class", "small"}});
  }
}

/// predicted = factor x measured, as far as it is inside the square.
void draw_line(Markup& markup, const LogAxis& axis, double factor, const char* dashes) {
  const double low = std::pow(10.0, axis.low);
  const double high = std::pow(10.0, axis.high);
  const double from = std::max(low, low / factor);
  const double to = std::min(high, high / factor);
  markup.empty("line", {{"x1", x_of(axis, from)},
                        {"y1", y_of(axis, factor * from)},
                        {"x2", x_of(axis, to)},
                        {"y2", y_of(axis, factor * to)},
                        {"stroke", "#888"},
                        {"stroke-dasharray", dashes}});
}

void draw_names(Markup& markup, const std::string& title, const std::string& measured,
                const std::string& predicted, const std::vector<std::string>& series) {
  markup.leaf("text", title, {{"x", kLeft}, {"y", 24.0}, {"class", "label"}});
  markup.leaf(
      "text", measured,
      {{"x", kLeft + kSide / 2}, {"y", kTop + kSide + 40.0}, {"text-anchor", "middle"}, {"class", "label"}});
  markup.leaf("text", predicted,
              {{"x", 16.0},
               {"y", kTop + kSide / 2},
               {"text-anchor", "middle"},
               {"transform", fmt::format("rotate(-90 16 {:.0f})", kTop + kSide / 2)},
               {"class", "label"}});
  for (std::size_t i = 0; i < series.size(); ++i) {
    const double y = kTop + 14.0 + 20.0 * static_cast<double>(i);
    markup.empty("circle",
                 {{"cx", kLeft + kSide + 20.0}, {"cy", y - 4.0}, {"r", 4.0}, {"fill", kColours[i % 6]}});
    markup.leaf("text", series[i], {{"x", kLeft + kSide + 32.0}, {"y", y}, {"class", "small"}});
  }
}

}  // namespace

std::string scatter_svg(const std::string& title, const std::string& measured, const std::string& predicted,
                        const std::vector<std::string>& series, const std::vector<ScatterPoint>& points) {
  Markup markup;
  report::page::open_svg(
      markup, kWidth, kHeight, title,
      fmt::format("{} points, {} against {}; dashed: half and twice", points.size(), predicted, measured),
      report::page::SvgUse::kStandalone);
  if (!points.empty()) {
    const LogAxis axis = axis_of(points);
    draw_grid(markup, axis);
    draw_line(markup, axis, 1.0, "none");
    draw_line(markup, axis, 2.0, "4 4");
    draw_line(markup, axis, 0.5, "4 4");
    for (const ScatterPoint& point : points) {
      markup.empty("circle", {{"cx", x_of(axis, point.measured)},
                              {"cy", y_of(axis, point.predicted)},
                              {"r", 2.5},
                              {"fill", kColours[static_cast<std::size_t>(point.series) % 6]},
                              {"fill-opacity", "0.6"}});
    }
  }
  draw_names(markup, title, measured, predicted, series);
  markup.close();
  return markup.finish();
}

}  // namespace inlay::studies::silicon
