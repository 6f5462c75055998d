#include "inlay/report/page/parts.hpp"

#include <fmt/format.h>

#include "inlay/report/figures/schedule_summary.hpp"

namespace inlay::report::page {

std::string name_of(const PageInput& input, const PageSchedule& schedule) {
  if (input.comparison) {
    for (const text::ComparisonRow& row : input.comparison->rows) {
      if (row.schedule_file == schedule.file) {
        return fmt::format("{}, {}", row.package, row.strategy);
      }
    }
  }
  const auto& certificate = schedule.document.statement.certificate;
  return fmt::format("{}{}{}", schedule.document.problem.package.name, certificate ? ", " : "",
                     certificate ? certificate->strategy : "");
}

std::string held_back_by(const PageSchedule& schedule) {
  const figures::Bottleneck bottleneck =
      figures::find_bottleneck(schedule.document.problem, schedule.document.schedule, schedule.cost);
  return to_string(bottleneck, false) +
         (schedule.cost.windows.size() > 1 ? fmt::format(", in window {}", bottleneck.window) : "");
}

std::string objective_word(const std::string& objective) {
  return objective == "edp" ? "EDP" : objective;
}

void open_section(Markup& page, const std::string& id, const std::string& heading) {
  page.open("section", {{"id", id}, {"aria-labelledby", id + "-heading"}});
  page.leaf("h2", heading, {{"id", id + "-heading"}});
}

void write_figure(Markup& page, const std::string& svg) {
  page.open("figure").append(svg).close();
}

void write_table(Markup& page, const std::string& caption, const std::vector<TableColumn>& columns,
                 const std::vector<std::vector<std::string>>& rows, int marked) {
  page.open("div", {{"class", "scroll"}}).open("table").leaf("caption", caption);
  page.open("thead").open("tr");
  for (const TableColumn& column : columns) {
    page.leaf("th", column.title, {{"scope", "col"}, {"class", column.number ? "number" : "name"}});
  }
  page.close().close().open("tbody");
  for (std::size_t r = 0; r < rows.size(); ++r) {
    page.open("tr", {{"class", static_cast<int>(r) == marked ? "best" : "plain"}});
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      const char* kind = columns[c].number ? "number" : "name";
      if (c == 0) {
        page.leaf("th", rows[r][c], {{"scope", "row"}, {"class", kind}});
      } else {
        page.leaf("td", rows[r][c], {{"class", kind}});
      }
    }
    page.close();
  }
  page.close().close().close();
}

std::vector<EnergyPart> energy_parts(const evaluate::EnergyBreakdown& energy) {
  return {{"compute", "MAC", energy.mac},
          {"vector", "vector units", energy.vector},
          {"noc", "on-chip network", energy.noc},
          {"l1", "L1", energy.l1},
          {"l2", "L2", energy.l2},
          {"l2-traffic", "L2 fill and drain", energy.l2_traffic},
          {"network", "network on package", energy.network},
          {"memory", "memory", energy.memory},
          {"static", "static", energy.static_power}};
}

std::vector<LegendEntry> energy_legend(const evaluate::EnergyBreakdown& sum) {
  std::vector<LegendEntry> legend;
  for (const EnergyPart& part : energy_parts(sum)) {
    if (part.joules > 0.0) {
      legend.push_back({part.css_class, part.name});
    }
  }
  return legend;
}

}  // namespace inlay::report::page
