#include "inlay/search/pipelines/supporting_lines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inlay::search::pipelines {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// A span of latencies in steps, with the energy that is allowed where each begins.
struct Steps {
  static constexpr int kCount = 64;
  std::array<double, kCount> allowed;
  std::array<double, kCount> end;  // s

  Steps(const EnergyAllowed& energy_allowed, double from, double to) {
    double begin = from;
    for (std::size_t step = 0; step < kCount; ++step) {
      allowed[step] = energy_allowed(begin);
      begin = end[step] = from + (to - from) * static_cast<double>(step + 1) / kCount;
    }
  }
  /// The largest weighted sum of what is not prunable. The energy allowed never increases with the latency,
  /// so steps bound it from above.
  double largest_sum(double weight_of_time) const {
    double largest = -kInfinite;
    for (std::size_t step = 0; step < kCount; ++step) {
      largest = std::max(largest, allowed[step] + weight_of_time * end[step]);
    }
    return largest;
  }
};

/// The line that comes nearest to showing that a span of latencies is prunable, or does show it.
LatencyBand tightest_band(const EnergyAllowed& allowed, const SupportingLines& lines, const PerLine& least,
                          double from, double to) {
  LatencyBand tightest{to, 1, allowed(from)};
  if (lines.count == 2) {
    return tightest;
  }
  const Steps steps(allowed, from, to);
  double margin = tightest.limit - least[1];
  for (int line = 2; line < lines.count; ++line) {
    const auto at = static_cast<std::size_t>(line);
    const double limit = steps.largest_sum(lines.time[at]);
    if (limit - least[at] < margin) {
      tightest = {to, line, limit};
      margin = limit - least[at];
    }
  }
  return tightest;
}

/// Lines with slopes that the front itself has, from its steep end to its flat one.
void add_slopes_of(const ParetoFront& front, SupportingLines& lines) {
  constexpr std::size_t kChords = kLines - 2;
  const std::vector<CostPoint>& points = front.points();
  for (std::size_t chord = 0; chord < kChords; ++chord) {
    const CostPoint& from = points[chord * (points.size() - 1) / kChords];
    const CostPoint& to =
        points[std::max((chord + 1) * (points.size() - 1) / kChords,
                        std::min(points.size() - 1, chord * (points.size() - 1) / kChords + 1))];
    if (to.latency > from.latency) {
      const auto at = static_cast<std::size_t>(lines.count);
      lines.time[at] = (from.energy - to.energy) / (to.latency - from.latency);
      lines.energy[at] = 1.0;
      ++lines.count;
    }
  }
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

SupportingLines supporting_lines(const PruningContext& context, double earliest, double latest) {
  SupportingLines lines;
  lines.time[0] = 1.0;
  lines.energy[1] = 1.0;
  if (context.front != nullptr) {
    add_slopes_of(context.front->known, lines);
    return lines;
  }
  if (context.objective != Objective::kEdp || !std::isfinite(latest) || latest <= earliest) {
    return lines;
  }
  // EDP's slope where a schedule of the incumbent's value takes the middle of these latencies.
  const double middle = 0.5 * (earliest + latest) + context.rest.least_latency();
  const double slope = context.incumbent / (middle * middle);
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

std::vector<LatencyBand> latency_bands(const EnergyAllowed& allowed, const SupportingLines& lines,
                                       const PerLine& least, double latest) {
  if (!std::isfinite(latest)) {
    return {{latest, 1, allowed(least[0])}};
  }
  constexpr int kLatencyBands = 16;
  std::vector<LatencyBand> result;
  double from = least[0];
  for (int band = 1; band <= kLatencyBands; ++band) {
    const double to = least[0] + (latest - least[0]) * band / kLatencyBands;
    const LatencyBand tightest = tightest_band(allowed, lines, least, from, to);
    if (least[static_cast<std::size_t>(tightest.line)] < tightest.limit) {
      result.push_back(tightest);
    }
    from = to;
  }
  return result;
}

ParetoFront front_below(const SupportingLines& lines, const PerLine& least, double latest) {
  ParetoFront front;
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

}  // namespace inlay::search::pipelines
