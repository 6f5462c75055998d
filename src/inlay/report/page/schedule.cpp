// Map, Gantt chart and stages: of the best schedule at length, of the others folded.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/figures/schedule_summary.hpp"
#include "inlay/report/page/gantt_svg.hpp"
#include "inlay/report/page/package_map_svg.hpp"
#include "inlay/report/page/parts.hpp"
#include "inlay/report/page/sections.hpp"

namespace inlay::report::page {
namespace {

std::string notes_of(const figures::StageRow& row) {
  std::string notes = row.streamed ? "weights streamed" : "";
  if (!row.spilled.empty()) {
    notes += fmt::format("{}spilled: {}", notes.empty() ? "" : "; ", fmt::join(row.spilled, ", "));
  }
  return notes;
}

std::string need_of(const schedule::Problem& problem, const figures::StageRow& row) {
  for (const hardware::ChipletType& type : problem.package.types) {
    if (type.name == row.type) {
      return fmt::format("{} of {}", base::format_bytes(static_cast<double>(row.need_bytes)),
                         base::format_bytes(static_cast<double>(type.l2_bytes)));
    }
  }
  return base::format_bytes(static_cast<double>(row.need_bytes));
}

std::string map_of(const PageSchedule& schedule) {
  return package_map_svg(schedule.document.problem, schedule.document.schedule, schedule.cost,
                         SvgUse::kInline);
}

std::string gantt_of(const PageSchedule& schedule) {
  return gantt_svg(schedule.document.problem, schedule.document.schedule, schedule.cost, SvgUse::kInline);
}

/// How busy chiplets and memory interfaces are.
void write_use(const PageSchedule& schedule, Markup& page) {
  std::vector<std::vector<std::string>> chiplets;
  for (const figures::ChipletUse& use :
       figures::chiplet_use(schedule.document.problem, schedule.document.schedule, schedule.cost)) {
    chiplets.push_back({use.chiplet, use.type, figures::format_share(use.computing),
                        figures::format_share(use.moving), figures::format_share(use.pe_utilisation)});
  }
  write_table(page, "Shares of the latency; PEs at work: of all PEs, on average over the latency.",
              {{"chiplet"}, {"type"}, {"computing", true}, {"moving", true}, {"PEs at work", true}},
              chiplets);
  std::vector<std::vector<std::string>> interfaces;
  for (const figures::InterfaceUse& use :
       figures::interface_use(schedule.document.problem, schedule.document.schedule, schedule.cost)) {
    interfaces.push_back({use.interface, use.chiplet, base::format_bytes(static_cast<double>(use.bytes)),
                          figures::format_share(use.share)});
  }
  write_table(page, "Memory interfaces: what passes through them, and its share of what they could carry.",
              {{"interface"}, {"at"}, {"bytes", true}, {"of its bandwidth", true}}, interfaces);
}

}  // namespace

void write_map(const PageInput& input, Markup& page) {
  if (input.schedules.empty()) {
    return;
  }
  const PageSchedule& best = input.schedules.front();
  open_section(page, "package", "The package, and what stands where");
  page.leaf("p",
            "A chiplet's colour is its type. The bars tell for how much of the whole latency it computes and "
            "moves data.");
  page.open("div", {{"class", "beside"}});
  write_figure(page, map_of(best));
  page.open("div");
  write_use(best, page);
  page.close().close().close();
}

void write_gantt(const PageInput& input, Markup& page) {
  if (input.schedules.empty()) {
    return;
  }
  const PageSchedule& best = input.schedules.front();
  const bool overlapped = best.document.problem.overlap == hardware::Overlap::kOverlapped;
  open_section(page, "gantt", "When each chiplet does what");
  page.leaf(
      "p",
      fmt::format(
          "The first mini-batch of a pipeline passes its stages one after the other; afterwards its slowest "
          "stage sets the pace. Where many mini-batches are drawn as one, the height of a colour is its "
          "share of the time{}. A black line is a barrier at the end of a window.",
          overlapped ? "; computing is above and moving data below, at the same time" : ""));
  write_figure(page, gantt_of(best));
  page.close();
}

namespace {

void write_stages_table(const PageSchedule& schedule, Markup& page) {
  std::vector<std::vector<std::string>> rows;
  for (const figures::StageRow& row :
       figures::stage_rows(schedule.document.problem, schedule.document.schedule, schedule.cost)) {
    rows.push_back({fmt::format("{}", row.window), row.model, fmt::format("{}", row.stage),
                    row.layers == 1
                        ? row.first_layer
                        : fmt::format("{} .. {} ({})", row.first_layer, row.last_layer, row.layers),
                    fmt::format("{} ({})", row.chiplet, row.type),
                    fmt::format("{} x {}", row.mini_batches, row.mini_batch), base::format_time(row.first),
                    base::format_time(row.steady), base::format_energy(row.energy),
                    need_of(schedule.document.problem, row), notes_of(row)});
  }
  write_table(
      page,
      "Times are of one mini-batch: the first one, with the load of resident weights, and every later "
      "one.",
      {{"window"},
       {"model"},
       {"stage"},
       {"layers"},
       {"chiplet"},
       {"mini-batches", true},
       {"first", true},
       {"steady", true},
       {"energy", true},
       {"L2 need", true},
       {"notes"}},
      rows);
}

}  // namespace

void write_stages(const PageInput& input, Markup& page) {
  if (input.schedules.empty()) {
    return;
  }
  open_section(page, "stages", "Stages");
  write_stages_table(input.schedules.front(), page);
  page.close();
}

void write_other_schedules(const PageInput& input, Markup& page) {
  if (input.schedules.size() < 2) {
    return;
  }
  open_section(page, "others", "The other schedules");
  for (std::size_t i = 1; i < input.schedules.size(); ++i) {
    const PageSchedule& schedule = input.schedules[i];
    page.open("details").open("summary").text(name_of(input, schedule));
    page.leaf("span",
              fmt::format(" - {}, {}, {}", base::format_time(schedule.cost.latency),
                          base::format_energy(schedule.cost.energy.total()),
                          figures::format_edp(schedule.cost.edp())),
              {{"class", "quiet"}});
    page.close();
    page.leaf("p", fmt::format("Held back by {}.", held_back_by(schedule)));
    write_figure(page, map_of(schedule));
    write_figure(page, gantt_of(schedule));
    write_stages_table(schedule, page);
    page.close();
  }
  page.close();
}

}  // namespace inlay::report::page
