#include <fmt/format.h>

#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/page/bar_chart_svg.hpp"
#include "inlay/report/page/parts.hpp"
#include "inlay/report/page/sections.hpp"

namespace inlay::report::page {
namespace {

/// The schedule of a row, if it has one.
const PageSchedule* schedule_of(const PageInput& input, const text::ComparisonRow& row) {
  for (const PageSchedule& schedule : input.schedules) {
    if (row.result && schedule.file == row.schedule_file) {
      return &schedule;
    }
  }
  return nullptr;
}

std::string label_of(const text::ComparisonRow& row) {
  return fmt::format("{}, {}", row.package, row.strategy);
}

void table(const text::Comparison& comparison, Markup& page) {
  const std::string objective = objective_word(objective::to_string(comparison.objective));
  std::vector<std::vector<std::string>> rows;
  for (const text::ComparisonRow& row : comparison.rows) {
    if (!row.result) {
      rows.push_back({row.package, row.strategy, "", "", "", "", "", "", "infeasible: " + row.infeasible});
      continue;
    }
    const text::ComparisonResult& result = *row.result;
    rows.push_back({row.package, row.strategy, base::format_time(result.latency),
                    figures::format_rate(result.throughput), base::format_energy(result.energy),
                    figures::format_edp(result.edp),
                    figures::format_gap(result.certificate.proven, result.certificate.gap),
                    fmt::format("{:.2f}x", text::improvement(comparison, row)), result.bottleneck});
  }
  const auto best = text::best_row(comparison);
  if (best) {
    rows[*best][0] = "★ " + rows[*best][0];
  }
  write_table(page,
              fmt::format("★ is the best by {0}; the {0} ratio is that of the first row with a result over "
                          "this one's: above 1 is better.",
                          objective),
              {{"package"},
               {"strategy"},
               {"latency", true},
               {"samples", true},
               {"energy", true},
               {"EDP", true},
               {"gap", true},
               {objective + " ratio", true},
               {"held back by"}},
              rows, best ? static_cast<int>(*best) : -1);
}

Bar latency_bar(const text::ComparisonResult& result) {
  const std::string text = base::format_time(result.latency);
  return {{{"compute", result.latency, "latency " + text}}, {}, text};
}

Bar energy_bar(const PageSchedule& schedule) {
  Bar bar;
  bar.figure = base::format_energy(schedule.cost.energy.total());
  for (const EnergyPart& part : energy_parts(schedule.cost.energy)) {
    bar.segments.push_back(
        {part.css_class, part.joules,
         fmt::format("{}: {} ({} of {})", part.name, base::format_energy(part.joules),
                     figures::format_share(part.joules / schedule.cost.energy.total()), bar.figure)});
  }
  return bar;
}

Bar edp_bar(const text::ComparisonResult& result) {
  const std::string text = figures::format_edp(result.edp);
  return {{{"static", result.edp, "EDP " + text}}, {}, text};
}

BarChart chart_of(const PageInput& input, const text::Comparison& comparison, std::size_t best) {
  BarChart chart;
  chart.title = "Latency, energy and EDP of what was compared";
  chart.description = "The table above has the same figures";
  chart.panels = {{"latency (shorter is better)", {}},
                  {"energy by component (shorter is better)", {}},
                  {"EDP (shorter is better)", {}}};
  evaluate::EnergyBreakdown sum;
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const text::ComparisonRow& row = comparison.rows[i];
    const PageSchedule* schedule = schedule_of(input, row);
    if (schedule == nullptr) {
      chart.rows.push_back({label_of(row), false, "infeasible: " + row.infeasible});
      for (BarPanel& panel : chart.panels) {
        panel.bars.emplace_back();
      }
      continue;
    }
    chart.rows.push_back({label_of(row), i == best, ""});
    chart.panels[0].bars.push_back(latency_bar(*row.result));
    chart.panels[1].bars.push_back(energy_bar(*schedule));
    chart.panels[2].bars.push_back(edp_bar(*row.result));
    sum += schedule->cost.energy;
  }
  chart.legend = energy_legend(sum);
  return chart;
}

}  // namespace

void write_comparison(const PageInput& input, Markup& page) {
  if (!input.comparison) {
    return;
  }
  open_section(page, "comparison", "Comparison");
  table(*input.comparison, page);
  if (const auto best = text::best_row(*input.comparison)) {
    write_figure(page, bar_chart_svg(chart_of(input, *input.comparison, *best), SvgUse::kInline));
  }
  page.close();
}

}  // namespace inlay::report::page
