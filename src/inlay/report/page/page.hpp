#pragma once

#include <string>
#include <vector>

#include "inlay/report/page/input.hpp"

namespace inlay::report::page {

/// One HTML page that needs nothing else: no network, no fonts, readable without its script. The same input
/// always gives the same bytes.
std::string report_page(const PageInput& input);

/// Drawings that stand on their own: "map", "gantt", "front".
std::vector<std::string> picture_names();

/// One of them, of the best schedule, as an SVG file. Throws base::InputError if there is no schedule, and
/// base::DefectError for a name that is none.
std::string picture(const PageInput& input, const std::string& name);

/// What it shows, for a message: "gantt of het-sides-2x2, auto".
std::string picture_title(const PageInput& input, const std::string& name);

}  // namespace inlay::report::page
