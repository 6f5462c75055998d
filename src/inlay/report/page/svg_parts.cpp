#include "inlay/report/page/svg_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace inlay::report::page {
namespace {

constexpr const char* kStyle = R"(
:root { --ink:#1c2733; --quiet:#5b6875; --line:#d5dbe1; --panel:#f5f7f9; --page:#ffffff; --link:#aab4bf;
  --compute:#0072b2; --memory:#e69f00; --weights:#d55e00; --network:#009e73; --static:#8a939c;
  --vector:#56b4e9; --l1:#8fbfe0; --l2:#b3d4ec; --noc:#3f8fc4; --fill:#f3cf80;
  --m0:#332288; --m1:#cc6677; --m2:#44aa99; --m3:#aa4499; --m4:#999933; --m5:#661100;
  --t0:#dfe8f6; --t1:#f6ead2; --t2:#dcefe0; --t3:#f5dfe3; --t4:#e9e2f3; --t5:#e8e8e4; }
@media (prefers-color-scheme: dark) { :root { --ink:#e6ebf0; --quiet:#a0acb8; --line:#38434e; --panel:#1d252d;
  --page:#141a20; --link:#5d6a77; --compute:#3d9bd6; --memory:#e8a91d; --weights:#e8753a; --network:#21b78c;
  --static:#79838d; --vector:#7cc7f2; --l1:#5c87a6; --l2:#41627a; --noc:#2a78ab; --fill:#8f7433;
  --m0:#8f7fe8; --m1:#e58b9a; --m2:#5cc7b5; --m3:#cf77c4; --m4:#bdbd55; --m5:#c98063;
  --t0:#263449; --t1:#433a25; --t2:#243d2c; --t3:#452c33; --t4:#362e46; --t5:#383834; } }
svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
svg text { fill: var(--ink); font-size: 12.5px; }
svg text.small { font-size: 10.5px; } svg text.quiet { fill: var(--quiet); } svg text.strong { font-weight: 600; }
svg text.end { text-anchor: end; } svg text.middle { text-anchor: middle; }
svg text.halo { paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; }
.page { fill: var(--page); } .panel { fill: var(--panel); } .track { fill: var(--line); }
.rule { stroke: var(--line); stroke-width: 1; } .barrier { stroke: var(--ink); stroke-width: 1.2; }
.nop { stroke: var(--link); stroke-width: 7; fill: none; stroke-linecap: round; }
.wire { stroke: var(--memory); stroke-width: 3; }
.box { stroke: var(--link); stroke-width: 1.2; } .port { fill: var(--memory); }
svg text.port-name { fill: #1c2733; font-weight: 600; }
.tail { fill: var(--memory); fill-opacity: .16; stroke: var(--memory); stroke-dasharray: 4 3; }
.band { fill: var(--panel); stroke: var(--line); }
.pill { fill: var(--page); fill-opacity: .88; }
.compute { fill: var(--compute); } .memory { fill: var(--memory); } .weights { fill: var(--weights); }
.network { fill: var(--network); } .static { fill: var(--static); } .vector { fill: var(--vector); }
.l1 { fill: var(--l1); } .l2 { fill: var(--l2); } .noc { fill: var(--noc); } .l2-traffic { fill: var(--fill); }
.waiting { fill: var(--line); }
.m0 { fill: var(--m0); } .m1 { fill: var(--m1); } .m2 { fill: var(--m2); } .m3 { fill: var(--m3); }
.m4 { fill: var(--m4); } .m5 { fill: var(--m5); }
.t0 { fill: var(--t0); } .t1 { fill: var(--t1); } .t2 { fill: var(--t2); } .t3 { fill: var(--t3); }
.t4 { fill: var(--t4); } .t5 { fill: var(--t5); }
)";

constexpr double kSwatch = 10.0;
constexpr double kLegendLine = 18.0;
constexpr int kColours = 6;

bool continues_letter(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_letter(c); }));
}

/// Bytes of the first `count` letters.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && count > 0) {
    ++at;
    while (at < text.size() && continues_letter(text[at])) {
      ++at;
    }
    --count;
  }
  return at;
}

/// Calls visit(x, line, entry) for each entry in its place; returns the number of lines.
template <typename Visit>
int place_legend(double width, const std::vector<LegendEntry>& entries, const Visit& visit) {
  double x = 0.0;
  int line = 0;
  for (const LegendEntry& entry : entries) {
    const double entry_width = kSwatch + 6.0 + text_width(entry.text, kSmallFont) + 16.0;
    if (x > 0.0 && x + entry_width > width) {
      x = 0.0;
      ++line;
    }
    visit(x, line, entry);
    x += entry_width;
  }
  return entries.empty() ? 0 : line + 1;
}

}  // namespace

std::string svg_style() {
  return kStyle;
}

void open_svg(Markup& markup, double width, double height, const std::string& title,
              const std::string& description, SvgUse use) {
  markup.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                      {"role", "img"},
                      {"width", width},
                      {"height", height},
                      {"viewBox", fmt::format("0 0 {:.0f} {:.0f}", width, height)}});
  markup.leaf("title", title).leaf("desc", description);
  if (use == SvgUse::kStandalone) {
    markup.open("style").append(kStyle).close();
    markup.empty("rect", {{"class", "page"}, {"width", width}, {"height", height}});
  }
}

double text_width(std::string_view text, double font_size) {
  constexpr double kLetter = 0.6;
  return kLetter * font_size * static_cast<double>(letters(text));
}

std::string abbreviated(const std::string& text, double width, double font_size) {
  const std::size_t count = letters(text);
  const double letter = text_width("x", font_size);
  const auto fits = static_cast<std::size_t>(std::max(0.0, width / letter));
  if (count <= fits) {
    return text;
  }
  if (fits < 2) {
    return "";
  }
  const std::size_t tail = (fits - 1) / 3;
  return text.substr(0, bytes_of(text, fits - 1 - tail)) + "…" + text.substr(bytes_of(text, count - tail));
}

void draw_text(Markup& markup, double x, double y, double width, const std::string& text,
               const std::string& css_class) {
  const double font = css_class.find("small") == std::string::npos ? kLabelFont : kSmallFont;
  const std::string shown = abbreviated(text, width, font);
  if (shown.empty()) {
    return;
  }
  markup.open("text", {{"x", x}, {"y", y}, {"class", css_class}}).text(shown);
  if (shown != text) {
    markup.leaf("title", text);
  }
  markup.close();
}

double legend_height(double width, const std::vector<LegendEntry>& entries) {
  return kLegendLine * place_legend(width, entries, [](double, int, const LegendEntry&) {});
}

double draw_legend(Markup& markup, double x, double y, double width,
                   const std::vector<LegendEntry>& entries) {
  const int lines = place_legend(width, entries, [&](double at, int line, const LegendEntry& entry) {
    const double top = y + kLegendLine * line;
    markup.empty("rect", {{"x", x + at},
                          {"y", top + 4.0},
                          {"width", kSwatch},
                          {"height", kSwatch},
                          {"rx", 2},
                          {"class", entry.css_class}});
    markup.leaf("text", entry.text,
                {{"x", x + at + kSwatch + 6.0}, {"y", top + 13.0}, {"class", "small quiet"}});
  });
  return kLegendLine * lines;
}

std::string model_class(int model) {
  return fmt::format("m{}", model % kColours);
}

std::string type_class(int type) {
  return fmt::format("t{}", type % kColours);
}

}  // namespace inlay::report::page
