#pragma once

#include <string>

#include "inlay/report/page/svg_parts.hpp"
#include "inlay/report/text/front_table.hpp"

namespace inlay::report::page {

/// The front as a drawing: latency to the right, energy upwards, every point with its figures as a tooltip;
/// what no schedule of the space can reach is shaded.
std::string front_svg(const text::FrontTable& front, SvgUse use);

}  // namespace inlay::report::page
