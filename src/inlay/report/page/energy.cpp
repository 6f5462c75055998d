#include <fmt/format.h>

#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/page/bar_chart_svg.hpp"
#include "inlay/report/page/parts.hpp"
#include "inlay/report/page/sections.hpp"

namespace inlay::report::page {
namespace {

/// Joules of a model, or of the whole.
struct Share {
  std::string name;
  evaluate::EnergyBreakdown energy;
};

/// Static energy belongs to no model, so it stands in the total only.
std::vector<Share> shares_of(const PageSchedule& schedule) {
  std::vector<Share> shares;
  for (const workload::ScenarioModel& entry : schedule.document.problem.scenario.models) {
    shares.push_back({entry.name, {}});
  }
  const auto& windows = schedule.document.schedule.windows;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    for (std::size_t p = 0; p < windows[w].pipelines.size(); ++p) {
      shares[static_cast<std::size_t>(windows[w].pipelines[p].model)].energy +=
          schedule.cost.windows[w].pipelines[p].energy;
    }
  }
  shares.push_back({"in all", schedule.cost.energy});
  return shares;
}

std::string share_text(double joules, double whole) {
  return whole > 0.0 ? figures::format_share(joules / whole) : "-";
}

Bar bar_of(const Share& share) {
  Bar bar;
  const double whole = share.energy.total();
  bar.figure = base::format_energy(whole);
  for (const EnergyPart& part : energy_parts(share.energy)) {
    bar.segments.push_back({part.css_class, part.joules,
                            fmt::format("{}, {}: {} ({})", share.name, part.name,
                                        base::format_energy(part.joules), share_text(part.joules, whole))});
  }
  return bar;
}

}  // namespace

void write_energy(const PageInput& input, Markup& page) {
  if (input.schedules.empty()) {
    return;
  }
  const PageSchedule& best = input.schedules.front();
  const std::vector<Share> shares = shares_of(best);
  BarChart chart;
  chart.title = "Energy by model and component";
  chart.description = "The table below has the same figures";
  chart.panels = {{"energy by component", {}}};
  chart.legend = energy_legend(best.cost.energy);
  std::vector<TableColumn> columns = {{"component"}};
  for (const Share& share : shares) {
    chart.rows.push_back({share.name, false, ""});
    chart.panels[0].bars.push_back(bar_of(share));
    columns.push_back({share.name, true});
  }
  columns.push_back({"share", true});

  std::vector<std::vector<std::string>> rows;
  const std::vector<EnergyPart> totals = energy_parts(best.cost.energy);
  for (std::size_t i = 0; i < totals.size(); ++i) {
    std::vector<std::string> row = {totals[i].name};
    for (const Share& share : shares) {
      row.push_back(base::format_energy(energy_parts(share.energy)[i].joules));
    }
    row.push_back(share_text(totals[i].joules, best.cost.energy.total()));
    rows.push_back(std::move(row));
  }
  open_section(page, "energy", "Where the energy goes");
  write_figure(page, bar_chart_svg(chart, SvgUse::kInline));
  write_table(page, "Static energy belongs to no single model.", columns, rows);
  page.close();
}

}  // namespace inlay::report::page
