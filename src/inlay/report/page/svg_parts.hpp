#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlay/report/page/html_markup.hpp"

namespace inlay::report::page {

/// Where a drawing goes: into a page, which has the style sheet, or into a file of its own.
enum class SvgUse { kInline, kStandalone };

/// Style sheet of all drawings: colours told apart by colour-blind readers too (Okabe and Ito's for what
/// takes time and energy, Tol's for models and chiplet types), light and dark.
std::string svg_style();

/// Opens <svg> with title and description; the drawing's own coordinates are pixels. Close it with `close`.
void open_svg(Markup& markup, double width, double height, const std::string& title,
              const std::string& description, SvgUse use);

/// Font sizes of the style sheet's classes "small" and "label".
constexpr double kSmallFont = 10.5;
constexpr double kLabelFont = 12.5;

/// Roughly, erring to the wide side: fonts differ from machine to machine.
double text_width(std::string_view text, double font_size);

/// `text`, or as much of its beginning and end as fits into `width`, with an ellipsis between; empty if not
/// even one letter fits.
std::string abbreviated(const std::string& text, double width, double font_size);

/// A text that is abbreviated to `width`; the whole of it is then its tooltip.
void draw_text(Markup& markup, double x, double y, double width, const std::string& text,
               const std::string& css_class);

struct LegendEntry {
  std::string css_class;
  std::string text;
};

/// Swatches with words, in lines of at most `width`. Returns the height it took.
double draw_legend(Markup& markup, double x, double y, double width, const std::vector<LegendEntry>& entries);
double legend_height(double width, const std::vector<LegendEntry>& entries);

/// Style class of the index-th model or chiplet type: "m2", "t0"; more than six repeat.
std::string model_class(int model);
std::string type_class(int type);

}  // namespace inlay::report::page
