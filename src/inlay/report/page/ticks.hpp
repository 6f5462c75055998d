#pragma once

#include <string>
#include <vector>

namespace inlay::report::page {

/// A mark on an axis and its text.
struct Tick {
  double value = 0.0;
  std::string label;
};

/// Round values of one axis from `low` to `high`: multiples of 1, 2 or 5 times a power of ten, `most` at
/// most, all in one unit, so that labels can be compared at a glance: "0 ms", "0.5 ms", "1 ms". None if the
/// axis is empty.
std::vector<Tick> axis_ticks(double low, double high, int most, const std::string& unit);

}  // namespace inlay::report::page
