#include "inlay/report/page/page.hpp"

#include <fmt/format.h>

#include <array>

#include "inlay/base/counted.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/version.hpp"
#include "inlay/report/page/front_svg.hpp"
#include "inlay/report/page/gantt_svg.hpp"
#include "inlay/report/page/package_map_svg.hpp"
#include "inlay/report/page/parts.hpp"
#include "inlay/report/page/sections.hpp"
#include "inlay/report/page/style.hpp"

namespace inlay::report::page {
namespace {

/// Tells our own files, which may be replaced, from others (OutputFolder).
const std::string kMark = "<!-- inlay-report 1 -->\n";

using WriteSection = void (*)(const PageInput& input, Markup& page);

/// In the order of the page.
constexpr std::array<WriteSection, 10> kSections = {
    write_head, write_comparison, write_front,           write_map,        write_gantt, write_energy,
    write_time, write_stages,     write_other_schedules, write_assumptions};

std::string title_of(const PageInput& input) {
  if (input.comparison) {
    return input.comparison->scenario;
  }
  return input.schedules.front().document.problem.scenario.name;
}

}  // namespace

std::vector<std::string> picture_names() {
  return {"map", "gantt", "front"};
}

std::string picture(const PageInput& input, const std::string& name) {
  if (name == "front") {
    if (!input.front) {
      throw base::InputError(
          "there is no front to draw: 'inlay schedule --pareto latency,energy --out' writes one");
    }
    return kMark + front_svg(*input.front, SvgUse::kStandalone);
  }
  if (input.schedules.empty()) {
    throw base::InputError("there is no schedule to draw: none of what was compared is feasible");
  }
  const PageSchedule& best = input.schedules.front();
  const schedule::ScheduleDocument& document = best.document;
  if (name == "map") {
    return kMark + package_map_svg(document.problem, document.schedule, best.cost, SvgUse::kStandalone);
  }
  if (name == "gantt") {
    return kMark + gantt_svg(document.problem, document.schedule, best.cost, SvgUse::kStandalone);
  }
  throw base::DefectError(fmt::format("there is no drawing '{}'", name));
}

std::string picture_title(const PageInput& input, const std::string& name) {
  if (name == "front" && input.front) {
    return fmt::format("front of {}", base::counted(input.front->rows.size(), "schedule"));
  }
  return fmt::format("{} of {}", name, name_of(input, input.schedules.front()));
}

std::string report_page(const PageInput& input) {
  Markup page;
  page.append("<!DOCTYPE html>\n").append(kMark);
  page.open("html", {{"lang", "en"}}).open("head");
  page.append("<meta charset=\"utf-8\"/>\n");
  page.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  page.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  page.leaf("title", fmt::format("Inlay: {}", title_of(input)));
  page.open("style").append(svg_style()).append(page_style()).close();
  page.close().open("body").open("main");
  for (const WriteSection write : kSections) {
    write(input, page);
  }
  page.close();
  page.leaf("footer", fmt::format("Written by Inlay {}; the schedules were found by Inlay {} and verified "
                                  "again for this page. Times, bytes and layers stand in the tooltips.",
                                  base::version(), input.program_version));
  page.open("script").append(page_script()).close();
  page.close().close();
  return page.finish();
}

}  // namespace inlay::report::page
