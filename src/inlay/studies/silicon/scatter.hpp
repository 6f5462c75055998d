#pragma once

#include <string>
#include <vector>

namespace inlay::studies::silicon {

struct ScatterPoint {
  double measured = 0.0;
  double predicted = 0.0;
  int series = 0;
};

/// A drawing of its own, both axes logarithmic and alike, with the diagonal and the lines of half and twice.
std::string scatter_svg(const std::string& title, const std::string& measured, const std::string& predicted,
                        const std::vector<std::string>& series, const std::vector<ScatterPoint>& points);

}  // namespace inlay::studies::silicon
