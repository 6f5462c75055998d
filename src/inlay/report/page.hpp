#pragma once

#include <string>

#include "inlay/report/page_input.hpp"

namespace inlay::report {

/// One HTML page that needs nothing else: no network, no fonts, readable without its script. The same input
/// always gives the same bytes.
std::string report_page(const PageInput& input);

}  // namespace inlay::report
