#pragma once

#include <string>

namespace inlay::report::page {

/// Style sheet of the page; the drawings have theirs (svg_style).
std::string page_style();

/// Shows the titles inside drawings at once and beside the pointer, instead of after a second; the page says
/// the same without it.
std::string page_script();

}  // namespace inlay::report::page
