#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/quantity.hpp"
#include "inlay/evaluate/transfer.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/figures/schedule_summary.hpp"
#include "inlay/report/page/bar_chart_svg.hpp"
#include "inlay/report/page/parts.hpp"
#include "inlay/report/page/sections.hpp"

namespace inlay::report::page {
namespace {

/// Seconds of a stage, all its mini-batches together.
struct StageSeconds {
  double compute = 0.0;
  double weights = 0.0;
  double memory = 0.0;
  double network = 0.0;
};

StageSeconds seconds_of(const evaluate::PipelineCost& cost, std::size_t k) {
  const evaluate::StageCost& stage = cost.stages[k];
  const auto n = static_cast<double>(cost.mini_batches);
  StageSeconds seconds;
  seconds.compute = n * stage.compute;
  seconds.weights = (stage.streamed ? n : 1.0) * stage.weights;
  seconds.network = n * (stage.passing + stage.exchange);
  seconds.memory = n * (stage.in + stage.spill + stage.written);
  return seconds;
}

BarSegment segment(const std::string& css_class, const std::string& what, double seconds, double window) {
  return {css_class, seconds,
          fmt::format("{}: {} ({} of the window)", what, base::format_time(seconds),
                      window > 0.0 ? figures::format_share(seconds / window) : "-")};
}

/// Rounding must not leave a sliver of less than nothing.
BarSegment waiting(double busy, double window) {
  return segment("waiting", "waiting", std::max(0.0, window - busy), window);
}

Bar bar_of(const StageSeconds& seconds, double window, bool overlapped) {
  const BarSegment compute = segment("compute", "computing", seconds.compute, window);
  const std::vector<BarSegment> moves = {
      segment("weights", "loading weights", seconds.weights, window),
      segment("memory", "reading, writing, spilling", seconds.memory, window),
      segment("network", "exchanging within the submesh, passing on to the next stage", seconds.network,
              window)};
  const double moving = seconds.weights + seconds.memory + seconds.network;
  Bar bar;
  bar.segments = {compute};
  if (overlapped) {
    bar.segments.push_back(waiting(seconds.compute, window));
    bar.lower = moves;
    bar.lower.push_back(waiting(moving, window));
  } else {
    bar.segments.insert(bar.segments.end(), moves.begin(), moves.end());
    bar.segments.push_back(waiting(seconds.compute + moving, window));
  }
  bar.figure = base::format_time(window);
  return bar;
}

BarChart chart_of(const PageSchedule& schedule) {
  const schedule::Problem& problem = schedule.document.problem;
  const auto& windows = schedule.document.schedule.windows;
  BarChart chart;
  chart.title = "Where the time goes";
  chart.description = "Per stage, all mini-batches of its window together";
  chart.panels = {{"time of the stage's window", {}}};
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const evaluate::WindowCost& window = schedule.cost.windows[w];
    for (std::size_t p = 0; p < windows[w].pipelines.size(); ++p) {
      const schedule::Pipeline& pipeline = windows[w].pipelines[p];
      for (std::size_t k = 0; k < pipeline.stages.size(); ++k) {
        const std::string chiplet = hardware::to_string(problem.package, pipeline.stages[k].submesh);
        const std::string& model = problem.scenario.models[static_cast<std::size_t>(pipeline.model)].name;
        chart.rows.push_back(
            {fmt::format("{}{} {}: {}", windows.size() > 1 ? fmt::format("W{} ", w) : "", model, k, chiplet),
             false, ""});
        chart.panels[0].bars.push_back(bar_of(seconds_of(window.pipelines[p], k), window.latency,
                                              problem.overlap == hardware::Overlap::kOverlapped));
      }
    }
  }
  chart.legend = {{"compute", "computing"},
                  {"weights", "loading weights"},
                  {"memory", "reading, writing, spilling"},
                  {"network", "exchanging within the submesh, passing on to the next stage"},
                  {"waiting", "waiting for other stages, the barrier or memory bandwidth"}};
  return chart;
}

/// What holds the schedule back, for a person.
std::string bottleneck_sentence(const PageSchedule& schedule) {
  const figures::Bottleneck bottleneck =
      figures::find_bottleneck(schedule.document.problem, schedule.document.schedule, schedule.cost);
  const std::string where =
      schedule.cost.windows.size() > 1 ? fmt::format("In window {}, the longest, ", bottleneck.window) : "";
  if (bottleneck.shared_memory) {
    return where + (where.empty() ? "All" : "all") +
           " chiplets together move more bytes than the memory's bandwidth lets through in the time that the "
           "slowest pipeline takes: more bandwidth, or less traffic, is what would help.";
  }
  return fmt::format(
      "{}pace of {} is set by stage {} on chiplet {}, which spends {} of its time on {}: that is what to "
      "make "
      "faster first.",
      where.empty() ? "The " : where + "the ", bottleneck.model, bottleneck.stage, bottleneck.chiplet,
      figures::format_share(bottleneck.share), bottleneck.what);
}

}  // namespace

void write_time(const PageInput& input, Markup& page) {
  if (input.schedules.empty()) {
    return;
  }
  const PageSchedule& best = input.schedules.front();
  open_section(page, "time", "Where the time goes");
  page.leaf("p", bottleneck_sentence(best), {{"class", "lead"}});
  write_figure(page, bar_chart_svg(chart_of(best), SvgUse::kInline));
  page.close();
}

}  // namespace inlay::report::page
