#include "inlay/report/page/bar_chart_svg.hpp"

#include <algorithm>

#include "inlay/base/error.hpp"

namespace inlay::report::page {
namespace {

constexpr double kWidth = 1200.0;
constexpr double kLabels = 250.0;
constexpr double kHeader = 26.0;
constexpr double kRow = 26.0;
constexpr double kBar = 14.0;
constexpr double kFigure = 84.0;
constexpr double kGap = 24.0;

double total(const std::vector<BarSegment>& segments) {
  double sum = 0.0;
  for (const BarSegment& segment : segments) {
    sum += segment.value;
  }
  return sum;
}

double longest(const BarPanel& panel) {
  double most = 0.0;
  for (const Bar& bar : panel.bars) {
    most = std::max({most, total(bar.segments), total(bar.lower)});
  }
  return most;
}

void draw_segments(Markup& markup, const std::vector<BarSegment>& segments, double x, double y, double height,
                   double scale) {
  for (const BarSegment& segment : segments) {
    const double width = segment.value * scale;
    if (width > 0.04) {
      markup
          .open("rect",
                {{"class", segment.css_class}, {"x", x}, {"y", y}, {"width", width}, {"height", height}})
          .leaf("title", segment.tip)
          .close();
    }
    x += width;
  }
}

void draw_panel(Markup& markup, const BarPanel& panel, double left, double width) {
  draw_text(markup, left, 15.0, width, panel.title, "small strong");
  const double most = longest(panel);
  const double scale = most > 0.0 ? (width - kFigure) / most : 0.0;
  for (std::size_t i = 0; i < panel.bars.size(); ++i) {
    const Bar& bar = panel.bars[i];
    const double y = kHeader + kRow * static_cast<double>(i) + (kRow - kBar) / 2;
    const double height = bar.lower.empty() ? kBar : kBar / 2;
    draw_segments(markup, bar.segments, left, y, height, scale);
    draw_segments(markup, bar.lower, left, y + height, height, scale);
    const double end = std::max(total(bar.segments), total(bar.lower)) * scale;
    draw_text(markup, left + end + 6.0, y + 11.0, kFigure, bar.figure, "small");
  }
}

}  // namespace

std::string bar_chart_svg(const BarChart& chart, SvgUse use) {
  Markup markup;
  const double bottom = kHeader + kRow * static_cast<double>(chart.rows.size());
  open_svg(markup, kWidth, bottom + 8.0 + legend_height(kWidth - kLabels, chart.legend), chart.title,
           chart.description, use);
  const auto panels = static_cast<double>(std::max<std::size_t>(chart.panels.size(), 1));
  const double width = (kWidth - kLabels - kGap * (panels - 1.0)) / panels;
  for (std::size_t i = 0; i < chart.rows.size(); ++i) {
    const BarRow& row = chart.rows[i];
    const double y = kHeader + kRow * static_cast<double>(i);
    markup.empty("line", {{"class", "rule"}, {"x1", 0}, {"y1", y}, {"x2", kWidth}, {"y2", y}});
    draw_text(markup, 4.0, y + 17.0, kLabels - 16.0, (row.best ? "★ " : "") + row.label,
              row.best ? "strong" : "");
    if (!row.missing.empty()) {
      draw_text(markup, kLabels, y + 17.0, kWidth - kLabels, row.missing, "small quiet");
    }
  }
  for (std::size_t p = 0; p < chart.panels.size(); ++p) {
    if (chart.panels[p].bars.size() != chart.rows.size()) {
      throw base::DefectError("a chart needs a bar for every row");
    }
    draw_panel(markup, chart.panels[p], kLabels + static_cast<double>(p) * (width + kGap), width);
  }
  draw_legend(markup, kLabels, bottom + 6.0, kWidth - kLabels, chart.legend);
  markup.close();
  return markup.finish();
}

}  // namespace inlay::report::page
