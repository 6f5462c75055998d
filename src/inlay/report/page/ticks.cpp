#include "inlay/report/page/ticks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace inlay::report::page {
namespace {

constexpr std::array<std::pair<int, const char*>, 9> kPrefixes = {
    {{12, "T"}, {9, "G"}, {6, "M"}, {3, "k"}, {0, ""}, {-3, "m"}, {-6, "u"}, {-9, "n"}, {-12, "p"}}};

/// Of these, a step of at least `least`: factor times ten to the exponent.
std::pair<int, int> round_step(double least) {
  const int exponent = static_cast<int>(std::floor(std::log10(least)));
  for (const int factor : {1, 2, 5}) {
    if (factor * std::pow(10.0, exponent) >= least * (1.0 - 1e-9)) {
      return {factor, exponent};
    }
  }
  return {1, exponent + 1};
}

/// The prefix under which `largest` is at least 1; the smallest for what is smaller still.
std::pair<int, const char*> prefix_of(double largest) {
  const auto* found = std::find_if(kPrefixes.begin(), kPrefixes.end(), [largest](const auto& prefix) {
    return largest >= std::pow(10.0, prefix.first) * (1.0 - 1e-9);
  });
  return found == kPrefixes.end() ? kPrefixes.back() : *found;
}

}  // namespace

std::vector<Tick> axis_ticks(double low, double high, int most, const std::string& unit) {
  std::vector<Tick> ticks;
  if (!(high > low) || most < 2) {
    return ticks;
  }
  const auto [factor, exponent] = round_step((high - low) / (most - 1));
  const double step = factor * std::pow(10.0, exponent);
  const auto first = static_cast<std::int64_t>(std::ceil(low / step - 1e-9));
  const auto last = static_cast<std::int64_t>(std::floor(high / step + 1e-9));
  const auto [power, prefix] = prefix_of(std::max(std::abs(low), std::abs(high)));
  for (std::int64_t i = first; i <= last; ++i) {
    const double shown = static_cast<double>(i * factor) * std::pow(10.0, exponent - power);
    ticks.push_back({static_cast<double>(i) * step, fmt::format("{:.6g} {}{}", shown, prefix, unit)});
  }
  return ticks;
}

}  // namespace inlay::report::page
