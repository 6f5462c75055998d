// What several sections of the page need.
#pragma once

#include <string>
#include <vector>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/report/page/html_markup.hpp"
#include "inlay/report/page/input.hpp"
#include "inlay/report/page/svg_parts.hpp"

namespace inlay::report::page {

/// "het-sides-2x2, exact": the package as the comparison names it, and the strategy.
std::string name_of(const PageInput& input, const PageSchedule& schedule);

/// What holds a schedule back, within a sentence: "compute on c3 (resnet-18, stage 0), in window 0".
std::string held_back_by(const PageSchedule& schedule);

/// The objective as people write it: "EDP".
std::string objective_word(const std::string& objective);

/// <section id> with its heading; the caller closes it.
void open_section(Markup& page, const std::string& id, const std::string& heading);

/// A drawing that may be scrolled sideways.
void write_figure(Markup& page, const std::string& svg);

struct TableColumn {
  std::string title;
  bool number = false;
};

/// Cells in the order of the columns; the first cell of a row is its header. `marked`: row in bold, or -1.
void write_table(Markup& page, const std::string& caption, const std::vector<TableColumn>& columns,
                 const std::vector<std::vector<std::string>>& rows, int marked = -1);

/// Joules of one component, with the name and the style class that it has everywhere.
struct EnergyPart {
  std::string css_class;
  std::string name;
  double joules = 0.0;
};

std::vector<EnergyPart> energy_parts(const evaluate::EnergyBreakdown& energy);
/// Of the components that are above zero somewhere.
std::vector<LegendEntry> energy_legend(const evaluate::EnergyBreakdown& sum);

}  // namespace inlay::report::page
