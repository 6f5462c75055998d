#include "inlay/search/supporting_lines.hpp"

#include <cmath>
#include <limits>

namespace inlay::search {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// The largest weighted sum of what is not hopeless between two latencies. The energy allowed never increases
/// with the latency, so steps bound it from above.
double largest_allowed(const EnergyAllowed& allowed, double weight_of_time, double from, double to) {
  constexpr int kSteps = 64;
  double largest = -kInfinite;
  double begin = from;
  for (int step = 1; step <= kSteps; ++step) {
    const double end = from + (to - from) * step / kSteps;
    largest = std::max(largest, allowed(begin) + weight_of_time * end);
    begin = end;
  }
  return largest;
}

/// The line that comes nearest to showing that a span of latencies is hopeless, or does show it.
Slice tightest_slice(const EnergyAllowed& allowed, const Lines& lines, const PerLine& least, double from,
                     double to) {
  Slice tightest{to, 1, allowed(from)};
  double margin = tightest.limit - least[1];
  for (int line = 2; line < lines.count; ++line) {
    const auto at = static_cast<std::size_t>(line);
    const double limit = largest_allowed(allowed, lines.time[at], from, to);
    if (limit - least[at] < margin) {
      tightest = {to, line, limit};
      margin = limit - least[at];
    }
  }
  return tightest;
}

}  // namespace

double latest_allowed(const EnergyAllowed& energy_allowed, double earliest, double energy) {
  const auto allowed = [&](double latency) { return energy < energy_allowed(latency); };
  if (!allowed(earliest)) {
    return -kInfinite;
  }
  double low = earliest;
  double high = std::max(2.0 * earliest, 1e-12);
  while (allowed(high)) {
    if (high > 1e30) {
      return kInfinite;
    }
    low = high;
    high *= 2.0;
  }
  for (int step = 0; step < 100 && high - low > 1e-15 * high; ++step) {
    const double middle = 0.5 * (low + high);
    (allowed(middle) ? low : high) = middle;
  }
  return high;
}

Lines supporting_lines(const Surroundings& surroundings, double earliest, double latest) {
  Lines lines;
  lines.time[0] = 1.0;
  lines.energy[1] = 1.0;
  if (surroundings.objective != Objective::kEdp || !std::isfinite(latest) || latest <= earliest) {
    return lines;
  }
  // EDP's slope where a schedule of the incumbent's value takes the middle of these latencies.
  const double middle = 0.5 * (earliest + latest) + surroundings.rest.least_latency();
  const double slope = surroundings.incumbent / (middle * middle);
  constexpr std::array<double, kLines - 2> kSlopes = {0.0625, 0.125, 0.25, 0.5, 0.707,
                                                      1.0,    1.41,  2.0,  4.0, 8.0};
  for (const double factor : kSlopes) {
    const auto at = static_cast<std::size_t>(lines.count);
    lines.time[at] = slope * factor;
    lines.energy[at] = 1.0;
    ++lines.count;
  }
  return lines;
}

std::vector<Slice> slices(const EnergyAllowed& allowed, const Lines& lines, const PerLine& least,
                          double latest) {
  if (!std::isfinite(latest)) {
    return {{latest, 1, allowed(least[0])}};
  }
  constexpr int kSlices = 16;
  std::vector<Slice> result;
  double from = least[0];
  for (int slice = 1; slice <= kSlices; ++slice) {
    const double to = least[0] + (latest - least[0]) * slice / kSlices;
    const Slice tightest = tightest_slice(allowed, lines, least, from, to);
    if (least[static_cast<std::size_t>(tightest.line)] < tightest.limit) {
      result.push_back(tightest);
    }
    from = to;
  }
  return result;
}

Front front_below(const Lines& lines, const PerLine& least, double latest) {
  Front front;
  if (!std::isfinite(latest)) {
    front.add({least[0], least[1]});
    return front;
  }
  constexpr int kSteps = 64;
  for (int step = 0; step < kSteps; ++step) {
    const double from = least[0] + (latest - least[0]) * step / kSteps;
    const double to = least[0] + (latest - least[0]) * (step + 1) / kSteps;
    double energy = least[1];
    for (std::size_t line = 2; line < static_cast<std::size_t>(lines.count); ++line) {
      energy = std::max(energy, least[line] - lines.time[line] * to);
    }
    front.add({from, energy});
  }
  front.add({latest, least[1]});
  return front;
}

}  // namespace inlay::search
