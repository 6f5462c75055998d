#include <fmt/format.h>

#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/page/front_svg.hpp"
#include "inlay/report/page/parts.hpp"
#include "inlay/report/page/sections.hpp"

namespace inlay::report::page {

void write_front(const PageInput& input, Markup& page) {
  if (!input.front) {
    return;
  }
  const text::FrontTable& front = *input.front;
  open_section(page, "front", "The front of latency and energy");
  page.leaf("p",
            fmt::format("Every point is a schedule that no other one beats in both; the marked one has the "
                        "least EDP and is shown below. {}. The space: {}. Shaded: what no schedule of the "
                        "space can reach.",
                        text::claim_of(front.certificate), front.certificate.space));
  write_figure(page, front_svg(front, SvgUse::kInline));
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < front.rows.size(); ++i) {
    const text::FrontRow& row = front.rows[i];
    rows.push_back({fmt::format("{}", i), base::format_time(row.latency), base::format_energy(row.energy),
                    figures::format_edp(row.edp), fmt::format("{:.4g}", row.throughput), row.schedule_file});
  }
  page.open("details").leaf("summary", fmt::format("All {} points", front.rows.size()));
  write_table(
      page, "Schedules from the fastest to the one of least energy.",
      {{"point"}, {"latency", true}, {"energy", true}, {"EDP", true}, {"samples/s", true}, {"schedule"}},
      rows, static_cast<int>(text::least_edp_row(front)));
  page.close().close();
}

}  // namespace inlay::report::page
