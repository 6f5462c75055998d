#pragma once

#include <string>
#include <vector>

#include "inlay/report/page/svg_parts.hpp"

namespace inlay::report::page {

/// A part of a bar.
struct BarSegment {
  std::string css_class;
  double value = 0.0;
  std::string tip;
};

struct Bar {
  std::vector<BarSegment> segments;
  std::vector<BarSegment> lower;  // if not empty: a second bar below the first, each of half the height
  std::string figure;             // beside the bar
};

/// Bars of one quantity, one per row of the chart, on their own scale from 0.
struct BarPanel {
  std::string title;
  std::vector<Bar> bars;
};

struct BarRow {
  std::string label;
  bool best = false;
  std::string missing;  // why the row has no bars
};

/// Horizontal bars: rows are things, panels beside one another are quantities.
struct BarChart {
  std::string title;
  std::string description;
  std::vector<BarRow> rows;
  std::vector<BarPanel> panels;
  std::vector<LegendEntry> legend;
};

/// Throws base::DefectError unless every panel has a bar for each row.
std::string bar_chart_svg(const BarChart& chart, SvgUse use);

}  // namespace inlay::report::page
