#pragma once

#include <string>

#include "inlay/report/front_table.hpp"
#include "inlay/report/svg_parts.hpp"

namespace inlay::report {

/// The front as a drawing: latency to the right, energy upwards, every point with its figures as a tooltip;
/// what no schedule of the space can reach is shaded.
std::string front_svg(const FrontTable& front, SvgUse use);

}  // namespace inlay::report
