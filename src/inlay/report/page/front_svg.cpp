#include "inlay/report/page/front_svg.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/counted.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/page/ticks.hpp"

namespace inlay::report::page {
namespace {

constexpr double kWidth = 900.0;
constexpr double kHeight = 420.0;
constexpr double kLeft = 90.0;
constexpr double kRight = 30.0;
constexpr double kTop = 30.0;
constexpr double kBottom = 52.0;
constexpr int kMostTicks = 8;

/// One axis: values from `low` to `high` on pixels from `from` to `to`.
struct Axis {
  double low;
  double high;
  double from;
  double to;
  double at(double value) const {
    return high > low ? from + (to - from) * (value - low) / (high - low) : 0.5 * (from + to);
  }
};

/// With some room beyond both ends.
Axis axis(double least, double most, double from, double to) {
  const double room = most > least ? 0.06 * (most - least) : 0.5 * most;
  return {std::max(0.0, least - room), most + room, from, to};
}

void draw_axes(Markup& markup, const Axis& time, const Axis& energy) {
  for (const Tick& tick : axis_ticks(time.low, time.high, kMostTicks, "s")) {
    const double x = time.at(tick.value);
    markup.empty("line", {{"class", "rule"}, {"x1", x}, {"y1", kTop}, {"x2", x}, {"y2", kHeight - kBottom}});
    markup.leaf("text", tick.label, {{"class", "small middle"}, {"x", x}, {"y", kHeight - kBottom + 18.0}});
  }
  for (const Tick& tick : axis_ticks(energy.low, energy.high, kMostTicks, "J")) {
    const double y = energy.at(tick.value);
    markup.empty("line", {{"class", "rule"}, {"x1", kLeft}, {"y1", y}, {"x2", kWidth - kRight}, {"y2", y}});
    markup.leaf("text", tick.label, {{"class", "small end"}, {"x", kLeft - 8.0}, {"y", y + 4.0}});
  }
  markup.leaf("text", "latency",
              {{"class", "strong middle"}, {"x", 0.5 * (kLeft + kWidth - kRight)}, {"y", kHeight - 12.0}});
  markup.leaf("text", "energy", {{"class", "strong end"}, {"x", kLeft - 8.0}, {"y", kTop - 12.0}});
}

/// Left of the fastest and below the cheapest that the bounds allow.
void draw_out_of_reach(Markup& markup, const search::FrontCertificate& certificate, const Axis& time,
                       const Axis& energy) {
  const double bottom = kHeight - kBottom;
  const double right = kWidth - kRight;
  const double x = std::clamp(time.at(certificate.least_latency), kLeft, right);
  const double y = std::clamp(energy.at(certificate.least_energy), kTop, bottom);
  markup.empty(
      "rect",
      {{"class", "panel"}, {"x", kLeft}, {"y", kTop}, {"width", x - kLeft}, {"height", bottom - kTop}});
  markup.empty(
      "rect", {{"class", "panel"}, {"x", kLeft}, {"y", y}, {"width", right - kLeft}, {"height", bottom - y}});
}

/// Between two points nothing is known to be better than the slower one: a staircase.
void draw_staircase(Markup& markup, const text::FrontTable& front, const Axis& time, const Axis& energy) {
  for (std::size_t i = 0; i + 1 < front.rows.size(); ++i) {
    const double x = time.at(front.rows[i].latency);
    const double y = energy.at(front.rows[i].energy);
    const double next_x = time.at(front.rows[i + 1].latency);
    const double next_y = energy.at(front.rows[i + 1].energy);
    markup.empty("line", {{"class", "barrier"}, {"x1", x}, {"y1", y}, {"x2", next_x}, {"y2", y}});
    markup.empty("line", {{"class", "barrier"}, {"x1", next_x}, {"y1", y}, {"x2", next_x}, {"y2", next_y}});
  }
}

void draw_points(Markup& markup, const text::FrontTable& front, const Axis& time, const Axis& energy) {
  const std::size_t best = text::least_edp_row(front);
  for (std::size_t i = 0; i < front.rows.size(); ++i) {
    const text::FrontRow& row = front.rows[i];
    markup
        .open("circle", {{"class", i == best ? "weights" : "compute"},
                         {"cx", time.at(row.latency)},
                         {"cy", energy.at(row.energy)},
                         {"r", i == best ? 6.0 : 4.0}})
        .leaf("title", fmt::format("point {}: {}, {}, EDP {}{}", i, base::format_time(row.latency),
                                   base::format_energy(row.energy), figures::format_edp(row.edp),
                                   i == best ? ", the least" : ""))
        .close();
  }
}

}  // namespace

std::string front_svg(const text::FrontTable& front, SvgUse use) {
  Markup markup;
  open_svg(markup, kWidth, kHeight, "Latency and energy of the front",
           fmt::format(
               "{}, from {} and {} to {} and {}", base::counted(front.rows.size(), "schedule"),
               base::format_time(front.rows.front().latency), base::format_energy(front.rows.front().energy),
               base::format_time(front.rows.back().latency), base::format_energy(front.rows.back().energy)),
           use);
  const Axis time = axis(front.rows.front().latency, front.rows.back().latency, kLeft, kWidth - kRight);
  const Axis energy = axis(front.rows.back().energy, front.rows.front().energy, kHeight - kBottom, kTop);
  draw_out_of_reach(markup, front.certificate, time, energy);
  draw_axes(markup, time, energy);
  draw_staircase(markup, front, time, energy);
  draw_points(markup, front, time, energy);
  markup.close();
  return markup.finish();
}

}  // namespace inlay::report::page
