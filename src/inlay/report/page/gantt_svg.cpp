#include "inlay/report/page/gantt_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "inlay/base/counted.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/gantt_timeline.hpp"
#include "inlay/report/page/ticks.hpp"

namespace inlay::report::page {
namespace {

constexpr double kWidth = 1200.0;
constexpr double kLeft = 132.0;
constexpr double kRight = 28.0;
constexpr double kHeader = 24.0;
constexpr double kRow = 50.0;
constexpr double kStripTop = 19.0;
constexpr double kStripHeight = 4.0;
constexpr double kBodyTop = 24.0;
constexpr double kBodyHeight = 20.0;
constexpr double kAxis = 26.0;

const char* class_of(figures::Activity activity) {
  switch (activity) {
    case figures::Activity::kWeights:
      return "weights";
    case figures::Activity::kCompute:
      return "compute";
    case figures::Activity::kExchange:
    case figures::Activity::kForward:
      return "network";
    default:
      return "memory";
  }
}

const char* words_of(figures::Activity activity) {
  switch (activity) {
    case figures::Activity::kWeights:
      return "load weights";
    case figures::Activity::kRead:
      return "read from memory";
    case figures::Activity::kCompute:
      return "compute";
    case figures::Activity::kSpill:
      return "spill and read back";
    case figures::Activity::kWrite:
      return "write to memory";
    case figures::Activity::kExchange:
      return "exchange between the chiplets of the submesh";
    case figures::Activity::kForward:
      return "pass on to the next stage";
  }
  return "";
}

class Gantt {
 public:
  Gantt(const schedule::Problem& problem, const schedule::Schedule& schedule,
        const evaluate::ScheduleCost& cost)
      : problem_(problem),
        schedule_(schedule),
        cost_(cost),
        timeline_(figures::timeline_of(problem, schedule, cost)) {
    bottom_ = kHeader + kRow * static_cast<double>(problem.package.chiplets.size());
    scale_ = timeline_.end > 0.0 ? (kWidth - kLeft - kRight) / timeline_.end : 0.0;
  }

  std::string draw(SvgUse use) {
    const std::vector<LegendEntry> legend = legend_entries();
    open_svg(markup_, kWidth, bottom_ + kAxis + 6.0 + legend_height(kWidth - kLeft, legend),
             fmt::format("Gantt chart of {} on {}", problem_.scenario.name, problem_.package.name),
             fmt::format("{} on {}, {} in all", base::counted(timeline_.windows.size(), "window"),
                         base::counted(problem_.package.chiplets.size(), "chiplet"),
                         base::format_time(timeline_.end)),
             use);
    rows();
    axis();
    for (std::size_t i = 0; i < timeline_.blocks.size(); ++i) {
      const figures::StageBlock& block = timeline_.blocks[i];
      if (block.mini_batch == 0) {
        stage_label(block, stage_end(i));
      }
      draw_block(block);
    }
    windows();
    draw_legend(markup_, kLeft, bottom_ + kAxis + 2.0, kWidth - kLeft, legend);
    markup_.close();
    return markup_.finish();
  }

 private:
  double x_of(double seconds) const { return kLeft + seconds * scale_; }
  static double row_top(int chiplet) { return kHeader + kRow * chiplet; }

  const schedule::Pipeline& pipeline_of(const figures::StageBlock& block) const {
    return schedule_.windows[static_cast<std::size_t>(block.window)]
        .pipelines[static_cast<std::size_t>(block.pipeline)];
  }
  const evaluate::PipelineCost& cost_of(const figures::StageBlock& block) const {
    return cost_.windows[static_cast<std::size_t>(block.window)]
        .pipelines[static_cast<std::size_t>(block.pipeline)];
  }
  const workload::ScenarioModel& model_of(const figures::StageBlock& block) const {
    return problem_.scenario.models[static_cast<std::size_t>(pipeline_of(block).model)];
  }

  std::vector<LegendEntry> legend_entries() const {
    std::vector<LegendEntry> entries = {{"compute", "compute"},
                                        {"weights", "load weights"},
                                        {"memory", "read, write, spill"},
                                        {"network", "pass on to the next stage"}};
    for (std::size_t m = 0; m < problem_.scenario.models.size(); ++m) {
      entries.push_back({model_class(static_cast<int>(m)), problem_.scenario.models[m].name});
    }
    return entries;
  }

  void rows() {
    const hardware::Package& package = problem_.package;
    for (std::size_t c = 0; c < package.chiplets.size(); ++c) {
      const double top = row_top(static_cast<int>(c));
      markup_.empty("line", {{"class", "rule"}, {"x1", 0}, {"y1", top}, {"x2", kWidth}, {"y2", top}});
      const std::string& type = package.types[static_cast<std::size_t>(package.chiplets[c].type)].name;
      draw_text(markup_, 4.0, top + 21.0, kLeft - 14.0, package.chiplets[c].name, "strong");
      draw_text(markup_, 4.0, top + 37.0, kLeft - 14.0, type, "small quiet");
    }
  }

  void axis() {
    markup_.empty("line", {{"class", "rule"}, {"x1", 0}, {"y1", bottom_}, {"x2", kWidth}, {"y2", bottom_}});
    if (timeline_.end <= 0.0) {
      return;
    }
    const double end_label_left = x_of(timeline_.end) - text_width("000.0 ms", kSmallFont) - 8.0;
    constexpr int kMostTicks = 9;
    for (const Tick& tick : axis_ticks(0.0, timeline_.end, kMostTicks, "s")) {
      const double x = x_of(tick.value);
      markup_.empty("line",
                    {{"class", "rule"}, {"x1", x}, {"y1", kHeader}, {"x2", x}, {"y2", bottom_ + 5.0}});
      if (x + text_width(tick.label, kSmallFont) / 2 < end_label_left) {
        markup_.leaf("text", tick.label, {{"x", x}, {"y", bottom_ + 17.0}, {"class", "small quiet middle"}});
      }
    }
    markup_.leaf("text", base::format_time(timeline_.end),
                 {{"x", x_of(timeline_.end)}, {"y", bottom_ + 17.0}, {"class", "small strong end"}});
  }

  void windows() {
    for (std::size_t w = 0; w < timeline_.windows.size(); ++w) {
      const figures::WindowSpan& window = timeline_.windows[w];
      const double left = x_of(window.begin);
      const double right = x_of(window.end);
      const std::string time = base::format_time(window.end - window.begin);
      if (window.memory_bound) {
        tail(window, cost_.windows[w].memory_bytes);
      }
      markup_.open("g").leaf(
          "title", fmt::format("window {}: {}, from {} to {}", w, time, base::format_time(window.begin),
                               base::format_time(window.end)));
      markup_.empty("rect", {{"class", "panel"},
                             {"x", left + 0.5},
                             {"y", 2},
                             {"width", std::max(right - left - 1.0, 0.2)},
                             {"height", kHeader - 5.0}});
      markup_.leaf("text", window_label(w, time, right - left - 6.0),
                   {{"x", (left + right) / 2}, {"y", 15.5}, {"class", "small middle"}});
      markup_.empty("line", {{"class", "barrier"}, {"x1", right}, {"y1", 2}, {"x2", right}, {"y2", bottom_}});
      markup_.close();
    }
  }

  /// As much of it as fits; nothing rather than a scrap.
  static std::string window_label(std::size_t window, const std::string& time, double width) {
    for (const std::string& label : {fmt::format("window {}: {}", window, time),
                                     fmt::format("window {}", window), fmt::format("{}", window)}) {
      if (text_width(label, kSmallFont) <= width) {
        return label;
      }
    }
    return "";
  }

  void tail(const figures::WindowSpan& window, std::int64_t bytes) {
    const double left = x_of(window.work_end);
    const double width = x_of(window.end) - left;
    const std::string words = "memory bandwidth";
    markup_.open("g").leaf(
        "title", fmt::format("memory bandwidth: the window's {} take {} at the package's whole {}; its "
                             "slowest pipeline alone would be done after {}",
                             base::format_bytes(static_cast<double>(bytes)),
                             base::format_time(window.end - window.begin),
                             base::format_bandwidth(hardware::total_memory_bandwidth(problem_.package)),
                             base::format_time(window.work_end - window.begin)));
    markup_.empty(
        "rect",
        {{"class", "tail"}, {"x", left}, {"y", kHeader}, {"width", width}, {"height", bottom_ - kHeader}});
    const double x = left + width / 2;
    const double y = (kHeader + bottom_) / 2;
    if (text_width(words, kSmallFont) + 6.0 <= width) {
      markup_.leaf("text", words, {{"x", x}, {"y", y}, {"class", "small middle halo"}});
    } else if (width >= 12.0 && bottom_ - kHeader > text_width(words, kSmallFont)) {
      markup_.leaf("text", words,
                   {{"x", x + 4.0},
                    {"y", y},
                    {"class", "small middle halo"},
                    {"transform", fmt::format("rotate(-90 {:.1f} {:.1f})", x + 4.0, y)}});
    }
    markup_.close();
  }

  /// End of the stage that begins with the block at `index`.
  double stage_end(std::size_t index) const {
    std::size_t last = index;
    while (last + 1 < timeline_.blocks.size() && timeline_.blocks[last + 1].mini_batch > 0) {
      ++last;
    }
    return timeline_.blocks[last].end;
  }

  /// The name has the width of the whole window, for a chiplet holds one stage in it.
  void stage_label(const figures::StageBlock& block, double end) {
    const double top = row_top(block.chiplet);
    const figures::WindowSpan& window = timeline_.windows[static_cast<std::size_t>(block.window)];
    const std::int64_t n = cost_of(block).mini_batches;
    const std::string text = fmt::format("{}, stage {}{}", model_of(block).name, block.stage,
                                         n > 1 ? fmt::format(", {} mini-batches", n) : "");
    const double width = x_of(window.end) - x_of(window.begin) - 6.0;
    const std::string shown = abbreviated(text, width, kSmallFont);
    const double wanted = text_width(shown, kSmallFont);
    const double x = std::min(x_of(block.begin), x_of(window.end) - 3.0 - wanted);
    if (width > 24.0) {
      markup_.leaf(
          "text", shown,
          {{"x", std::max(x, x_of(window.begin) + 3.0)}, {"y", top + 14.5}, {"class", "small halo"}});
    }
    markup_.empty("rect", {{"class", model_class(pipeline_of(block).model)},
                           {"x", x_of(block.begin)},
                           {"y", top + kStripTop},
                           {"width", std::max((end - block.begin) * scale_, 0.3)},
                           {"height", kStripHeight}});
  }

  std::string tip_of(const figures::StageBlock& block) const {
    const workload::ScenarioModel& entry = model_of(block);
    const schedule::Pipeline& pipeline = pipeline_of(block);
    const schedule::Stage& stage = pipeline.stages[static_cast<std::size_t>(block.stage)];
    const auto& layers = entry.model.layers;
    const std::int64_t n = cost_of(block).mini_batches;
    std::string text = fmt::format(
        "{}, stage {} of {} on {}, window {}\nlayers {} .. {} ({})\n", entry.name, block.stage,
        pipeline.stages.size(), problem_.package.chiplets[static_cast<std::size_t>(block.chiplet)].name,
        block.window, layers[static_cast<std::size_t>(stage.first)].name,
        layers[static_cast<std::size_t>(stage.last - 1)].name, stage.last - stage.first);
    text += block.count > 1 ? fmt::format("mini-batches {} .. {} of {}, one every {}", block.mini_batch + 1,
                                          block.mini_batch + block.count, n, base::format_time(block.period))
                            : fmt::format("mini-batch {} of {}", block.mini_batch + 1, n);
    text += fmt::format(", {} samples each\nfrom {} to {}", pipeline.mini_batch,
                        base::format_time(block.begin), base::format_time(block.end));
    for (const figures::ActivitySpan& span : block.spans) {
      text += fmt::format("\n{}: {}", words_of(span.activity), base::format_time(span.end - span.begin));
      if (span.bytes > 0) {
        text += fmt::format(" for {}", base::format_bytes(static_cast<double>(span.bytes)));
      }
    }
    return text;
  }

  void rectangle(const char* css_class, double x, double y, double width, double height) {
    if (width > 0.04 && height > 0.04) {
      markup_.empty("rect", {{"class", css_class}, {"x", x}, {"y", y}, {"width", width}, {"height", height}});
    }
  }

  void draw_block(const figures::StageBlock& block) {
    markup_.open("g").leaf("title", tip_of(block));
    const double top = row_top(block.chiplet) + kBodyTop;
    rectangle("band", x_of(block.begin), top, (block.end - block.begin) * scale_, kBodyHeight);
    if (block.count > 1) {
      draw_repeated(block, top);
    } else {
      const bool lanes = problem_.overlap == hardware::Overlap::kOverlapped;
      for (const figures::ActivitySpan& span : block.spans) {
        const bool lower = lanes && span.activity != figures::Activity::kCompute;
        rectangle(class_of(span.activity), x_of(span.begin), lower ? top + kBodyHeight / 2 : top,
                  (span.end - span.begin) * scale_, lanes ? kBodyHeight / 2 : kBodyHeight);
      }
    }
    markup_.close();
  }

  /// Many mini-batches: each activity's share of the period is its share of the height.
  void draw_repeated(const figures::StageBlock& block, double top) {
    const bool lanes = problem_.overlap == hardware::Overlap::kOverlapped;
    const double height = lanes ? kBodyHeight / 2 : kBodyHeight;
    const double left = x_of(block.begin);
    const double width = (block.end - block.begin) * scale_;
    double upper = top;
    double lower = top + kBodyHeight / 2;
    for (const figures::ActivitySpan& span : block.spans) {
      double& at = lanes && span.activity != figures::Activity::kCompute ? lower : upper;
      const double thickness = height * (span.end - span.begin) / block.period;
      rectangle(class_of(span.activity), left, at, width, thickness);
      at += thickness;
    }
    const std::string label = fmt::format("{} more", block.count);
    if (text_width(label, kSmallFont) + 6.0 <= width) {
      const double pill = text_width(label, kSmallFont) + 6.0;
      markup_.empty("rect", {{"class", "pill"},
                             {"x", left + (width - pill) / 2},
                             {"y", top + 3.0},
                             {"width", pill},
                             {"height", kBodyHeight - 6.0},
                             {"rx", 4}});
      markup_.leaf("text", label, {{"x", left + width / 2}, {"y", top + 14.0}, {"class", "small middle"}});
    }
  }

  const schedule::Problem& problem_;
  const schedule::Schedule& schedule_;
  const evaluate::ScheduleCost& cost_;
  figures::Timeline timeline_;
  double bottom_ = 0.0;
  double scale_ = 0.0;
  Markup markup_;
};

}  // namespace

std::string gantt_svg(const schedule::Problem& problem, const schedule::Schedule& schedule,
                      const evaluate::ScheduleCost& cost, SvgUse use) {
  return Gantt(problem, schedule, cost).draw(use);
}

}  // namespace inlay::report::page
